/**
 * What is known of a market segment: bids and wins by price. An exchange mostly says only whether a bid won; where it
 * says the least price that would have won, one answer tells about every price.
 */

/** Prices in steps of 6%: 96 of them span a factor of 268. */
export const BUCKETS = 96
const STEP = Math.log(1.06)

export interface Observed {
  /** The lowest price that is told apart, nano. */
  low_nano: number
  tries: Float64Array
  wins: Float64Array
}

export const nothingObserved = (low_nano: number): Observed => ({
  low_nano,
  tries: new Float64Array(BUCKETS),
  wins: new Float64Array(BUCKETS),
})

/** Where a price lies, in buckets and parts of them; below 0 and above {@link BUCKETS} for what is out of reach. */
export const positionOf = (low_nano: number, price_nano: number): number => Math.log(price_nano / low_nano) / STEP

/** The middle of a bucket. */
export const priceOf = (low_nano: number, bucket: number): number => low_nano * Math.exp((bucket + 0.5) * STEP)

export function observe(of: Observed, bid_nano: number, won: boolean): void {
  const bucket = inReach(positionOf(of.low_nano, bid_nano))
  of.tries[bucket]!++ // in reach, here and below
  if (won) of.wins[bucket]!++
}

/** Whether the bid won or lost: with `minToWin_nano` all higher bids would have won and all lower ones lost. */
export function observeMinToWin(of: Observed, minToWin_nano: number): void {
  const least = positionOf(of.low_nano, minToWin_nano)
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    of.tries[bucket]!++
    if (bucket + 0.5 >= least) of.wins[bucket]!++
  }
}

/** Markets move: what was seen counts less as time goes by. */
export function fade(of: Observed, keep: number): void {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    of.tries[bucket]! *= keep
    of.wins[bucket]! *= keep
  }
}

export const triesOf = ({ tries }: Observed): number => tries.reduce((sum, n) => sum + n, 0)

const inReach = (position: number) => Math.min(BUCKETS - 1, Math.max(0, Math.floor(position)))
