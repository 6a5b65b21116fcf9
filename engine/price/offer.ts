/** Candidate → offers: one for each deal that it holds, and one for the open auction (docs/bid-rules.md "Price"). */
import { cost_nano } from '../cost.ts'
import type { Engine } from '../decide.ts'
import { type ExchangeRules, seatOf } from '../exchange.ts'
import { hash32 } from '../hash.ts'
import type { Losses } from '../losses.ts'
import type { Answers, Bid, Candidate, Charge, Selection } from '../types.ts'
import { type Floor, floorOf } from './floor.ts'
import { value_nano } from './value.ts'

const FIXED_PRICE = 3

/** What the offers of one decision share. */
export interface Pricing {
  engine: Engine
  selection: Selection
  exchange: ExchangeRules
  /** Of the bids. */
  currency: string
  answers: Answers
  losses: Losses
}

/** What a candidate would bid in one place. Dozens are made for a request and one or two win: those become a Bid. */
export interface Offer {
  candidate: Candidate
  creative: number
  /** Index into imp.deals, or null for the open auction. */
  deal: number | null
  tier: number
  /** In nano of the bid currency. */
  price_nano: number
  /** The same in nano of the order's currency. */
  media_nano: number
}

/** Adds the offers of a candidate to `into`. @param position of the candidate in the selection */
export function addOffers(pricing: Pricing, candidate: Candidate, position: number, into: Offer[]): void {
  const { engine, selection, currency, answers, losses } = pricing
  const { line_item, meta, campaign } = engine.snapshot
  const { line_item: lineItem, deals, open } = candidate
  const value = value_nano(engine.snapshot, lineItem, position, answers)
  if (typeof value === 'string') return void losses.add(candidate, value)
  const order = meta.orders[campaign.order[line_item.campaign[lineItem]!]!]! // references between tables of one snapshot
  const price = engine.rates.convert(value, order.currency, currency, selection.now_ms, 'down')
  if (price === null) return void losses.add(candidate, 'no_rate')
  const creative = drawCreative(engine, selection.auction.id, candidate)
  const tier = line_item.tier[lineItem]!
  const draft: Offer = { candidate, creative, deal: null, tier, price_nano: price, media_nano: value }
  for (let i = 0; i < deals.length; i++) addIfAboveFloor(pricing, { ...draft, deal: deals[i]! }, order.currency, into)
  if (open) addIfAboveFloor(pricing, draft, order.currency, into)
}

function addIfAboveFloor(pricing: Pricing, draft: Offer, own: string, into: Offer[]): void {
  const { engine, selection, currency, losses } = pricing
  const { candidate, creative, deal, price_nano } = draft
  const { snapshot, rates } = engine
  const known = deal === null ? undefined : dealOf(pricing, candidate, deal)
  const ours: Floor | null = known && known.floor_nano > 0 ? { nano: known.floor_nano, currency: known.currency } : null
  const floor = floorOf(candidate, deal, ours, snapshot.creative.duration_s[creative]!)
  const floor_nano = floor.nano === 0 ? 0 : rates.convert(floor.nano, floor.currency, currency, selection.now_ms, 'up')
  if (floor_nano === null) return void losses.add(candidate, 'no_rate')
  if (price_nano <= 0 || price_nano < floor_nano)
    return void losses.add(candidate, 'below_floor', floor_nano, price_nano)
  const isFixed = deal !== null && (candidate.imp.deals[deal]!.at ?? known?.at) === FIXED_PRICE && floor_nano > 0
  if (!isFixed) return void into.push(draft)
  const paid = rates.convert(floor_nano, currency, own, selection.now_ms, 'up')
  if (paid === null) return void losses.add(candidate, 'no_rate')
  into.push({ ...draft, price_nano: floor_nano, media_nano: paid })
}

const dealOf = ({ engine, selection }: Pricing, { imp }: Candidate, deal: number) =>
  engine.snapshot.dealOfTerm.get(engine.dealTerm(selection.exchange, imp.deals[deal]!.id))

/** What the offer costs if it is billed at its own price. */
export function chargeOf({ engine: { snapshot } }: Pricing, { candidate, media_nano }: Offer): Charge {
  const campaign = snapshot.line_item.campaign[candidate.line_item]!
  return { line_item: candidate.line_item, campaign, cost_nano: cost_nano(snapshot, campaign, media_nano) }
}

export function bidOf(pricing: Pricing, offer: Offer, charge: Charge): Bid {
  const { engine, exchange, currency } = pricing
  const { meta, campaign } = engine.snapshot
  const { candidate, creative, price_nano, deal } = offer
  const known = deal === null ? undefined : dealOf(pricing, candidate, deal)
  const seat = known?.seat ?? seatOf(exchange, meta.advertisers[campaign.advertiser[charge.campaign]!]!.id)
  return { candidate, creative, price_nano, currency, deal, seat, charge }
}

/** By weight among the creatives that fit, by hash: the same auction always draws the same one. */
export function drawCreative({ snapshot }: Engine, auctionId: string, candidate: Candidate): number {
  const { creative, weight } = snapshot.rotation
  const only = candidate.rotation[0]! // a candidate has at least one creative
  if (candidate.rotation.length === 1) return creative[only]!
  const total = candidate.rotation.reduce((sum, i) => sum + weight[i]!, 0)
  const id = snapshot.strings.get(snapshot.line_item.id_str[candidate.line_item]!)
  let at = hash32(auctionId, candidate.imp.id, id) % total
  for (const i of candidate.rotation) {
    at -= weight[i]!
    if (at < 0) return creative[i]!
  }
  return creative[only]! // not reached: `at` is below the sum of the weights
}

/** Breaks equal tiers and prices: the higher one wins. */
export function tieOf({ snapshot }: Engine, auctionId: string, { imp, line_item }: Candidate): number {
  return hash32('tie', auctionId, imp.id, snapshot.strings.get(snapshot.line_item.id_str[line_item]!))
}
