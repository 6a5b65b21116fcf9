/** What the seller refuses: advertisers, categories, seats, apps (2.6 §3.2.1). Judged once per request and value. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { withAncestors } from '@flightplan/contract/taxonomy.ts'
import type { Auction, Imp } from '../auction.ts'
import { plainDomain } from '../domain.ts'
import { type ExchangeRules, seatOf } from '../exchange.ts'
import type { Family, Snapshot } from '../snapshot.ts'

/** One request's blocks, ready to be asked. */
export interface Blocks {
  snapshot: Snapshot
  auction: Auction
  exchange: ExchangeRules
  /** `badv` as plain domains; null: none are blocked. */
  domains: ReadonlySet<string> | null
  /** Of `snapshot.advertiserMarks`. */
  round: number
}

export function blocksOf(snapshot: Snapshot, auction: Auction, exchange: ExchangeRules): Blocks {
  const domains = auction.badv.length === 0 ? null : new Set(auction.badv.map(plainDomain))
  return { snapshot, auction, exchange, domains, round: snapshot.advertiserMarks.begin() }
}

/** Reason against an advertiser by index; null: none. */
export function advertiserReason(blocks: Blocks, index: number, { wseat }: Imp): ReasonName | null {
  const { snapshot, round, exchange } = blocks
  // AdX writes wseat into the imp too: it narrows the request's.
  if (wseat.length > 0 && !wseat.includes(seatOf(exchange, snapshot.meta.advertisers[index]!.id))) return 'seat'
  const marks = snapshot.advertiserMarks
  return marks.has(round, index) ? marks.get(index) : marks.set(round, index, judgeAdvertiser(blocks, index))
}

function judgeAdvertiser({ snapshot, auction, exchange, domains }: Blocks, index: number): ReasonName | null {
  const advertiser = snapshot.meta.advertisers[index]! // index comes from the campaign table
  const { wseat, bseat } = auction
  if (wseat.length > 0 || bseat.length > 0) {
    const seat = seatOf(exchange, advertiser.id)
    if ((wseat.length > 0 && !wseat.includes(seat)) || bseat.includes(seat)) return 'seat'
  }
  return reasonBesideSeat({ snapshot, auction, exchange, domains }, index)
}

/** For bids that do not stand in the advertiser's seat: those of deals with a seat of their own. */
export function reasonBesideSeat(
  { snapshot, auction, exchange, domains }: Omit<Blocks, 'round'>,
  index: number,
): ReasonName | null {
  if (domains !== null && snapshot.advertiserDomains[index]!.some(ours => domains.has(ours)))
    return 'blocked_advertiser'
  const dsa = auction.regs.dsa
  return dsa !== null && dsa >= 2 && (snapshot.meta.advertisers[index]!.dsa === null || exchange.dsa === 'never')
    ? 'dsa_required'
    : null
}

/** Reason against a creative's categories: one of them, or a parent, is blocked, or none is among those allowed. */
export function categoryReason({ snapshot, auction }: Blocks, creative: number, imp: Imp): ReasonName | null {
  const { bcat, acat } = auction
  if (bcat.length === 0 && imp.bcat.length === 0 && acat.length === 0) return null
  const { categories_at, categories_n } = snapshot.creative
  let isComparable = false
  let isAllowed = acat.length === 0
  for (let i = 0; i < categories_n[creative]!; i++) {
    const { cattax, ids } = familyOf(snapshot, snapshot.string_lists[categories_at[creative]! + i]!)
    if (cattax !== auction.cattax) continue
    isComparable = true
    for (const id of ids) {
      if (bcat.includes(id) || imp.bcat.includes(id)) return 'blocked_category'
      isAllowed ||= acat.includes(id)
    }
  }
  // Categories of two taxonomies cannot be compared (2.6 §3.2.1 cattax): without one of ours in theirs, do not bid.
  if (!isComparable) return 'category_taxonomy'
  return isAllowed ? null : 'blocked_category'
}

/** A category of ours (a string of the snapshot, `1:IAB1-2`), kept when first asked for: there are few. */
function familyOf({ families, strings }: Snapshot, category: number): Family {
  let family = families.get(category)
  if (family === undefined) {
    family = readFamily(strings.get(category))
    families.set(category, family)
  }
  return family
}

function readFamily(category: string): Family {
  const colon = category.indexOf(':')
  const names = withAncestors(category).map(name => name.slice(colon + 1))
  return { cattax: Number(category.slice(0, colon)), ids: names }
}
