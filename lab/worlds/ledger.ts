/** What the seller books in a world: actual spend against the limits of a release, each one day long. */
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Authority, Charge } from '@flightplan/engine/types.ts'

export interface WorldLedger {
  authority: Authority
  book(charge: Charge, paid_nano: number): void
  /** By campaign index, in nano of the order's currency. */
  spent: Float64Array
}

/** @param one_in the auctions of the world stand for this many each: limits are divided by it */
export function openWorldLedger({ line_item, campaign }: Snapshot, one_in = 1): WorldLedger {
  const spent = new Float64Array(campaign.id_str.length)
  const ofItem = new Float64Array(line_item.id_str.length)
  const shown = new Float64Array(line_item.id_str.length)
  const rest = (limit: number, used: number) => (Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit / one_in - used)
  return {
    spent,
    authority: {
      lineItemDaily_nano: i => rest(line_item.daily_nano[i]!, ofItem[i]!),
      lineItemTotal_nano: i => rest(line_item.total_nano[i]!, ofItem[i]!),
      lineItemImpressions: i => rest(line_item.impressions[i]!, shown[i]!),
      campaignDaily_nano: i => rest(campaign.daily_nano[i]!, spent[i]!),
      campaignTotal_nano: i => rest(campaign.total_nano[i]!, spent[i]!),
    },
    book({ line_item: item, campaign: owner }, paid_nano) {
      ofItem[item]! += paid_nano
      shown[item]!++
      spent[owner]! += paid_nano
    },
  }
}
