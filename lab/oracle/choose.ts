/** "The winner" of docs/bid-rules.md: one per deal that a candidate buys, and one of the open auction; more in a break. */
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

/** A break that a seller offers by the second, and what the ads that could run in it are. */
export interface Break {
  format: Format
  seconds: number
  /** Null: as many as its seconds hold. */
  ads: number | null
}
export interface Ads {
  seconds(bid: Bid): number
  advertiser(bid: Bid): string
}

/** Winners of an imp, deals first, in the order in which the imp lists them. */
export function choose(bids: readonly Bid[], deals: readonly string[], breaks: readonly Break[], ads: Ads): Winner[] {
  const winners: Winner[] = []
  const fitsBreak = (bid: Bid, of: Break): boolean => {
    const inside = winners.filter(({ slot }) => slot === of.format)
    const used = inside.reduce((sum, one) => sum + ads.seconds(one), 0)
    const isNew = inside.every(one => ads.advertiser(one) !== ads.advertiser(bid))
    return (
      isNew &&
      ads.seconds(bid) > 0 &&
      used + ads.seconds(bid) <= of.seconds &&
      inside.length < (of.ads ?? Number.POSITIVE_INFINITY)
    )
  }
  for (const deal of [...deals, null]) {
    let first: Winner | undefined
    for (;;) {
      const rivals = bids.filter(bid => {
        const own = breaks.find(({ format }) => format === bid.slot)
        const isNext = first === undefined || (own !== undefined && bid.slot === first.slot)
        return bid.deal === deal && !isTaken(winners, bid) && isNext && (own === undefined || fitsBreak(bid, own))
      })
      const [best] = bestOf(rivals)
      if (best === undefined) break
      winners.push(best)
      first ??= best
    }
  }
  return winners
}
