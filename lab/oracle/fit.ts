/** Rule "Fit" of docs/bid-rules.md: which line items are candidates for a slot, and why the others are not. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Ask, Slot } from './ask.ts'
import { creativeFault } from './creative.ts'
import { first, has, list, number, type Tree, text, texts, tree } from './lenient.ts'
import { endOfMinute, firstMomentOf } from './time.ts'
import { holds } from './where.ts'
import type { LineItemRules } from './world.ts'

/** A deal of ours that an imp offers, as the YAML and as the request say it. */
export interface OfferedDeal {
  id: string
  written: Tree
  stated: Tree
}
export interface Fit {
  item: LineItemRules
  slot: Slot
  /** Creatives that fit, in the order of the YAML. */
  creatives: string[]
  deals: OfferedDeal[]
  /** Whether it may bid without a deal too. */
  open: boolean
}

export const advertiserId = ({ advertiser }: LineItemRules): string => text(advertiser['advertiser']) ?? ''

/** The advertiser's seat at an exchange, else the default one. */
export function seatOf(ask: Ask, advertiser: string): string {
  const exchange = ask.world.exchanges.get(ask.exchange)
  return exchange?.seats.get(advertiser) ?? exchange?.default_seat ?? ''
}

/** wseat and bseat of the request; a wseat in the imp narrows it. */
function seatAllowed({ request }: Ask, imp: Tree, seat: string): boolean {
  const isIn = (seats: readonly string[]) => seats.length === 0 || seats.includes(seat)
  return isIn(texts(request['wseat'])) && isIn(texts(imp['wseat'])) && !texts(request['bseat']).includes(seat)
}

const lowerTexts = (value: unknown) => texts(value).map(word => word.toLowerCase().replace(/^www\./, ''))

/** The deals of this repository that the imp offers, to whomever. */
function offeredDeals(ask: Ask, imp: Tree): OfferedDeal[] {
  const stated = list(tree(imp['pmp'])['deals']).filter(has).map(tree)
  return [...ask.world.deals]
    .filter(([, written]) => text(written['exchange']) === ask.exchange)
    .flatMap(([id, written]) => {
      const here = stated.find(deal => text(deal['id']) === (text(written['deal_id']) ?? id))
      return here ? [{ id, written, stated: here }] : []
    })
}

/** Whether the seller lets a line item's seat and domain into a deal. */
function dealIsOpen(ask: Ask, imp: Tree, item: LineItemRules, { written, stated }: OfferedDeal): boolean {
  const [seats, domains] = [texts(stated['wseat']), lowerTexts(stated['wadomain'])]
  const seat = text(written['seat']) ?? seatOf(ask, advertiserId(item))
  const domain = text(item.advertiser['domain']) ?? ''
  const isAllowed = text(written['seat']) === null || seatAllowed(ask, imp, seat)
  const isListed = (seats.length === 0 || seats.includes(seat)) && (domains.length === 0 || domains.includes(domain))
  return isAllowed && isListed
}

/** In its own dates and not paused by the seller. */
function dealRuns(ask: Ask, facts: Facts, { id, written }: OfferedDeal): boolean {
  const zone = text(written['timezone']) ?? 'UTC'
  const [from, to] = [text(written['from']), text(written['to'])]
  const key = `${ask.exchange}/${text(written['deal_id']) ?? id}`
  const state = Object.hasOwn(facts.deals, key) ? facts.deals[key] : 'open'
  return (
    state === 'open' &&
    (from === null || ask.now_ms >= firstMomentOf(from, zone)) &&
    (to === null || ask.now_ms < endOfMinute(to, zone))
  )
}

function dsaRequired({ request }: Ask): boolean {
  const regs = tree(request['regs'])
  const required = number(tree(first(regs['dsa'], tree(regs['ext'])['dsa']))['dsarequired'])
  return required === 2 || required === 3
}

/** Rule 4: what depends on the advertiser alone. */
function blockedBy(ask: Ask, item: LineItemRules): ReasonName | null {
  const { advertiser } = item
  const domain = text(advertiser['domain']) ?? ''
  const badv = lowerTexts(ask.request['badv'])
  if (badv.some(blocked => domain === blocked || domain.endsWith(`.${blocked}`))) return 'blocked_advertiser'
  return dsaRequired(ask) && !has(advertiser['dsa']) ? 'dsa_required' : null
}

const inFlight = ({ running, start_ms, end_ms }: LineItemRules, now_ms: number) =>
  running && now_ms >= start_ms && now_ms < end_ms

/** A line item's fit for a slot, or the first rule that it breaks. */
export function fitOf(ask: Ask, facts: Facts, slot: Slot, item: LineItemRules): Fit | ReasonName {
  if (!inFlight(item, ask.now_ms)) return 'not_in_flight'
  const offered = offeredDeals(ask, slot.imp)
  const scene = { ask, slot, deals: new Set(offered.map(({ id }) => id)) }
  if (!item.wheres.every(where => holds(scene, where))) return 'targeting'
  const bought = offered.filter(deal => item.deals.includes(deal.id))
  const deals = bought.filter(deal => dealIsOpen(ask, slot.imp, item, deal) && dealRuns(ask, facts, deal))
  const privateOnly = number(tree(slot.imp['pmp'])['private_auction']) === 1
  if (deals.length === 0 && (privateOnly || !item.open_auction)) return 'deal_required'
  // a bid stands in the deal's own seat, else in the advertiser's
  const isSeated = seatAllowed(ask, slot.imp, seatOf(ask, advertiserId(item)))
  const seated = deals.filter(({ written }) => isSeated || text(written['seat']) !== null)
  if (!isSeated && seated.length === 0) return 'seat'
  const blocked = blockedBy(ask, item)
  if (blocked) return blocked
  const judged = [...item.creatives.keys()].map(id => [id, creativeFault(ask, slot, facts, item, id)] as const)
  const open = isSeated && item.open_auction && !privateOnly
  const creatives = judged.filter(([, fault]) => fault === null).map(([id]) => id)
  return creatives.length > 0
    ? { item, slot, creatives, deals: seated, open }
    : (judged.at(-1)?.[1] ?? 'creative_shape')
}
