/** Before a bid: could the price in its notices be read? Spend that cannot be read is money that nobody counts. */
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'
import { priceKey } from '../notice/price-codec.ts'
import { missingSecrets, type Secrets } from '../secrets.ts'

/** References, never values: they are logged. */
export interface UnusableKeys {
  exchange: string
  missing: string[]
  /** There, but no key of the codec. */
  malformed: string[]
}

/** The exchanges whose notices could not be read: those must not bid (DESIGN "Keys and secrets"). */
export function unusableKeys(exchanges: readonly Exchange[], secrets: Secrets): UnusableKeys[] {
  return exchanges.map(exchange => keysOf(exchange, secrets)).filter(isUnusable)
}

function keysOf(exchange: Exchange, secrets: Secrets): UnusableKeys {
  const { codec, keys } = exchange.price
  const missing = missingSecrets(exchange, secrets)
  if (codec === 'plain') return { exchange: exchange.exchange, missing, malformed: [] }
  const references = keys ? [keys.encryption, keys.integrity] : []
  const malformed = references.filter(reference => !missing.includes(reference) && !isKey(secrets(reference)))
  return { exchange: exchange.exchange, missing: keys ? missing : ['price.keys'], malformed }
}

const isKey = (secret: string | null): boolean => secret !== null && priceKey(secret) !== null
const isUnusable = ({ missing, malformed }: UnusableKeys): boolean => missing.length + malformed.length > 0
