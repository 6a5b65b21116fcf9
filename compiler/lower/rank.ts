/** The order of line items in a snapshot: by it the engine stops at the cut. */
import type { LineItemNode, World } from '../resolve/world.ts'

/** Line items that can bid, best first: tier, then the highest price in planning currency, then id. */
export function rankedLineItems(world: World): LineItemNode[] {
  const price = new Map(world.line_items.map(item => [item, planningPrice(item, world)]))
  const priceOf = (item: LineItemNode) => price.get(item) ?? 0
  return world.line_items
    .filter(item => item.active && item.campaign.active)
    .sort((a, b) => a.tier - b.tier || priceOf(b) - priceOf(a) || (a.id < b.id ? -1 : 1))
}

/** Planning rates order candidates and nothing else: a float will do. */
function planningPrice(item: LineItemNode, world: World): number {
  return item.max_nano * planningRate(world, item.campaign.order.value.currency)
}

/** USD per unit; NaN where flightplan.yaml has none (resolve/ refuses such an order). */
export function planningRate(world: World, currency: string): number {
  if (currency === 'USD') return 1
  return Number(world.flightplan.value.planning_rates?.[currency] ?? Number.NaN)
}
