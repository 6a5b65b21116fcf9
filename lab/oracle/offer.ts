/** "Price" of docs/bid-rules.md: what a candidate would bid on an imp, or why it cannot. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Ask, Format } from './ask.ts'
import type { Bid } from './choose.ts'
import { secondsOf } from './creative.ts'
import type { Fit, OfferedDeal } from './fit.ts'
import { number, text, tree } from './lenient.ts'
import { dealFloor, floor, floor_nano, openFloor, type Prediction, rate, times, value_nano } from './price.ts'

/** Predicted rates for a line item in a slot of an imp; null: no model says anything. */
export type Predict = (lineItem: string, imp: string, slot: Format) => Prediction | null

export interface Pricing {
  ask: Ask
  facts: Facts
  /** Of the bids. */
  currency: string
  predict: Predict
}

const currencyOfOrder = ({ item }: Fit) => text(item.order['currency']) ?? ''

/** Price in the bid currency before any floor. */
export function price_nano({ ask, facts, currency, predict }: Pricing, fit: Fit): bigint | ReasonName {
  const { imp, format } = fit.slot
  const value = value_nano(fit.item, predict(fit.item.id, text(imp['id']) ?? '', format))
  if (value === null) return 'no_prediction'
  const at = rate(facts, currencyOfOrder(fit), currency, ask.now_ms)
  return at === null ? 'no_rate' : floor(times({ num: value, den: 1n }, at))
}

/** AdCOM auction type 3: the deal's floor is the price. */
function isFixed({ stated, written }: OfferedDeal): boolean {
  const at = number(stated['at'])
  return at === null ? text(written['at']) === 'fixed' : at === 3
}

function bidAt(
  pricing: Pricing,
  fit: Fit,
  creative: string,
  price: bigint,
  deal: OfferedDeal | null,
): Bid | ReasonName {
  const { ask, facts, currency } = pricing
  const { imp, media, format } = fit.slot
  const stated = deal
    ? dealFloor(deal.stated, deal.written)
    : openFloor(imp, media, secondsOf(tree(ask.world.creatives.get(creative))))
  const least = floor_nano(stated, currency, facts, ask.now_ms)
  if (least === null) return 'no_rate'
  if (price < least || price <= 0n) return 'below_floor'
  return {
    line_item: fit.item.id,
    slot: format,
    creative,
    deal: deal?.id ?? null,
    tier: fit.item.priority,
    // a fixed price of nothing is a seller's slip, not a free impression
    price_nano: deal && isFixed(deal) && least > 0n ? least : price,
  }
}

/** The bids of a candidate with one creative: one per deal that it holds, and one in the open auction. */
export function bidsOf(pricing: Pricing, fit: Fit, creative: string): (Bid | ReasonName)[] {
  const price = price_nano(pricing, fit)
  if (typeof price === 'string') return [price]
  const places = [...fit.deals, ...(fit.open ? [null] : [])]
  return places.map(deal => bidAt(pricing, fit, creative, price, deal))
}
