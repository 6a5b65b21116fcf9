/**
 * The bid multiplier, once a minute: bids are lowered until what they would cost unbraked is what the plan spends. It
 * looks at unbraked spend, not at spend: behind a bucket spend always is the plan's, however far too high the bids are.
 */

export interface Multiplier {
  /** Natural logarithm of the factor. */
  log: number
  eligible: number
  admitted: number
  /** What the admitted bids are expected to cost. */
  taken_nano: number
}

const GAIN = 0.3
const LEAST = Math.log(0.02)
const MOST = Math.log(3)
/** With fewer bids the estimate is noise; but a starved bucket still says that bids are too high. */
const ENOUGH_BIDS = 10
const STARVED = 0.2

export const openMultiplier = (log = 0): Multiplier => ({ log, eligible: 0, admitted: 0, taken_nano: 0 })

/** At the end of a period of `period_s` in which the plan spent `rate_nano_s`. */
export function adjust(of: Multiplier, rate_nano_s: number, period_s: number): void {
  const { eligible, admitted, taken_nano } = of
  Object.assign(of, { eligible: 0, admitted: 0, taken_nano: 0 })
  const passed = eligible > 0 ? admitted / eligible : 1
  if (admitted < ENOUGH_BIDS) {
    if (eligible >= ENOUGH_BIDS && passed < STARVED) of.log = Math.max(LEAST, of.log - GAIN)
    return
  }
  const unbraked_nano = taken_nano / passed
  const wanted = Math.log((rate_nano_s * period_s + 1) / (unbraked_nano + 1))
  of.log = Math.min(MOST, Math.max(LEAST, of.log + GAIN * Math.max(-1, Math.min(1, wanted))))
}

export const factorOf = ({ log }: Multiplier): number => Math.exp(log)
