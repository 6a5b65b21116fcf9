/** The figures as rows: one column per world. The same rows go to the console and into docs/benchmarks.md. */
import type { Figures } from './bench.ts'
import { IN_TIME, type OpenRun } from './open-loop.ts'
import type { Swap } from './swap.ts'

/** Label, then a cell per world. */
export type Row = readonly string[]

const whole = (n: number): string => Math.round(n).toLocaleString('en')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const us = (n: number): string => `${n.toFixed(1)} µs`
const ms = (n_ms: number): string => `${n_ms.toFixed(1)} ms`
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** What a figure is called, where it stands, and how it is written. */
type FigureRow<F> = readonly [label: string, of: (figures: F) => number, show: (n: number) => string]

const rate = (n: number): string => `${whole(n)}/s`
const usAsMs = (n_us: number): string => ms(n_us / 1000)
const ratio = (n: number): string => n.toFixed(2)

const BUILD_AND_INDEX: readonly FigureRow<Figures>[] = [
  ['line items', of => of.lineItems, whole],
  ['cold build, wall', of => of.cold.wall_ms, seconds],
  ['cold build, CPU', of => of.cold.cpu_ms, seconds],
  ['build after a one-file edit, wall', of => of.edit.wall_ms, seconds],
  ['snapshot', of => of.cold.snapshot_bytes, mega],
  ['whole release', of => of.cold.release_bytes, mega],
  ['index match of a slot, p50', of => of.index.slot_p50_us, us],
  ['index match of a slot, p99', of => of.index.slot_p99_us, us],
  ['index match of a request, p50', of => of.index.request_p50_us, us],
  ['index match of a request, p99', of => of.index.request_p99_us, us],
  ['candidates per request, median', of => of.index.candidates_p50, whole],
]

const OPEN: readonly FigureRow<OpenRun>[] = [
  [`highest rate, ${IN_TIME}: offered`, of => of.offered_per_s, rate],
  ['… delivered', of => of.delivered_per_s, rate],
  ['… p50', of => of.p50_us, usAsMs],
  ['… p99', of => of.p99_us, usAsMs],
  ['… p99.9', of => of.p999_us, usAsMs],
  ['… p99 of the client’s own delay', of => of.clientLag_us, usAsMs],
]

const SWAP: readonly FigureRow<Swap>[] = [
  ['swap: offered', of => of.rate_per_s, rate],
  ['swap: swaps, of which the medians are', of => of.swaps, whole],
  ['swap: failed requests', of => of.failed, whole],
  ['swap: until the new release serves', of => of.took_ms, ms],
  ['swap: p99 of the second before', of => of.before_p99_ms, ms],
  ['swap: p99 of the worst second', of => of.worst_p99_ms, ms],
  ['swap: p99 of the worst second without one (control)', of => of.control_p99_ms, ms],
  ['swap: worst second less the second before', of => of.added_ms, ms],
  ['swap: control less the second before', of => of.controlAdded_ms, ms],
]

export function rowsOf(all: readonly Figures[]): Row[] {
  const capacities = (all[0]?.capacity ?? []).flatMap(({ name }, at) => {
    const mine = all.map(of => of.capacity[at] ?? null)
    const perCpuSecond = cells([`${name}: requests per CPU-second`, of => of.perCpuSecond, whole], mine)
    const relative = cells([`${name}: × bare`, of => of.ratio, ratio], mine)
    return at === 0 ? [perCpuSecond] : [perCpuSecond, relative] // the first is bare
  })
  const bids: FigureRow<Figures> = ['answers with a bid', of => of.capacity[1]?.bidShare ?? Number.NaN, percent]
  return [
    ...BUILD_AND_INDEX.map(row => cells(row, all)),
    ...capacities,
    cells(bids, all),
    ...OPEN.map(row =>
      cells(
        row,
        all.map(of => of.open),
        'none held',
      ),
    ),
    ...swapRows(all).slice(1),
  ]
}

/** The swap alone, as `--swap-at` measures it. */
export function swapRows(all: readonly { lineItems: number; swap: Swap | null }[]): Row[] {
  const swaps = all.map(of => of.swap)
  return [['line items', ...all.map(of => whole(of.lineItems))], ...SWAP.map(row => cells(row, swaps))]
}

function cells<F>([label, of, show]: FigureRow<F>, all: readonly (F | null)[], none = '-'): Row {
  return [label, ...all.map(figures => (figures === null ? none : show(of(figures))))]
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
