/**
 * When a budget is gone, others get its auctions: how early that happens is uncertain, so what the others spend is too.
 * A replay of each replicate would say it exactly and take hours; the moment of each replicate and the step in what the
 * others spend around the moment of the replay say it nearly.
 */
import type { Side } from './side.ts'
import { BLOCKS, type Tallies } from './tallies.ts'

/** Blocks before and after the moment that are compared. */
const WINDOW = 25

/** Of each line item: what is to be added to its spend in each replicate, in nano of the sample; null: nothing. */
export function spillOver(
  { subject, tallies, budget }: Side,
  weights: readonly Float64Array[],
  wantedBy: (campaign: number) => Float64Array,
): (Float64Array | null)[] {
  const out = new Array<Float64Array | null>(subject.lineItems.length).fill(null)
  const { campaign } = subject.engine.snapshot.line_item
  subject.campaigns.forEach((_, c) => {
    const { daily_nano, total_nano } = budget.campaignLimits(c)
    const [from, to] = [budget.dayStarts(c)[0] ?? 0, budget.dayStarts(c)[1] ?? BLOCKS]
    const limit = Math.min(daily_nano, total_nano)
    const wanted = wantedBy(c)
    const moment = momentOf(wanted, null, from, to, limit)
    if (moment >= to) return
    const shifts = weights.map(weight => moment - momentOf(wanted, weight, from, to, limit))
    for (let i = 0; i < out.length; i++) {
      if (campaign[i] === c) continue
      const step = stepAt(tallies, i, Math.round(moment), from, to)
      if (step === 0) continue
      const own = out[i] ?? new Float64Array(weights.length)
      shifts.forEach((shift, r) => {
        own[r]! += shift * step
      })
      out[i] = own
    }
  })
  return out
}

/** The block, and the part of it, at which a limit is reached; `to` when it is not. */
function momentOf(row: Float64Array, weight: Float64Array | null, from: number, to: number, limit: number): number {
  let sum = 0
  for (let block = from; block < to; block++) {
    const more = row[block]! * (weight?.[block] ?? 1)
    if (sum + more > limit) return block + (limit - sum) / more
    sum += more
  }
  return to
}

/** Spend of a block after the moment, less that of one before. */
function stepAt({ spend_nano }: Tallies, i: number, moment: number, from: number, to: number): number {
  const mean = (first: number, last: number): number => {
    let sum = 0
    for (let block = first; block < last; block++) sum += spend_nano[i * BLOCKS + block]!
    return last > first ? sum / (last - first) : 0
  }
  const [first, last] = [Math.max(from, moment - WINDOW), Math.min(to, moment + WINDOW)]
  return first === moment || last === moment ? 0 : mean(moment, last) - mean(first, moment)
}
