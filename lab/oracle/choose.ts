/** "The winner" of docs/bid-rules.md: one per deal that a candidate buys, and one of the open auction. */
import type { Format } from './ask.ts'

/** One line item with one creative at one price, in a deal or (null) in the open auction. */
export interface Bid {
  line_item: string
  slot: Format
  creative: string
  deal: string | null
  tier: number
  /** Per impression, in the currency of the bid. */
  price_nano: bigint
}
export interface Winner extends Bid {
  /** Line items of the same tier and price: the rotation hash, which is not known here, may put one of them first. */
  tied: string[]
}

/** Prices of the engine may be one nano off, so such a difference settles nothing here. */
const TIE_NANO = 1n

const isTie = (a: Bid, b: Bid): boolean => {
  const difference = a.price_nano - b.price_nano
  return a.tier === b.tier && difference <= TIE_NANO && difference >= -TIE_NANO
}

function better(a: Bid, b: Bid): number {
  if (a.tier !== b.tier) return a.tier - b.tier
  if (a.price_nano !== b.price_nano) return a.price_nano > b.price_nano ? -1 : 1
  return a.line_item < b.line_item ? -1 : a.line_item > b.line_item ? 1 : 0
}

function bestOf(bids: readonly Bid[]): Winner[] {
  const [best] = [...bids].sort(better)
  if (!best) return []
  const tied = bids.filter(bid => bid !== best && isTie(bid, best)).map(({ line_item }) => line_item)
  return [{ ...best, tied }]
}

const isTaken = (winners: readonly Winner[], bid: Bid): boolean =>
  winners.some(({ line_item, creative }) => line_item === bid.line_item && creative === bid.creative)

/** Winners of an imp, deals first, in the order in which the imp lists them. */
export function choose(bids: readonly Bid[], deals: readonly string[]): Winner[] {
  const winners: Winner[] = []
  for (const deal of [...deals, null]) {
    const rivals = bids.filter(bid => bid.deal === deal && !isTaken(winners, bid))
    winners.push(...bestOf(rivals))
  }
  return winners
}
