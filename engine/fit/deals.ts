import type { Facts } from '@flightplan/contract/facts.ts'
import type { DealMeta } from '@flightplan/contract/snapshot.ts'
import type { Auction, Imp, ImpDeal } from '../auction.ts'
import { plainDomain } from '../domain.ts'
import { type ExchangeRules, seatOf } from '../exchange.ts'
import { type Snapshot, termOf } from '../snapshot.ts'

/** A deal of the imp that is ours to use, by its place in imp.deals; null where it is not. */
export type OpenDeals = readonly (DealMeta | null)[]

export const NO_DEALS: number[] = Object.freeze([]) as unknown as never[] // shared by all candidates without a deal

/** The deals of an imp that YAML knows, that are in their dates and that the facts do not call paused or ended. */
export function openDeals(
  snapshot: Snapshot,
  facts: Facts,
  exchange: ExchangeRules,
  imp: Imp,
  now_ms: number,
): OpenDeals {
  const attribute = snapshot.attributeIndex.get('deal')
  if (attribute === undefined || imp.deals.length === 0) return []
  return imp.deals.map(deal => {
    const key = `${exchange.id}/${deal.id}`
    const known = snapshot.dealOfTerm.get(termOf(snapshot, attribute, key))
    const live = known && now_ms >= known.start_ms && now_ms < known.end_ms
    const state = Object.hasOwn(facts.deals, key) ? facts.deals[key] : 'open'
    return known && live && state === 'open' ? known : null
  })
}

/** Which of them this line item buys and the seller lets this seat and advertiser into (2.6 §3.2.12). */
export function dealsOf(
  snapshot: Snapshot,
  exchange: ExchangeRules,
  auction: Auction,
  imp: Imp,
  open: OpenDeals,
  lineItem: number,
  advertiser: { id: string; domain: string },
): number[] {
  const { deals_at, deals_n } = snapshot.line_item
  const at = deals_at[lineItem]!
  const n = deals_n[lineItem]!
  if (n === 0) return NO_DEALS
  const out: number[] = []
  open.forEach((known, i) => {
    const bought = known !== null && snapshot.term_lists.subarray(at, at + n).includes(known.term)
    if (
      bought &&
      seatMayBid(auction, imp, known.seat) &&
      lets(imp.deals[i]!, known.seat ?? seatOf(exchange, advertiser.id), advertiser.domain)
    )
      out.push(i)
  })
  return out
}

/** A deal's own seat stands in the bid, so wseat and bseat hold for it too; the advertiser's is judged in blocks.ts. */
const seatMayBid = ({ wseat, bseat }: Auction, imp: Imp, seat: string | null) =>
  seat === null ||
  ([wseat, imp.wseat].every(seats => seats.length === 0 || seats.includes(seat)) && !bseat.includes(seat))

const lets = (deal: ImpDeal, seat: string, domain: string) =>
  (deal.wseat.length === 0 || deal.wseat.includes(seat)) &&
  (deal.wadomain.length === 0 || deal.wadomain.some(listed => plainDomain(listed) === domain))
