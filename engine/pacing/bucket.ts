/**
 * The micro half of pacing, once a second in each bidder: a bucket of money that fills at the plan's rate. A bid takes
 * what a bid costs on average, and its resolution (bill, loss, silence) puts that back and takes the true cost: so the
 * loop is closed at once, and corrected when the truth comes.
 */

export interface Bucket {
  tokens_nano: number
  /** Average cost of a bid, won or not, by {@link bandOf}: a high bid nearly always wins, a low one hardly ever. */
  byBand_nano: Float64Array
  /** Average cost of the bids as they come. */
  perBid_nano: number
  /** Average cost of a win. */
  perWin_nano: number
  /** Requests a second that the line item could have bid on. */
  eligible_per_s: number
  /** Share of the requests that may bid at all; the rest of the braking is the bucket's. */
  participation: number
}

const BURST_S = 30
const BURST_WINS = 8
/** Of the averages of money: one in so many resolutions. */
const MEMORY_BIDS = 400
const MEMORY_BAND = 200
const MEMORY_WINS = 50
const MEMORY_S = 30
/** Draw somewhat more than the rate allows: the bucket then decides when, and a quiet minute is caught up. */
const HEADROOM = 2
const BANDS = 32

export function openBucket(guess: { perBid_nano: number; perWin_nano: number; eligible_per_s: number }): Bucket {
  return { tokens_nano: 0, participation: 1, byBand_nano: new Float64Array(BANDS).fill(guess.perBid_nano), ...guess }
}

/** Powers of two of the bid in nano. */
export const bandOf = (bid_nano: number): number => 31 - Math.clz32(Math.min(bid_nano, 0x7fff_ffff) | 1)

/** A second (or `dt_s`) passed in which `eligible` requests came. */
export function refill(bucket: Bucket, rate_nano_s: number, dt_s: number, eligible: number): void {
  const burst_nano = Math.max(BURST_S * rate_nano_s, BURST_WINS * bucket.perWin_nano)
  bucket.tokens_nano = Math.min(bucket.tokens_nano + rate_nano_s * dt_s, burst_nano)
  bucket.eligible_per_s += (1 - Math.exp(-dt_s / MEMORY_S)) * (eligible / dt_s - bucket.eligible_per_s)
  const all_nano_s = bucket.eligible_per_s * bucket.perBid_nano
  bucket.participation = all_nano_s > 0 ? Math.min(1, (HEADROOM * rate_nano_s) / all_nano_s) : 1
}

/** @param draw in [0, 1), from a hash of auction, campaign and epoch: a replay draws the same */
export const admits = ({ tokens_nano, participation }: Bucket, draw: number): boolean =>
  tokens_nano > 0 && draw < participation

/** Returns what was taken, to be handed to {@link resolve} with the same bid. */
export function take(bucket: Bucket, bid_nano: number): number {
  const taken_nano = bucket.byBand_nano[bandOf(bid_nano)]! // of 32 bands
  bucket.tokens_nano -= taken_nano
  bucket.perBid_nano += (taken_nano - bucket.perBid_nano) / MEMORY_BIDS
  return taken_nano
}

/** Bids of one band that came to their end together: what was taken for them, and what they cost; `wins` of them won. */
export interface Ended {
  band: number
  bids: number
  wins: number
  taken_nano: number
  cost_nano: number
}

export function resolve(bucket: Bucket, { band, bids, wins, taken_nano, cost_nano }: Ended): void {
  bucket.tokens_nano += taken_nano - cost_nano
  const { byBand_nano } = bucket
  if (bids > 0) byBand_nano[band]! += share(bids, MEMORY_BAND) * (cost_nano / bids - byBand_nano[band]!) // of 32 bands
  if (wins > 0) bucket.perWin_nano += share(wins, MEMORY_WINS) * (cost_nano / wins - bucket.perWin_nano)
}

/** Of an average with that memory, how much n new values at once are. */
const share = (n: number, memory: number): number => 1 - (1 - 1 / memory) ** n
