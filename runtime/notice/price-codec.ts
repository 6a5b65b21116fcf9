/**
 * The price of a notice, as the exchange writes it in place of its price macro → nano per impression of the bid
 * currency. What comes in is whatever anybody sends to a public URL, so each outcome is a value and none throws.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'

export type PriceUnit = Exchange['price']['unit']

export type NoticePrice =
  | { kind: 'price'; nano: number }
  /** Nothing may be booked by this notice, and nothing is wrong with it (openrtb.md §4): unknown, a test, or a raw macro. */
  | { kind: 'none'; why: 'empty' | 'audit' | 'unsubstituted' }
  | { kind: 'invalid'; why: 'malformed' | 'too_large' | 'integrity' }

export type PriceCodec = (text: string) => NoticePrice

export interface PriceKeys {
  encryption: KeyObject
  integrity: KeyObject
}

/** Above nine million units for one impression something is broken (contract/decimal.ts MAX_UNITS). */
const MAX_NANO = 9_000_000_000_000_000

/** The codec that an exchange's YAML names. `keys` belong to hmac-sha1-28; without them every price is refused. */
export function openPriceCodec(codec: Exchange['price']['codec'], unit: PriceUnit, keys: PriceKeys | null): PriceCodec {
  const read = codec === 'plain' ? readPlain : (text: string) => (keys ? readEncrypted(text, keys) : 'integrity')
  return text => {
    const value = text.trim()
    const none = noPrice(value)
    if (none) return { kind: 'none', why: none }
    const amount = read(value)
    return typeof amount === 'string' ? { kind: 'invalid', why: amount } : nanoOf(amount, unit)
  }
}

/** A macro may come back as it was sent, plain or percent-encoded in either case. */
const UNSUBSTITUTED = /^(?:\$\{.*\}|%24%7b.*%7d)$/i

function noPrice(text: string): 'empty' | 'audit' | 'unsubstituted' | null {
  if (text === '') return 'empty'
  if (text === 'AUDIT') return 'audit'
  return UNSUBSTITUTED.test(text) ? 'unsubstituted' : null
}

/** Digits and how many of them stand behind the point: exact, unlike a double. */
interface Amount {
  digits: bigint
  decimals: number
}

type Fault = 'malformed' | 'too_large' | 'integrity'

function readPlain(text: string): Amount | Fault {
  const found = /^([0-9]{1,15})(?:\.([0-9]{1,20}))?$/.exec(text)
  if (!found) return 'malformed'
  const [, whole = '', fraction = ''] = found
  return { digits: BigInt(whole + fraction), decimals: fraction.length }
}

/** Decimals that turn one unit into nano per impression: a CPM is 1,000 impressions. */
const NANO_SHIFT: Record<PriceUnit, number> = { cpm: 6, cpm_micros: 0, cpi_micros: 3 }

/** Rounds half up: an exchange may send more decimals than a nano-unit has. */
function nanoOf({ digits, decimals }: Amount, unit: PriceUnit): NoticePrice {
  const scaled = digits * 10n ** BigInt(NANO_SHIFT[unit])
  const divisor = 10n ** BigInt(decimals)
  const nano = (scaled * 2n + divisor) / (divisor * 2n)
  return nano > MAX_NANO ? { kind: 'invalid', why: 'too_large' } : { kind: 'price', nano: Number(nano) } // ≤ 2^53
}

const IV_BYTES = 16
const PRICE_BYTES = 8
const SIGNATURE_BYTES = 4

/**
 * Google's scheme, which others share: websafe base64 of iv(16) · price(8) xor HMAC-SHA1(e_key, iv) · HMAC-SHA1(i_key,
 * price · iv)(4). The price is a big-endian integer in the unit that the YAML names.
 */
function readEncrypted(text: string, keys: PriceKeys): Amount | Fault {
  if (!/^[A-Za-z0-9_-]{38}(?:==)?$/.test(text)) return 'malformed'
  const bytes = Buffer.from(text, 'base64url')
  const iv = bytes.subarray(0, IV_BYTES)
  const price = xor(bytes.subarray(IV_BYTES, IV_BYTES + PRICE_BYTES), padOf(keys, iv))
  const isIntact = timingSafeEqual(bytes.subarray(IV_BYTES + PRICE_BYTES), signatureOf(keys, price, iv))
  return isIntact ? { digits: price.readBigUInt64BE(), decimals: 0 } : 'integrity'
}

/** The other way round, as an exchange does it. `iv` is 16 bytes, its time and server id at Google. */
export function encryptPrice(amount: bigint, iv: Buffer, keys: PriceKeys): string {
  const price = Buffer.alloc(PRICE_BYTES)
  price.writeBigUInt64BE(amount)
  return Buffer.concat([iv, xor(price, padOf(keys, iv)), signatureOf(keys, price, iv)]).toString('base64url')
}

const padOf = (keys: PriceKeys, iv: Buffer): Buffer => createHmac('sha1', keys.encryption).update(iv).digest()

const signatureOf = (keys: PriceKeys, price: Buffer, iv: Buffer): Buffer =>
  createHmac('sha1', keys.integrity).update(price).update(iv).digest().subarray(0, SIGNATURE_BYTES)

function xor(bytes: Buffer, pad: Buffer): Buffer {
  const out = Buffer.from(bytes)
  for (let i = 0; i < out.length; i++) out[i] = out[i]! ^ pad[i]! // the pad is the longer one
  return out
}

/** Exchanges hand keys out as base64 or websafe base64 of 32 bytes. Null: not such a key. */
export function priceKey(secret: string): KeyObject | null {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(secret)) return null
  const bytes = Buffer.from(secret, 'base64') // reads both alphabets
  return bytes.length === 32 ? createSecretKey(bytes) : null
}
