/**
 * Budgets in the loop of a replay: what is left at each moment of the log. The log is one auction in `one_in`, so every
 * limit is divided by it; what is spent are expected amounts, win probability times price.
 */
import { dayOf } from '@flightplan/engine/event/time.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Authority } from '@flightplan/engine/types.ts'

export interface Budget {
  authority: Authority
  at(now_ms: number, block: number): void
  /** Expected cost in nano of the order's currency, and expected impressions. */
  spend(lineItem: number, campaign: number, cost_nano: number, impressions: number): void
  /** Blocks at which a day began for the campaign; the first is 0. */
  dayStarts(campaign: number): readonly number[]
  /** Limits of the sample, per day and in all; Infinity: none. */
  lineItemLimits(lineItem: number): Limits
  campaignLimits(campaign: number): Limits
}

export interface Limits {
  daily_nano: number
  total_nano: number
}

export function openBudget(snapshot: Snapshot, one_in: number): Budget {
  const { line_item, campaign, segment, meta } = snapshot
  const items = line_item.id_str.length
  const campaigns = campaign.id_str.length
  const [itemDay, itemTotal, itemImpressions] = [0, 1, 2].map(() => new Float64Array(items)) as [F64, F64, F64] // three
  const [ownDay, ownTotal] = [new Float64Array(campaigns), new Float64Array(campaigns)]
  const segmentTotal = new Float64Array(segment.id_str.length)
  const today = new Int32Array(campaigns).fill(-1)
  const starts: number[][] = Array.from({ length: campaigns }, () => [])
  let now_ms = 0
  let minute = -1
  const left = (limit: number, spent: number) =>
    Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit / one_in - spent
  const segmentsNow = (owner: number): number[] => {
    const first = campaign.segments_at[owner]!
    const all = Array.from({ length: campaign.segments_n[owner]! }, (_, i) => first + i)
    return all.filter(i => segment.start_ms[i]! <= now_ms && now_ms < segment.end_ms[i]!)
  }
  /** Days begin at midnight in the zone of each campaign. */
  const turnDays = (block: number) => {
    for (let owner = 0; owner < campaigns; owner++) {
      const day = dayOf(now_ms, meta.zones[campaign.zone[owner]!] ?? 'UTC')
      if (day === today[owner]) continue
      today[owner] = day
      starts[owner]!.push(starts[owner]!.length === 0 ? 0 : block) // one list for each campaign
      ownDay[owner] = 0
      for (let item = 0; item < items; item++) if (line_item.campaign[item] === owner) itemDay[item] = 0
    }
  }
  return {
    at(moment_ms, block) {
      now_ms = moment_ms
      const next = Math.floor(moment_ms / 60_000)
      if (next === minute) return
      minute = next // zones are of whole minutes
      turnDays(block)
    },
    authority: {
      lineItemDaily_nano: i => left(line_item.daily_nano[i]!, itemDay[i]!),
      lineItemTotal_nano: i => left(line_item.total_nano[i]!, itemTotal[i]!),
      lineItemImpressions: i => {
        const some = left(line_item.impressions[i]!, itemImpressions[i]!)
        // The engine asks for one whole impression more; of a sample, any rest is some impressions of the whole.
        return some > 0 ? Math.ceil(some) : 0
      },
      campaignDaily_nano: i => left(campaign.daily_nano[i]!, ownDay[i]!),
      campaignTotal_nano: i =>
        Math.min(
          left(campaign.total_nano[i]!, ownTotal[i]!),
          ...segmentsNow(i).map(index => left(segment.total_nano[index]!, segmentTotal[index]!)),
        ),
    },
    spend(item, owner, cost_nano, impressions) {
      itemDay[item]! += cost_nano
      itemTotal[item]! += cost_nano
      itemImpressions[item]! += impressions
      ownDay[owner]! += cost_nano
      ownTotal[owner]! += cost_nano
      if (campaign.segments_n[owner]! > 0) for (const index of segmentsNow(owner)) segmentTotal[index]! += cost_nano
    },
    dayStarts: i => starts[i]!, // one list for each campaign
    lineItemLimits: i => ({
      daily_nano: left(line_item.daily_nano[i]!, 0),
      total_nano: left(line_item.total_nano[i]!, 0),
    }),
    campaignLimits: i => ({
      daily_nano: left(campaign.daily_nano[i]!, 0),
      total_nano: left(campaign.total_nano[i]!, 0),
    }),
  }
}
type F64 = Float64Array<ArrayBuffer>
