/** What each bidder of a channel last said, held against what was announced. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AckReport, ChannelRecord } from '@flightplan/contract/channel.ts'
import { REPORT_EVERY_MS } from '../release/reporter.ts'
import type { HotCopy, ReleaseStore } from '../store/port.ts'

/** Signs of life missed before a bidder counts as gone, and then as forgotten. */
const STALE_MS = 4 * REPORT_EVERY_MS
const FORGOTTEN_MS = 24 * 3600 * 1000

export interface BidderStatus extends AckReport {
  /** Since its last word, and since it kept its last good release. */
  age_ms: number
  last_good_age_ms: number | null
  isStale: boolean
  /** It serves what was announced last. */
  isCurrent: boolean
}

/**
 * From the hot copy, mirrored to the record; while the hot copy is away, the mirror is what there is. Bidders that were
 * silent for a day are forgotten.
 */
export async function fleetStatus(
  store: ReleaseStore | null,
  hot: HotCopy | null,
  channel: string,
  record: ChannelRecord | null,
  now_ms: number,
): Promise<{ bidders: BidderStatus[]; from: 'hot' | 'record' }> {
  const said = (await hot?.acks(channel).catch(() => null)) ?? null
  if (said) await store?.putAcks(said)
  const reports = said ?? (await store?.acks(channel)) ?? []
  for (const { bidder, at_ms } of said ?? []) if (now_ms - at_ms > FORGOTTEN_MS) await hot?.dropAck(channel, bidder)
  const bidders = reports
    .filter(({ at_ms }) => now_ms - at_ms <= FORGOTTEN_MS)
    .map(report => statusOf(report, record, now_ms))
    .sort((a, b) => (a.bidder < b.bidder ? -1 : 1))
  return { bidders, from: said ? 'hot' : 'record' }
}

const ASK_EVERY_MS = 50

/** Until every bidder that is not silent serves the record, or the time is up; what the fleet said last. */
export async function waitForFleet(
  store: ReleaseStore | null,
  hot: HotCopy,
  channel: string,
  record: ChannelRecord,
  wait_s: number,
  now_ms: () => number,
): Promise<{ bidders: BidderStatus[] }> {
  const end_ms = now_ms() + wait_s * 1000
  for (;;) {
    const reports = await hot.acks(channel)
    const bidders = reports.map(report => statusOf(report, record, now_ms()))
    const isDone = bidders.length > 0 && bidders.every(({ isCurrent, isStale }) => isCurrent || isStale)
    if (isDone || now_ms() >= end_ms) {
      await store?.putAcks(reports)
      return { bidders }
    }
    await sleep(ASK_EVERY_MS)
  }
}

function statusOf(report: AckReport, record: ChannelRecord | null, now_ms: number): BidderStatus {
  const { at_ms, last_good, last_good_at_ms, state, sequence, digest } = report
  const isCurrent = state === 'live' && sequence === record?.sequence && digest === record.live
  const last_good_age_ms = last_good === '' ? null : now_ms - last_good_at_ms
  return { ...report, age_ms: now_ms - at_ms, last_good_age_ms, isStale: now_ms - at_ms > STALE_MS, isCurrent }
}
