/** One winner by rule (DESIGN 11): per imp one for each deal, and one in the open auction. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Ledger } from './ledger.ts'
import type { Offer } from './price/offer.ts'
import type { Loser } from './types.ts'

export interface Choice {
  winners: Offer[]
  losers: Loser[]
}

/** Lower tier, higher price, higher hash, lower id (ids rise with the rank in the snapshot). */
const better =
  (tie: (offer: Offer) => number) =>
  (a: Offer, b: Offer): number =>
    a.tier - b.tier || b.price_nano - a.price_nano || tie(b) - tie(a) || a.candidate.line_item - b.candidate.line_item

/**
 * @param offers all of one imp
 * @param tie breaks equal tiers and prices
 * @param ledger what this request has taken so far; winners are booked in it
 */
export function choose(offers: readonly Offer[], tie: (offer: Offer) => number, ledger: Ledger): Choice {
  const sorted = offers.toSorted(better(tie))
  const places = [...new Set(sorted.flatMap(({ deal }) => (deal === null ? [] : [deal])))].sort((a, b) => a - b)
  const choice: Choice = { winners: [], losers: [] }
  for (const place of [...places, null]) {
    const here = sorted.filter(offer => offer.deal === place)
    const winner = takeFirst(here, choice, ledger)
    if (winner) lose(here, winner, choice)
  }
  return choice
}

/** The best that the budgets still allow and that has no other place in this imp. */
function takeFirst(offers: readonly Offer[], { winners, losers }: Choice, ledger: Ledger): Offer | null {
  for (const offer of offers) {
    if (winners.some(other => isSameAd(other, offer))) continue
    const refused = ledger.refuses(offer.charge)
    if (refused === null) {
      ledger.book(offer.charge)
      winners.push(offer)
      return offer
    }
    losers.push({ ...placeOf(offer), reason: refused })
  }
  return null
}

const isSameAd = (a: Offer, b: Offer) => a.candidate.line_item === b.candidate.line_item && a.creative === b.creative

function lose(offers: readonly Offer[], winner: Offer, { winners, losers }: Choice): void {
  for (const offer of offers.slice(offers.indexOf(winner) + 1)) {
    if (winners.some(other => isSameAd(other, offer))) continue
    losers.push({
      ...placeOf(offer),
      reason: lostTo(winner, offer),
      needed_nano: winner.price_nano,
      offered_nano: offer.price_nano,
    })
  }
}

function placeOf({ candidate }: Offer) {
  return { imp: candidate.imp.id, slot: candidate.slot.format, line_item: candidate.line_item }
}

function lostTo(winner: Offer, offer: Offer): ReasonName {
  if (offer.tier > winner.tier) return 'lost_tier'
  return offer.price_nano < winner.price_nano ? 'lost_value' : 'lost_rotation'
}
