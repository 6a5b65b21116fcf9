/** The authority's view less what this request has already taken: imps of one request see each other's charges. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Authority, Charge } from './types.ts'

export interface Ledger {
  /** The reason why a charge does not fit any more, or null. */
  refuses(charge: Charge): ReasonName | null
  book(charge: Charge): void
}

export function openLedger(authority: Authority): Ledger {
  const taken: Charge[] = []
  const sum = (of: (charge: Charge) => boolean) =>
    taken.reduce((total, charge) => (of(charge) ? total + charge.cost_nano : total), 0)
  return {
    refuses({ line_item, campaign, cost_nano }) {
      const byLineItem = cost_nano + sum(charge => charge.line_item === line_item)
      const byCampaign = cost_nano + sum(charge => charge.campaign === campaign)
      const impressions = 1 + taken.filter(charge => charge.line_item === line_item).length
      if (byLineItem > authority.lineItemDaily_nano(line_item)) return 'daily_budget'
      if (byCampaign > authority.campaignDaily_nano(campaign)) return 'daily_budget'
      if (byLineItem > authority.lineItemTotal_nano(line_item)) return 'total_budget'
      if (byCampaign > authority.campaignTotal_nano(campaign)) return 'total_budget'
      return impressions > authority.lineItemImpressions(line_item) ? 'impression_budget' : null
    },
    book(charge) {
      taken.push(charge)
    },
  }
}
