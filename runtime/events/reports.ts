/** The reports: which view, what moves it, and from when a line of it cannot move any more. */
import type { EventKind } from '@flightplan/contract/events.ts'
import { DAY_END_MS, SETTLE_MS } from '@flightplan/contract/marks.ts'
import type { Database } from './clickhouse.ts'

interface Shape {
  view: string
  /** What its numbers are made of; the one that settles last says when they are final. */
  kinds: readonly EventKind[]
  /** Days are those of UTC: events of two campaign days fall on one. */
  isUtc?: true
}

export const REPORTS = {
  delivery: { view: 'report_delivery', kinds: ['bid', 'win', 'bill', 'view', 'click', 'video'] },
  spend: { view: 'report_spend', kinds: ['bill'] },
  'win-rate': { view: 'report_win_rate', kinds: ['bid', 'win', 'loss', 'bill'] },
  costs: { view: 'report_costs', kinds: ['bill', 'click', 'conversion'] },
  funnel: { view: 'report_funnel', kinds: ['bid', 'no_bid'] },
  discrepancy: { view: 'report_discrepancy', kinds: ['bid', 'win', 'bill'], isUtc: true },
  reach: { view: 'report_reach', kinds: ['bill'] },
  release: { view: 'report_release', kinds: ['bid', 'win', 'bill', 'click'] },
} as const satisfies Record<string, Shape>
export type ReportName = keyof typeof REPORTS
export const REPORT_NAMES = Object.keys(REPORTS) as ReportName[] // of the literal above

/** Numbers are text where they may pass 2^53; names end with their unit: _nano, _ppm, _milli. */
export type ReportRow = Record<string, string | number | boolean | null>

export interface Report {
  name: ReportName
  /** Days since 1970, both included. */
  since: number
  until: number
  /** All events up to then are in it; null: some node or partition has not said. */
  complete_up_to_ms: number | null
  /** Source, partition and node that hold it back. */
  slowest: [string, string, string]
  /** Every row is. */
  final: boolean
  /** Events of these days that came after their node had promised that there are none left. */
  revised: number
  rows: ReportRow[]
}

export interface ReportQuery {
  since: number
  until: number
  /** '': all. */
  campaign: string
}

/** Reads the watermark first: what comes while the report is made may be in it, never missing from it. */
export async function readReport(database: Database, name: ReportName, query: ReportQuery): Promise<Report> {
  const [mark] = await database.rows<{ complete_ms: string; slowest: [string, string, string] }>(
    'SELECT complete_ms, slowest FROM watermark',
  )
  const complete_ms = Number(mark?.complete_ms ?? 0)
  const rows = await database.rows<ReportRow>(
    `SELECT * FROM ${REPORTS[name].view}(since = {since:Int32}, until = {until:Int32}, campaign = {campaign:String})`,
    { ...query },
  )
  const revised = await revisedDays(database, query)
  // A node that has once broken its promise for a day is not believed about that day.
  const isFinal = (day: number) => !revised.has(day) && closed(REPORTS[name], day) <= complete_ms
  const allFinal = closed(REPORTS[name], query.until) <= complete_ms && revised.size === 0
  const marked = rows.map(row => ({ ...row, final: typeof row['day'] === 'number' ? isFinal(row['day']) : allFinal }))
  return {
    ...{ name, since: query.since, until: query.until, slowest: mark?.slowest ?? ['', '', ''] },
    complete_up_to_ms: complete_ms === 0 ? null : complete_ms,
    final: marked.length > 0 ? marked.every(({ final }) => final) : allFinal,
    revised: [...revised.values()].reduce((sum, n) => sum + n, 0),
    rows: marked,
  }
}

/** The last moment at which something may happen that moves a day. */
function closed({ kinds, isUtc }: Shape, day: number): number {
  const settle_ms = Math.max(...kinds.map(kind => SETTLE_MS[kind]))
  return (day + (isUtc ? 1 : 0)) * 86_400_000 + DAY_END_MS + settle_ms
}

/** Days of UTC reports hold events of the days beside them. */
async function revisedDays(database: Database, { since, until }: ReportQuery): Promise<Map<number, number>> {
  const rows = await database.rows<{ day: number; n: string }>(
    `SELECT day, count() AS n FROM broken_promises FINAL
      WHERE day BETWEEN {since:Int32} - 1 AND {until:Int32} + 1 GROUP BY day`,
    { since, until },
  )
  return new Map(rows.map(({ day, n }) => [day, Number(n)]))
}

export interface LossRatio {
  exchange: string
  format: string
  their_impressions: string
  billed: string
  /** Of the impressions that they report, those that no notice told. */
  lost_ppm: string
}

/** Learnt from the exchange's own reports of these days. */
export function lossRatios(database: Database, since: number, until: number): Promise<LossRatio[]> {
  return database.rows<LossRatio>('SELECT * FROM loss_ratio(since = {since:Int32}, until = {until:Int32})', {
    since,
    until,
  })
}
