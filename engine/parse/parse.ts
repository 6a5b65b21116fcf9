import { canonicalTaxonomy } from '@flightplan/contract/taxonomy.ts'
import type { Auction } from '../auction.ts'
import { parseChain } from './chain.ts'
import { parseDevice } from './device.ts'
import { parseImps } from './imp.ts'
import { parseInventory } from './inventory.ts'
import {
  currency,
  flag,
  integer,
  isObject,
  type Json,
  MAX_BLOCKS,
  NO_LIST,
  object,
  positive,
  texts,
  within,
} from './json.ts'
import { parseRegs } from './regs.ts'
import { parseUser } from './user.ts'

const MAX_CURRENCIES = 64
const FIRST_PRICE = 1
const SECOND_PRICE = 2
const US_DOLLARS: string[] = Object.freeze(['USD']) as string[] // shared by all requests that leave `cur` out

/**
 * A bid request, read leniently: whatever has the wrong type is unknown, never an error (openrtb.md §10).
 *
 * `body` is what JSON.parse gave, and belongs to the Auction from here on (clean lists are taken, not copied).
 * Null, to be answered with 400, only when it is no object, `id` is missing or empty, or `imp` is no non-empty array.
 * An Auction may have no imp, when none of them could be read.
 */
export function parseAuction(body: unknown): Auction | null {
  if (!isObject(body)) return null
  const id = auctionId(body['id'])
  const imps = body['imp']
  if (id === '' || !Array.isArray(imps) || imps.length === 0) return null
  const source = object(body['source'])
  const channel = channelOf(body)
  return {
    id,
    imps: parseImps(imps),
    at: auctionType(body['at']),
    tmax_ms: positive(body['tmax']) || null,
    test: flag(body['test']),
    currencies: currencies(body['cur']),
    channel,
    inventory: parseInventory(channel === null ? body['site'] : body[channel], channel),
    device: parseDevice(body['device'], body['user']),
    user: parseUser(body['user']),
    regs: parseRegs(body),
    chain: parseChain(source['schain'], object(source['ext'])['schain'], object(body['ext'])['schain']),
    wseat: texts(body['wseat'], MAX_BLOCKS),
    bseat: texts(body['bseat'], MAX_BLOCKS),
    bcat: texts(body['bcat'], MAX_BLOCKS),
    acat: texts(body['acat'], MAX_BLOCKS),
    cattax: canonicalTaxonomy(positive(body['cattax']) || 1),
    badv: texts(body['badv'], MAX_BLOCKS),
    bapp: texts(body['bapp'], MAX_BLOCKS),
    wlang: languages(body),
    // It stands in each imp (§3.2.4), but one stream is stitched in one place: the first imp speaks for all.
    ssai: within(object(imps[0])['ssai'], 0, 3),
  }
}

/** Of any length: it is echoed, so it can be neither cut nor dropped. */
function auctionId(value: unknown): string {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : ''
}

/** An unknown enum value is treated as absent (§2.6), and absent is second price; 500 and above are the exchange's. */
function auctionType(value: unknown): number {
  const at = integer(value)
  return at === FIRST_PRICE || (at !== null && at >= 500) ? at : SECOND_PRICE
}

/** At most one of them is allowed (§3.2.1), yet both occur: app wins over site. */
function channelOf(body: Json): Auction['channel'] {
  if (isObject(body['app'])) return 'app'
  if (isObject(body['site'])) return 'site'
  return isObject(body['dooh']) ? 'dooh' : null
}

function currencies(value: unknown): string[] {
  const listed = texts(value, MAX_CURRENCIES)
  if (listed.length === 0) return US_DOLLARS
  return listed.map(currency)
}

/** `wlang` is ISO 639-1, `wlangb` BCP 47; a request has one of them. */
function languages(body: Json): string[] {
  const listed = texts(body['wlang'], MAX_BLOCKS)
  return listed === NO_LIST ? texts(body['wlangb'], MAX_BLOCKS) : listed
}
