/**
 * Who says what may still be spent: hard caps, held by the process (DESIGN 5). A bid is charged its own price when it is
 * made, and keeps it until notices are booked: it can spend too little, never too much.
 */
import { dayOf } from '@flightplan/engine/event/time.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Authority, Bid, Charge } from '@flightplan/engine/types.ts'
import { type CounterMemory, Counters, claimEntry } from './counters.ts'

/** The counter entries of a snapshot's line items, campaigns and budget segments, by index; -1: none was free. */
export interface Entries {
  line_item: Int32Array
  campaign: Int32Array
  segment: Int32Array
}

/** Claims the entries of a snapshot; on a loader's thread, since hashing 100,000 ids takes a third of a second. */
export function claimEntries(memory: CounterMemory, { line_item, campaign, segment, strings }: Snapshot): Entries {
  const claim = (kind: string, ids: Uint32Array): Int32Array => {
    const entries = new Int32Array(new SharedArrayBuffer(ids.length * Int32Array.BYTES_PER_ELEMENT))
    return entries.map((_, i) => claimEntry(memory, `${kind}:${strings.get(ids[i]!)}`)) // same length
  }
  return {
    line_item: claim('line_item', line_item.id_str),
    campaign: claim('campaign', campaign.id_str),
    segment: claim('segment', segment.id_str),
  }
}

/** The engine's read-only view at one moment, and the charge that the shell applies after {@link Decision}. */
export interface ProcessAuthority extends Authority {
  /** Sets the moment that the view and the charges are for. */
  at(now_ms: number): Authority
  /** Charges all bids or none. False: another worker took the money in between; decide again. */
  charge(bids: readonly Bid[]): boolean
  /** Day of the campaign's budget at that moment. */
  day(campaign: number): number
}

export function openAuthority(snapshot: Snapshot, memory: CounterMemory, entries: Entries): ProcessAuthority {
  const counters = new Counters(memory)
  const { line_item, campaign, segment, meta } = snapshot
  let now_ms = 0
  const dayOfCampaign = (index: number) => dayOf(now_ms, meta.zones[campaign.zone[index]!] ?? 'UTC')
  const dayOfLineItem = (index: number) => dayOfCampaign(line_item.campaign[index]!)
  const left = (entry: number, limit: number, spent: (entry: number) => number): number => {
    if (entry < 0) return 0 // no counter, no money
    return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit - spent(entry)
  }
  const total = (entry: number) => counters.total_nano(entry)
  /** Segments of a campaign that run now: none (only the campaign's own limits hold), or one; more where they overlap. */
  const segmentsNow = (owner: number): number[] => {
    const n = campaign.segments_n[owner]!
    if (n === 0) return NO_SEGMENTS
    const all = Array.from({ length: n }, (_, i) => campaign.segments_at[owner]! + i)
    return all.filter(index => segment.start_ms[index]! <= now_ms && now_ms < segment.end_ms[index]!)
  }
  const takeSegments = (owner: number, day: number, cost_nano: number): boolean => {
    const taken: number[] = []
    for (const index of segmentsNow(owner)) {
      const entry = entries.segment[index]!
      if (entry >= 0 && counters.take(entry, day, cost_nano, segmentLimits(segment.total_nano[index]!))) {
        taken.push(entry)
        continue
      }
      for (const other of taken) counters.giveBack(other, day, cost_nano)
      return false
    }
    return true
  }
  const leftOfSegments = (owner: number): number[] =>
    segmentsNow(owner).map(index => left(entries.segment[index]!, segment.total_nano[index]!, total))
  const take = ({ line_item: item, campaign: owner, cost_nano }: Charge): boolean => {
    const [day, ofItem, ofOwner] = [dayOfCampaign(owner), entries.line_item[item]!, entries.campaign[owner]!]
    if (ofItem < 0 || ofOwner < 0 || !counters.take(ofItem, day, cost_nano, limitsOf(line_item, item))) return false
    if (counters.take(ofOwner, day, cost_nano, limitsOf(campaign, owner))) {
      if (takeSegments(owner, day, cost_nano)) return true
      counters.giveBack(ofOwner, day, cost_nano)
    }
    counters.giveBack(ofItem, day, cost_nano)
    return false
  }
  const giveBack = ({ line_item: item, campaign: owner, cost_nano }: Charge): void => {
    for (const index of segmentsNow(owner)) counters.giveBack(entries.segment[index]!, dayOfCampaign(owner), cost_nano)
    counters.giveBack(entries.line_item[item]!, dayOfCampaign(owner), cost_nano)
    counters.giveBack(entries.campaign[owner]!, dayOfCampaign(owner), cost_nano)
  }
  const authority: ProcessAuthority = {
    at(moment_ms) {
      now_ms = moment_ms
      return authority
    },
    charge: bids => chargeAll(bids, take, giveBack),
    day: dayOfCampaign,
    lineItemDaily_nano: i =>
      left(entries.line_item[i]!, line_item.daily_nano[i]!, e => counters.day_nano(e, dayOfLineItem(i))),
    lineItemTotal_nano: i => left(entries.line_item[i]!, line_item.total_nano[i]!, total),
    lineItemImpressions: i => left(entries.line_item[i]!, line_item.impressions[i]!, e => counters.impressions(e)),
    campaignDaily_nano: i =>
      left(entries.campaign[i]!, campaign.daily_nano[i]!, e => counters.day_nano(e, dayOfCampaign(i))),
    campaignTotal_nano: i => Math.min(left(entries.campaign[i]!, campaign.total_nano[i]!, total), ...leftOfSegments(i)),
  }
  return authority
}

const NO_SEGMENTS: number[] = []
const segmentLimits = (total_nano: number) => ({ daily_nano: Number.NaN, total_nano, impressions: Number.NaN })

function chargeAll(bids: readonly Bid[], take: (charge: Charge) => boolean, giveBack: (charge: Charge) => void) {
  for (let i = 0; i < bids.length; i++) {
    if (take(bids[i]!.charge)) continue // i is in range
    for (const { charge } of bids.slice(0, i)) giveBack(charge)
    return false
  }
  return true
}

type BudgetColumns = Pick<Snapshot['campaign'], 'daily_nano' | 'total_nano'> & { impressions?: Float64Array }

const limitsOf = ({ daily_nano, total_nano, impressions }: BudgetColumns, i: number) => ({
  daily_nano: daily_nano[i]!,
  total_nano: total_nano[i]!,
  impressions: impressions?.[i] ?? Number.NaN, // campaigns have no such limit
})
