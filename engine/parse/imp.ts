import type { Imp, ImpDeal, Slot } from '../auction.ts'
import { parseBanner } from './banner.ts'
import {
  amount,
  bits,
  currency,
  flag,
  integer,
  isObject,
  type Json,
  list,
  MAX_BLOCKS,
  NO_LIST,
  number,
  object,
  positive,
  text,
  texts,
} from './json.ts'
import { parseAudio, parseVideo } from './media.ts'
import { parseNative } from './native.ts'

const MAX_IMPS = 64
const MAX_DEALS = 64

/**
 * The imps that can be bid on. One without an id cannot (a bid names it), nor one that repeats an id (the exchange
 * could not tell which is meant): the first of them stays.
 */
export function parseImps(values: readonly unknown[]): Imp[] {
  const imps: Imp[] = []
  for (let index = 0; index < values.length && imps.length < MAX_IMPS; index++) {
    const value = values[index]
    if (!isObject(value)) continue
    const id = text(value['id'])
    if (id !== '' && !imps.some(other => other.id === id)) imps.push(parseImp(value, id, index))
  }
  return imps
}

function parseImp(imp: Json, id: string, index: number): Imp {
  const pmp = object(imp['pmp'])
  const rewarded = isRewarded(imp)
  const battr = bits(imp['battr'])
  const multiplier = number(object(imp['qty'])['multiplier'])
  return {
    index,
    id,
    floor: amount(imp['bidfloor']),
    floor_currency: currency(imp['bidfloorcur']),
    // Absent is unknown (5,170 of 6,159 requests): https is right in either case, so only a stated 0 lifts the need.
    secure: integer(imp['secure']) !== 0,
    interstitial: flag(imp['instl']),
    rewarded,
    tagid: text(imp['tagid']),
    exp_s: positive(imp['exp']) || null,
    private_auction: flag(pmp['private_auction']),
    deals: parseDeals(pmp['deals']),
    wseat: texts(imp['wseat'], MAX_BLOCKS),
    bcat: texts(imp['bcat'], MAX_BLOCKS),
    battr,
    multiplier: multiplier !== null && multiplier > 0 ? multiplier : 1,
    slots: parseSlots(imp, battr, rewarded),
  }
}

function parseSlots(imp: Json, battr: number, rewarded: boolean): Slot[] {
  const slots: Slot[] = []
  if (isObject(imp['banner'])) slots.push(parseBanner(imp['banner'], battr))
  if (isObject(imp['video'])) slots.push(parseVideo(imp['video'], battr, rewarded))
  if (isObject(imp['audio'])) slots.push(parseAudio(imp['audio'], battr))
  if (isObject(imp['native'])) {
    const native = parseNative(imp['native'], battr)
    if (native !== null) slots.push(native)
  }
  return slots
}

/** `rwdd` is 2.6; before, each exchange had a place of its own (openrtb.md §10). */
function isRewarded(imp: Json): boolean {
  const ext = object(imp['ext'])
  const video = object(object(imp['video'])['ext'])
  return (
    flag(imp['rwdd']) ||
    flag(ext['reward']) ||
    flag(object(ext['prebid'])['is_rewarded_inventory']) ||
    flag(video['rewarded']) ||
    isRewardedType(ext['videotype']) ||
    isRewardedType(video['videotype'])
  )
}

/** `rewarded`, `rewarded_interstitial`. */
function isRewardedType(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('rewarded')
}

function parseDeals(value: unknown): ImpDeal[] {
  const written = list(value)
  if (written.length === 0) return NO_LIST
  const deals: ImpDeal[] = []
  for (let at = 0; at < written.length && deals.length < MAX_DEALS; at++) {
    const deal = object(written[at])
    const id = text(deal['id'])
    if (id !== '' && !deals.some(other => other.id === id)) deals.push(parseDeal(deal, id))
  }
  return deals
}

function parseDeal(deal: Json, id: string): ImpDeal {
  return {
    id,
    floor: amount(deal['bidfloor']),
    floor_currency: currency(deal['bidfloorcur']),
    at: dealType(deal['at']),
    wseat: texts(deal['wseat'], MAX_BLOCKS),
    wadomain: texts(deal['wadomain'], MAX_BLOCKS),
    guaranteed: flag(deal['guar']),
  }
}

/** 1 first price, 2 second price, 3 `bidfloor` is the agreed price, 500 and above the exchange's; null: as the request. */
function dealType(value: unknown): number | null {
  const at = value === undefined ? null : integer(value)
  return at !== null && ((at >= 1 && at <= 3) || at >= 500) ? at : null
}
