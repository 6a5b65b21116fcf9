/**
 * What an impression costs the order (DESIGN "Which money"): bids, floors and notices are media; budgets count what the
 * order's `budget_counts` says. This is the one place where the two meet.
 */
import type { Snapshot } from './snapshot.ts'

/** Media in nano of the order's currency → cost in the same, rounded up: a budget is never short by rounding. */
export function cost_nano(snapshot: Snapshot, campaign: number, media_nano: number): number {
  const { fee_ppm } = snapshot.meta.orders[snapshot.campaign.order[campaign]!]!
  return media_nano + Math.ceil((media_nano * fee_ppm) / 1_000_000)
}
