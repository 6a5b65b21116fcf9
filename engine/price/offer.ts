/** Candidate → offers: one for each deal that it holds, and one for the open auction (docs/bid-rules.md "Price"). */
import { cost_nano } from '../cost.ts'
import type { Engine } from '../decide.ts'
import { seatOf } from '../exchange.ts'
import { hash32 } from '../hash.ts'
import type { Answers, Bid, Candidate, Loser, Selection } from '../types.ts'
import { floorOf } from './floor.ts'
import { value_nano } from './value.ts'

const FIXED_PRICE = 3

/** An offer is a bid that has not won yet. */
export interface Offer extends Bid {
  tier: number
}
type Refusal = Omit<Loser, 'imp' | 'slot' | 'line_item'>

/**
 * @param position of the candidate in the selection
 * @param currency of the bid
 */
export function offersOf(
  engine: Engine,
  selection: Selection,
  candidate: Candidate,
  position: number,
  currency: string,
  answers: Answers,
): (Offer | Refusal)[] {
  const { snapshot, rates } = engine
  const campaign = snapshot.line_item.campaign[candidate.line_item]!
  const order = snapshot.meta.orders[snapshot.campaign.order[campaign]!]!
  const value = value_nano(snapshot, candidate.line_item, position, answers)
  if (typeof value === 'string') return [{ reason: value }]
  const price = rates.convert(value, order.currency, currency, selection.now_ms, 'down')
  if (price === null) return [{ reason: 'no_rate' }]
  const creative = drawCreative(engine, selection.auction.id, candidate)
  const open = !candidate.imp.private_auction && snapshot.line_item.open_auction[candidate.line_item] === 1
  const deals: (number | null)[] = open ? [...candidate.deals, null] : candidate.deals
  return deals.map(deal => offer({ engine, selection, candidate, creative, campaign, currency, value, price, deal }))
}

interface Draft {
  engine: Engine
  selection: Selection
  candidate: Candidate
  creative: number
  campaign: number
  currency: string
  /** In the order's currency. */
  value: number
  /** In the bid currency. */
  price: number
  deal: number | null
}

function offer(draft: Draft): Offer | Refusal {
  const { engine, selection, candidate, creative, campaign, currency, deal } = draft
  const { snapshot, rates } = engine
  const exchange = snapshot.exchangeByName.get(selection.exchange)! // select refused unknown exchanges
  const asked = deal === null ? null : candidate.imp.deals[deal]!
  const known = asked && snapshot.dealOfTerm.get(engine.dealTerm(selection.exchange, asked.id))
  const ours = known && known.floor_nano > 0 ? { nano: known.floor_nano, currency: known.currency } : null
  const floor = floorOf(candidate, deal, ours, snapshot.creative.duration_s[creative]!)
  const floor_nano = floor.nano === 0 ? 0 : rates.convert(floor.nano, floor.currency, currency, selection.now_ms, 'up')
  if (floor_nano === null) return { reason: 'no_rate' }
  if (draft.price <= 0 || draft.price < floor_nano)
    return { reason: 'below_floor', needed_nano: floor_nano, offered_nano: draft.price }
  const fixed = asked !== null && (asked.at ?? known?.at) === FIXED_PRICE && floor_nano > 0
  const price_nano = fixed ? floor_nano : draft.price
  const order = snapshot.meta.orders[snapshot.campaign.order[campaign]!]!
  const paid = fixed ? rates.convert(price_nano, currency, order.currency, selection.now_ms, 'up') : draft.value
  if (paid === null) return { reason: 'no_rate' }
  const advertiser = snapshot.meta.advertisers[snapshot.campaign.advertiser[campaign]!]!
  return {
    candidate,
    creative,
    price_nano,
    currency,
    deal,
    seat: known?.seat ?? seatOf(exchange, advertiser.id),
    charge: { line_item: candidate.line_item, campaign, cost_nano: cost_nano(snapshot, campaign, paid) },
    tier: snapshot.line_item.tier[candidate.line_item]!,
  }
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

export const isOffer = (outcome: Offer | Refusal): outcome is Offer => 'tier' in outcome
export type { Refusal }
