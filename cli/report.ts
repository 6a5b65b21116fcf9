/** `flight report`: a view of the event log, with up to when it is complete and whether it may still move. */
import { openIngest } from '@flightplan/runtime/events/ingest.ts'
import { type Report, type ReportName, readReport } from '@flightplan/runtime/events/reports.ts'
import { rollDay, staleDays } from '@flightplan/runtime/events/roll.ts'
import { readSpool } from '@flightplan/runtime/events/spool-source.ts'
import { withEvents } from './events-database.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { counted, type Output } from './output.ts'
import { dateOf, reportCsv, reportText } from './report-text.ts'

export interface ReportOptions {
  root: string
  since?: number
  until?: number
  campaign?: string
  format: 'pretty' | 'json' | 'csv'
  /** Folders to read before. */
  spool: string[]
  /** Percent; of `discrepancy`. */
  tolerance: number
  now_ms: number
}

const REPORT_VERSION = 1
const DAY_MS = 86_400_000

export async function report(
  output: Output,
  env: NodeJS.ProcessEnv,
  name: ReportName,
  options: ReportOptions,
): Promise<ExitCode> {
  const until = options.until ?? Math.floor(options.now_ms / DAY_MS)
  const since = options.since ?? until - 6
  if (since > until) throw usage(`--since ${dateOf(since)} is after --until ${dateOf(until)}`)
  const made = await withEvents(env, options.root, async database => {
    for (const folder of options.spool)
      await readSpool(
        folder,
        openIngest(database, () => options.now_ms),
      )
    if (options.spool.length > 0)
      for (const day of await staleDays(database))
        await rollDay(database, day, { now_ms: Date.now, random: Math.random })
    return readReport(database, name, { since, until, campaign: options.campaign ?? '' })
  })
  output.result(textOf(made, options.format))
  return name === 'discrepancy' ? alarm(output, made, options.tolerance) : EXIT.ok
}

export function textOf(made: Report, format: ReportOptions['format']): string {
  if (format === 'csv') return reportCsv(made)
  if (format === 'pretty') return reportText(made)
  const { complete_up_to_ms, ...rest } = made
  const complete_up_to = complete_up_to_ms === null ? null : new Date(complete_up_to_ms).toISOString()
  const dated = { ...rest, since: dateOf(rest.since), until: dateOf(rest.until), complete_up_to }
  const rows = made.rows.map(row => (typeof row['day'] === 'number' ? { ...row, day: dateOf(row['day']) } : row))
  return `${JSON.stringify({ schemaVersion: REPORT_VERSION, ...dated, rows }, null, 2)}\n`
}

/** One line a gap that is too large, on stderr, and the exit code that stops a script. */
export function alarm(output: Output, { rows }: Report, tolerance: number): ExitCode {
  const wide = rows.filter(({ gap_ppm }) => gap_ppm !== null && Math.abs(Number(gap_ppm)) > tolerance * 10_000)
  for (const { day, exchange, format, currency, gap_ppm, final } of wide)
    output.progress(
      `${exchange} ${format} ${dateOf(Number(day))} ${currency}: they report ${(Number(gap_ppm) / 10_000).toFixed(2)}% ` +
        `${Number(gap_ppm) > 0 ? 'more' : 'less'} than we booked${final ? '' : ' (not final)'}`.replace('-', ''),
    )
  if (wide.length === 0) return EXIT.ok
  output.progress(`${counted(wide.length, 'line')} above ${tolerance}%`)
  return EXIT.findings
}
