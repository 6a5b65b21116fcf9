/** What the seller refuses: advertisers, categories, seats, apps (2.6 §3.2.1). Judged once per request and value. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { isWithin } from '@flightplan/contract/taxonomy.ts'
import type { Auction, Imp } from '../auction.ts'
import { domainAndParents } from '../event/inventory.ts'
import { type ExchangeRules, seatOf } from '../exchange.ts'
import type { Snapshot } from '../snapshot.ts'

export interface Blocks {
  /** Reason against an advertiser by index; null: none. */
  advertiser(index: number, imp: Imp): ReasonName | null
  /** Reason against a creative's categories. */
  categories(creative: number, imp: Imp): ReasonName | null
}

export function blocksOf(snapshot: Snapshot, auction: Auction, exchange: ExchangeRules): Blocks {
  const advertisers = new Map<number, ReasonName | null>()
  const categories = new Map<number, ReasonName | null>()
  return {
    advertiser(index, { wseat }) {
      // AdX writes wseat into the imp too: it narrows the request's.
      const { id } = snapshot.meta.advertisers[index]!
      if (wseat.length > 0 && !wseat.includes(seatOf(exchange, id))) return 'seat'
      let reason = advertisers.get(index)
      if (reason === undefined) {
        reason = judgeAdvertiser(snapshot, auction, exchange, index)
        advertisers.set(index, reason)
      }
      return reason
    },
    categories(creative, imp) {
      // Creatives with the same categories share one slice, and imps rarely have blocks of their own.
      const key = snapshot.creative.categories_at[creative]! * 64 + (imp.bcat.length > 0 ? imp.index : 63)
      let reason = categories.get(key)
      if (reason === undefined) {
        reason = judgeCategories(auction, imp, categoriesOf(snapshot, creative))
        categories.set(key, reason)
      }
      return reason
    },
  }
}

function judgeAdvertiser(
  snapshot: Snapshot,
  auction: Auction,
  exchange: ExchangeRules,
  index: number,
): ReasonName | null {
  const advertiser = snapshot.meta.advertisers[index]! // index comes from the campaign table
  const seat = seatOf(exchange, advertiser.id)
  if (auction.wseat.length > 0 && !auction.wseat.includes(seat)) return 'seat'
  if (auction.bseat.includes(seat)) return 'seat'
  const ours = domainAndParents(advertiser.domain)
  if (auction.badv.some(blocked => ours.includes(plainDomain(blocked)))) return 'blocked_advertiser'
  const dsa = auction.regs.dsa
  return dsa !== null && dsa >= 2 && (advertiser.dsa === null || exchange.dsa === 'never') ? 'dsa_required' : null
}

/** Publishers write domains in any case, with and without `www.`. */
export const plainDomain = (domain: string): string =>
  domain
    .trim()
    .toLowerCase()
    .replace(/^www\./, '')

function judgeCategories(auction: Auction, imp: Imp, ours: readonly string[]): ReasonName | null {
  const prefix = `${auction.cattax}:`
  const blocked = imp.bcat.length > 0 ? [...auction.bcat, ...imp.bcat] : auction.bcat
  if (blocked.length === 0 && auction.acat.length === 0) return null
  // Categories of two taxonomies cannot be compared (2.6 §3.2.1 cattax): without one of ours in theirs, do not bid.
  if (!ours.some(category => category.startsWith(prefix))) return 'category_taxonomy'
  const within = (theirs: string) => ours.some(category => isWithin(category, prefix + theirs))
  if (blocked.some(within)) return 'blocked_category'
  return auction.acat.length > 0 && !auction.acat.some(within) ? 'blocked_category' : null
}

function categoriesOf({ creative, string_lists, strings }: Snapshot, index: number): string[] {
  const at = creative.categories_at[index]!
  const out: string[] = []
  for (let i = 0; i < creative.categories_n[index]!; i++) out.push(strings.get(string_lists[at + i]!))
  return out
}
