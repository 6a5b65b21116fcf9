/** One policy through one day: bids, the market, bills that come late, twice delayed or never. */
import { bandOf, type Ended } from '@flightplan/engine/pacing/bucket.ts'
import { DAY_S, type Impression, type Market, requestsOf, stream, unit } from './market.ts'

/** When bills and losses become known. */
const BILL_MEAN_S = 8
const LATE = { share: 0.02, from_s: 60, to_s: 300 }
const NEVER_BILLED = 0.03
const LOSSES_TOLD = 0.5
/** A bid that nothing was heard of for so long is taken for lost. */
export const TTL_S = 60
export const LONGEST_S = LATE.to_s + 1

export interface Policy {
  name: string
  /** A second begins. `settled_nano`: bills that came; `eligible`: requests of the second before. */
  second(at_s: number, settled_nano: number, eligible: number): void
  /** Factor on the base bid; 0: no bid. */
  bid(impression: Impression): number
  /** What the policy expects the bid that it just made to cost. */
  take(bid_nano: number): number
  ended(of: Ended): void
}

export interface Day {
  policy: string
  /** By the minute of the auction; what was billed in the end. */
  spend_nano: Float64Array
  clicks: number
  wins: number
  total_nano: number
}

interface Ring {
  bids: Float64Array
  taken_nano: Float64Array
  cost_nano: Float64Array
  wins: Float64Array
}

/** By second and band. */
const BANDS = 32
const ROWS = DAY_S + LONGEST_S + TTL_S + 1
const column = () => new Float64Array(ROWS * BANDS)
const openRing = (): Ring => ({ bids: column(), taken_nano: column(), cost_nano: column(), wins: column() })

export function runDay(market: Market, seed: number, policy: Policy): Day {
  const day: Day = { policy: policy.name, spend_nano: new Float64Array(1440), clicks: 0, wins: 0, total_nano: 0 }
  const ring = openRing()
  const notices = stream(seed, 0xb111)
  const impression: Impression = { ctr: 0, price_nano: 0, base_nano: 0, draw: 0 }
  for (let at_s = 0; at_s < DAY_S; at_s++) {
    for (const ended of endedAt(ring, at_s)) {
      day.total_nano += ended.cost_nano
      policy.ended(ended)
    }
    policy.second(at_s, day.total_nano, at_s > 0 ? market.arrivals[at_s - 1]! : 0) // within the day
    const next = requestsOf(market, seed, at_s)
    for (let n = market.arrivals[at_s]!; n > 0; n--) {
      next(impression)
      const factor = policy.bid(impression)
      if (factor > 0) auction(day, ring, notices, at_s, impression, impression.base_nano * factor, policy)
    }
  }
  for (let at_s = DAY_S; at_s < ROWS; at_s++)
    for (const { cost_nano } of endedAt(ring, at_s)) day.total_nano += cost_nano
  return day
}

function* endedAt(ring: Ring, at_s: number): Generator<Ended> {
  for (let band = 0; band < BANDS; band++) {
    const at = at_s * BANDS + band
    const [bids, cost_nano] = [ring.bids[at]!, ring.cost_nano[at]!] // a row of the ring, here and below
    if (bids > 0 || cost_nano > 0)
      yield { band, bids, cost_nano, wins: ring.wins[at]!, taken_nano: ring.taken_nano[at]! }
  }
}

function auction(
  day: Day,
  ring: Ring,
  notices: () => number,
  at_s: number,
  { price_nano, ctr }: Impression,
  bid_nano: number,
  policy: Policy,
): void {
  const isWin = bid_nano > price_nano
  const billed_s = isWin ? billAfter_s(notices) : Number.POSITIVE_INFINITY
  const told_s = isWin ? billed_s : unit(notices) < LOSSES_TOLD ? 1 : Number.POSITIVE_INFINITY
  const band = bandOf(bid_nano)
  const end = (at_s + Math.min(told_s, TTL_S)) * BANDS + band
  ring.bids[end]!++ // the ring reaches beyond the day, here and below
  ring.taken_nano[end]! += policy.take(bid_nano)
  if (billed_s === Number.POSITIVE_INFINITY) return
  const billed = (at_s + billed_s) * BANDS + band
  ring.cost_nano[billed]! += price_nano
  ring.wins[billed]!++
  day.spend_nano[Math.floor(at_s / 60)]! += price_nano // a minute of the day
  day.clicks += ctr
  day.wins++
}

/** Whole seconds from the auction, from 1; infinite: never. */
function billAfter_s(notices: () => number): number {
  const kind = unit(notices)
  if (kind < NEVER_BILLED) return Number.POSITIVE_INFINITY
  if (kind < NEVER_BILLED + LATE.share) return Math.ceil(LATE.from_s + unit(notices) * (LATE.to_s - LATE.from_s))
  return Math.min(LATE.to_s, Math.max(1, Math.ceil(-BILL_MEAN_S * Math.log(unit(notices)))))
}

/** Share of bills that come after each age: what a learner of delays converges to. */
export function delaysOf(): Float64Array {
  const late = (age_s: number) => {
    const slow = age_s < LATE.from_s ? 1 : Math.max(0, (LATE.to_s - age_s) / (LATE.to_s - LATE.from_s))
    const share = LATE.share / (1 - NEVER_BILLED)
    return share * slow + (1 - share) * Math.exp(-age_s / BILL_MEAN_S)
  }
  return Float64Array.from({ length: LONGEST_S }, (_, age_s) => late(age_s))
}
