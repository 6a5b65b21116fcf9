/** The order of line items in a snapshot: by it the engine stops at the cut. */
import type { LineItemNode, World } from '../resolve/world.ts'

/**
 * Line items that can bid, best first: tier, then the highest price in planning currency, then id. A total order, so
 * it does not depend on where it begins.
 * @param previous of an earlier run: sorting what is nearly sorted takes 5 ms of 100,000, from nothing it takes 300
 */
export function rankedLineItems({ line_items }: World, previous: readonly LineItemNode[] = []): LineItemNode[] {
  const added = new Set(line_items.filter(item => item.active && item.campaign.active))
  const kept = previous.filter(item => added.delete(item))
  return [...kept, ...added].sort(compare)
}

const compare = (a: LineItemNode, b: LineItemNode): number =>
  a.tier - b.tier || b.planning_nano - a.planning_nano || (a.id < b.id ? -1 : 1)
