/**
 * Line items that the canary spends far more on than the release beside it: stopped in this bidder at once, long before
 * the sum of all line items shows anything. Both arms have as many auctions, so without a change both spend alike.
 */
import type { Tripped } from '@flightplan/contract/rollout.ts'
import type { TrialTally } from './trial.ts'

const TIMES = 3
/**
 * Bids of the old price on top. Of 20 bids that fell on two equal arms by chance, all fall on one in 1 of 10^6 cases, and
 * with more bids the factor holds: over 1,000 line items no A/A comparison trips (measured in the test).
 */
const BIDS_ON_TOP = 20

/** @param isOld whether the release beside the canary has the line item: a new one has nothing to be compared with */
export function tripsOf({ arms }: TrialTally, isOld: (id: string) => boolean, at_ms: number): Tripped[] {
  const { canary, control } = arms
  const usual_nano =
    control.bids > 0 ? control.offered_nano / control.bids : canary.offered_nano / Math.max(1, canary.bids)
  const tripped: Tripped[] = []
  for (const [id, { spend_nano, bids }] of canary.items) {
    const beside = control.items.get(id)
    const price_nano = beside && beside.bids > 0 ? beside.offered_nano / beside.bids : usual_nano
    const spent_nano = beside?.spend_nano ?? 0
    if (bids < 2 || spend_nano <= TIMES * spent_nano + BIDS_ON_TOP * price_nano || !isOld(id)) continue
    const why = `it spent ${usd(spend_nano)} USD where the release beside it spent ${usd(spent_nano)}`
    tripped.push({ id, at_ms, why })
  }
  return tripped
}

const usd = (nano: number): string => (nano / 1e9).toFixed(4)
