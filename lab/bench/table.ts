/** The figures as rows: one column per world. The same rows go to the console and into docs/benchmarks.md. */
import type { Figures } from './bench.ts'
import { IN_TIME } from './open-loop.ts'

/** Label, then a cell per world. */
export type Row = readonly string[]

const whole = (n: number): string => Math.round(n).toLocaleString('en')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const us = (n: number): string => `${n.toFixed(1)} µs`
const ms = (n_ms: number): string => `${n_ms.toFixed(1)} ms`
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

export function rowsOf(all: readonly Figures[]): Row[] {
  const row = (label: string, cell: (of: Figures) => string): Row => [label, ...all.map(cell)]
  const open = (cell: (of: NonNullable<Figures['open']>) => string) => (of: Figures) =>
    of.open ? cell(of.open) : 'none held'
  const swap = (cell: (of: NonNullable<Figures['swap']>) => string) => (of: Figures) => (of.swap ? cell(of.swap) : '-')
  const capacities = (all[0]?.capacity ?? []).flatMap(({ name }, at) => [
    row(`${name}: requests per CPU-second`, of => whole(of.capacity[at]?.perCpuSecond ?? Number.NaN)),
    ...(at === 0 ? [] : [row(`${name}: × bare`, of => (of.capacity[at]?.ratio ?? Number.NaN).toFixed(2))]),
  ])
  return [
    row('line items', of => whole(of.lineItems)),
    row('cold build, wall', of => seconds(of.cold.wall_ms)),
    row('cold build, CPU', of => seconds(of.cold.cpu_ms)),
    row('build after a one-file edit, wall', of => seconds(of.edit.wall_ms)),
    row('snapshot', of => mega(of.cold.snapshot_bytes)),
    row('whole release', of => mega(of.cold.release_bytes)),
    row('index match of a slot, p50', of => us(of.index.slot_p50_us)),
    row('index match of a slot, p99', of => us(of.index.slot_p99_us)),
    row('index match of a request, p50', of => us(of.index.request_p50_us)),
    row('index match of a request, p99', of => us(of.index.request_p99_us)),
    row('candidates per request, median', of => whole(of.index.candidates_p50)),
    ...capacities,
    row('answers with a bid', of => percent(of.capacity[1]?.bidShare ?? Number.NaN)),
    row(
      `highest rate, ${IN_TIME}: offered`,
      open(of => `${whole(of.offered_per_s)}/s`),
    ),
    row(
      '… delivered',
      open(of => `${whole(of.delivered_per_s)}/s`),
    ),
    row(
      '… p50',
      open(of => ms(of.p50_us / 1000)),
    ),
    row(
      '… p99',
      open(of => ms(of.p99_us / 1000)),
    ),
    row(
      '… p99.9',
      open(of => ms(of.p999_us / 1000)),
    ),
    row(
      '… p99 of the client’s own delay',
      open(of => ms(of.clientLag_us / 1000)),
    ),
    row(
      'swap: offered',
      swap(of => `${whole(of.rate_per_s)}/s`),
    ),
    row(
      'swap: failed requests',
      swap(of => whole(of.failed)),
    ),
    row(
      'swap: until the new release serves',
      swap(of => ms(of.took_ms)),
    ),
    row(
      'swap: p99 of the second before',
      swap(of => ms(of.before_p99_ms)),
    ),
    row(
      'swap: p99 of the worst second',
      swap(of => ms(of.worst_p99_ms)),
    ),
  ]
}

/** Cells to the right, so that digits stand below digits. */
export function asText(rows: readonly Row[]): string {
  const columns = Math.max(...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map(row => (row[at] ?? '').length)))
  const line = (row: Row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')
  return `${rows.map(line).join('\n')}\n`
}

export function asMarkdown([head = [], ...rows]: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'))
  return `${[line(head), line(rule), ...rows.map(line)].join('\n')}\n`
}
