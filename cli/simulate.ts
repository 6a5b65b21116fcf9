/** `flight simulate`: a day of pacing on a virtual clock, beside what others do. */
import { writeFileSync } from 'node:fs'
import { type Score, simulate } from '@flightplan/lab/simulate/scenario.ts'
import { drawDay } from '@flightplan/lab/simulate/svg.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Output } from './output.ts'

interface SimulateOptions {
  seed: number
  /** Share of what the campaign would spend without a budget. */
  budget: number
  out?: string
  format: 'pretty' | 'json'
}

const percent = (digits: number) => (share: number) => `${(100 * share).toFixed(digits)}%`
const COLUMNS: readonly [string, (score: Score) => string][] = [
  ['policy', of => of.policy],
  ['utilisation', of => percent(2)(of.utilisation)],
  ['overspend', of => percent(3)(of.overspend)],
  ['hourly error', of => percent(2)(of.hourly_error)],
  ['minute error', of => percent(1)(of.minute_error)],
  ['furthest off', of => percent(2)(of.worst_deviation)],
  ['cost per click', of => (of.ecpc / 1e9).toFixed(5)],
  ['95% after', of => (Number.isNaN(of.hours_to_95) ? 'never' : `${of.hours_to_95.toFixed(1)} h`)],
]

export function simulateDay(output: Output, { seed, budget, out, format }: SimulateOptions): ExitCode {
  const result = simulate(seed, budget)
  const title = `One day, budget ${Math.round(budget * 1000) / 10}% of full spend, seed ${seed}`
  if (out !== undefined) writeFileSync(out, drawDay(result, title))
  if (format === 'json') output.result(`${JSON.stringify(result.scores.map(asJson), null, 2)}\n`)
  else output.result(`${title}\n\n${table(result.scores)}`)
  if (out !== undefined) output.progress(`drawn to ${out}`)
  return EXIT.ok
}

const asJson = ({ policy, utilisation, overspend, hourly_error, minute_error, worst_deviation, ecpc }: Score) => ({
  ...{ policy, utilisation, overspend, hourly_error, minute_error, worst_deviation, ecpc },
})

function table(scores: readonly Score[]): string {
  const rows = [COLUMNS.map(([name]) => name), ...scores.map(score => COLUMNS.map(([, show]) => show(score)))]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return rows.map(row => `${line(row)}\n`).join('')
}
