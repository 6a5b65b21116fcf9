/** One winner by rule (DESIGN 11): per imp one for each deal, and one in the open auction; more in a dynamic pod. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Slot } from './auction.ts'
import type { Ledger } from './ledger.ts'
import type { Losses } from './losses.ts'
import { type AdFacts, enter, hasRoom, type PodRoom } from './pod.ts'
import type { Offer } from './price/offer.ts'
import type { Charge } from './types.ts'

export interface Choice {
  /** Breaks equal tiers and prices: the higher one wins. */
  tie(offer: Offer): number
  charge(offer: Offer): Charge
  /** What this request has taken so far; winners are booked in it. */
  ledger: Ledger
  losses: Losses
  ads: AdFacts
}
export interface Winner {
  offer: Offer
  charge: Charge
}

/**
 * @param offers all of one imp
 * @param rooms its dynamic pods, which this fills; null: it has none
 */
export function choose(offers: readonly Offer[], choice: Choice, rooms: PodRoom[] | null): Winner[] {
  const winners: Winner[] = []
  const refused: Offer[] = []
  for (const place of placesOf(offers)) {
    const before = winners.length
    takePlace(offers, place, winners, refused, choice, rooms)
    if (winners.length === before && rooms !== null) noRoom(offers, place, winners, refused, choice)
    else if (winners.length > before && choice.losses.losers !== null)
      lose(offers, winners, before, refused, choice, rooms)
  }
  return winners
}

/** One ad, or as many as the pod has room for. */
function takePlace(
  offers: readonly Offer[],
  place: number | null,
  winners: Winner[],
  refused: Offer[],
  choice: Choice,
  rooms: PodRoom[] | null,
): void {
  let started: Slot | null = null
  let goesOn = true
  while (goesOn) {
    const fits = rooms === null ? offers : offers.filter(offer => hasRoom(rooms, started, offer, choice.ads))
    const winner = takeBest(fits, place, winners, refused, choice)
    if (winner === null) return
    winners.push(winner)
    started = winner.offer.candidate.slot
    goesOn = rooms !== null && enter(rooms, winner.offer, choice.ads)
  }
}

/** The deals in their order, then the open auction. */
function placesOf(offers: readonly Offer[]): (number | null)[] {
  const deals: number[] = []
  for (const { deal } of offers) if (deal !== null && !deals.includes(deal)) deals.push(deal)
  return deals.length === 0 ? OPEN_ONLY : [...deals.sort((a, b) => a - b), null]
}

const OPEN_ONLY = [null]

/** The best that the budgets still allow and that has no other place in this imp. */
function takeBest(
  offers: readonly Offer[],
  place: number | null,
  winners: readonly Winner[],
  refused: Offer[],
  { tie, charge, ledger, losses }: Choice,
): Winner | null {
  while (true) {
    let best: Offer | null = null
    for (const offer of offers) {
      if (offer.deal !== place || (refused.length > 0 && refused.includes(offer)) || hasWon(winners, offer)) continue
      if (best === null || compare(offer, best, tie) < 0) best = offer
    }
    if (best === null) return null
    const asked = charge(best)
    const reason = ledger.refuses(asked)
    if (reason === null) {
      ledger.book(asked)
      return { offer: best, charge: asked }
    }
    refused.push(best)
    losses.add(best.candidate, reason)
  }
}

/** Lower tier, higher price, higher hash, lower id (ids rise with the rank in the snapshot). */
const compare = (a: Offer, b: Offer, tie: Choice['tie']): number =>
  a.tier - b.tier || b.price_nano - a.price_nano || tie(b) - tie(a) || a.candidate.line_item - b.candidate.line_item

/** The same ad in another place of the imp. */
function hasWon(winners: readonly Winner[], { candidate, creative }: Offer): boolean {
  for (const { offer } of winners)
    if (offer.candidate.line_item === candidate.line_item && offer.creative === creative) return true
  return false
}

/** Nobody won a place that had offers: those that no budget refused found no room in the pod. */
function noRoom(
  offers: readonly Offer[],
  place: number | null,
  winners: readonly Winner[],
  refused: readonly Offer[],
  { losses }: Choice,
): void {
  for (const offer of offers)
    if (offer.deal === place && !refused.includes(offer) && !hasWon(winners, offer))
      losses.add(offer.candidate, 'pod_full')
}

/** Tells the others of the place what they lost to, the best first. @param from the first winner of the place */
function lose(
  offers: readonly Offer[],
  winners: readonly Winner[],
  from: number,
  refused: readonly Offer[],
  choice: Choice,
  rooms: readonly PodRoom[] | null,
): void {
  const { offer: winner } = winners[from]! // the place has one
  offers
    .filter(offer => offer.deal === winner.deal && !refused.includes(offer) && !hasWon(winners, offer))
    .sort((a, b) => compare(a, b, choice.tie))
    .forEach(({ candidate, tier, price_nano }) => {
      if (rooms?.some(({ slot }) => slot === candidate.slot)) choice.losses.add(candidate, 'pod_full')
      else choice.losses.add(candidate, lostTo(winner, tier, price_nano), winner.price_nano, price_nano)
    })
}

function lostTo(winner: Offer, tier: number, price_nano: number): ReasonName {
  if (tier > winner.tier) return 'lost_tier'
  return price_nano < winner.price_nano ? 'lost_value' : 'lost_rotation'
}
