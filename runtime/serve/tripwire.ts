/**
 * Line items that the canary spends far more on than the release beside it: stopped in this bidder at once, long before
 * the sum of all line items shows anything. Both arms have as many auctions, so without a change both spend alike.
 */
import type { Tripped } from '@flightplan/contract/rollout.ts'
import type { ItemTally, TrialTally } from './trial.ts'

const TIMES = 3
/**
 * Auctions on top. Of 20 auctions that fall on two equal arms by chance all fall on one in 1 of 10^6 cases, and with more
 * the factor holds: in ten hours of 1,000 line items no A/A comparison trips (measured in the test).
 */
const AUCTIONS_ON_TOP = 20
/** Prices of one line item vary little, those by prediction some: the mean of so many tells a factor of three. */
const AUCTIONS_FOR_PRICE = 5

/** @param isOld whether the release beside the canary has the line item: a new one has nothing to be compared with */
export function tripsOf({ arms }: TrialTally, isOld: (id: string) => boolean, at_ms: number): Tripped[] {
  const tripped: Tripped[] = []
  for (const [id, of] of arms.canary.items) {
    const why = whyOf(of, arms.control.items.get(id) ?? NOTHING)
    if (why !== null && isOld(id)) tripped.push({ id, at_ms, why })
  }
  return tripped
}

const NOTHING: ItemTally = { auctions: 0, bids: 0, offered_nano: 0, spend_nano: 0 }

function whyOf(of: ItemTally, beside: ItemTally): string | null {
  if (of.auctions > TIMES * beside.auctions + AUCTIONS_ON_TOP)
    return `it bid in ${of.auctions} auctions where the release beside it bid in ${beside.auctions}`
  if (Math.min(of.auctions, beside.auctions) < AUCTIONS_FOR_PRICE) return null
  const [price, usual] = [cpmOf(of), cpmOf(beside)]
  return price > TIMES * usual
    ? `it bids ${price.toFixed(2)} USD where the release beside it bids ${usual.toFixed(2)}`
    : null
}

/** US dollars for a thousand. */
const cpmOf = ({ offered_nano, bids }: ItemTally): number => offered_nano / bids / 1e6
