/** `flight reconcile`: takes in what an exchange says it will invoice, and holds it against the books. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { lossRatios, readReport } from '@flightplan/runtime/events/reports.ts'
import { withEvents } from './events-database.ts'
import { readExchangeFile } from './exchange-file.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { counted, type Output } from './output.ts'
import { alarm, textOf } from './report.ts'

export interface ReconcileOptions {
  root: string
  exchange: string
  /** Percent. */
  tolerance: number
  reason?: string
  dryRun?: boolean
  format: 'pretty' | 'json' | 'csv'
  now_ms: number
}

export async function reconcile(
  output: Output,
  env: NodeJS.ProcessEnv,
  path: string,
  { root, exchange, tolerance, reason = '', dryRun = false, format, now_ms }: ReconcileOptions,
): Promise<ExitCode> {
  const lines = readExchangeFile(path, readFileSync(path, 'utf8'), exchange)
  if (lines.length === 0) throw usage(`${path} has no lines`)
  if (dryRun) {
    output.result(`${counted(lines.length, 'line')} of ${exchange} would be taken in\n`)
    return EXIT.ok
  }
  const days = lines.map(({ utc_day }) => utc_day)
  const [since, until] = [Math.min(...days), Math.max(...days)]
  const { made, ratios } = await withEvents(env, root, async database => {
    await database.insert(
      'exchange_reports',
      lines.map(line => ({ ...line, file: basename(path), at_ms: now_ms, reason })),
    )
    const all = await readReport(database, 'discrepancy', { since, until, campaign: '' })
    const rows = all.rows.filter(row => row['exchange'] === exchange)
    return { made: { ...all, rows }, ratios: await lossRatios(database, since, until) }
  })
  output.result(textOf(made, format))
  output.progress(`${counted(lines.length, 'line')} of ${exchange} taken in`)
  for (const one of ratios.filter(ratio => ratio.exchange === exchange))
    output.progress(
      `${one.format}: ${(Number(one.lost_ppm) / 10_000).toFixed(2)}% of their impressions sent no billing notice`,
    )
  return alarm(output, made, tolerance)
}
