/** What the project asks of itself, and whether this run reached it. */
import type { Figures } from './bench.ts'
import type { Row } from './table.ts'

interface Demand {
  text: string
  /** The worlds it speaks of; all without. */
  lineItems?: number
  reached(of: Figures): number | null
  isMet(value: number): boolean
  show(value: number): string
}

const ratio = (of: Figures) => of.capacity[1]?.ratio ?? null
const times = (n: number) => `${n.toFixed(2)} ×`
const us = (n: number) => `${n.toFixed(1)} µs`
const ms = (n: number) => `${n.toFixed(1)} ms`
const seconds = (n: number) => `${(n / 1000).toFixed(1)} s`
const atLeast = (least: number) => (n: number) => n >= least
const atMost = (most: number) => (n: number) => n <= most

const DEMANDS: readonly Demand[] = [
  {
    text: '≥ 20 candidates per request, median',
    ...{ reached: of => of.index.candidates_p50, isMet: atLeast(20), show: String },
  },
  {
    text: '≥ 30% of answers are bids',
    ...{ reached: of => of.capacity[1]?.bidShare ?? null, isMet: atLeast(0.3), show: n => `${(100 * n).toFixed(1)}%` },
  },
  { text: '≥ 0.7 × bare node:http', lineItems: 1000, reached: ratio, isMet: atLeast(0.7), show: times },
  { text: '> 1.2 × bare node:http (the aim)', lineItems: 1000, reached: ratio, isMet: n => n > 1.2, show: times },
  { text: '≥ 0.3 × bare node:http', lineItems: 100_000, reached: ratio, isMet: atLeast(0.3), show: times },
  {
    ...{ text: 'index match p99 ≤ 100 µs', lineItems: 10_000, reached: of => of.index.slot_p99_us },
    ...{ isMet: atMost(100), show: us },
  },
  {
    ...{ text: 'index match p99 ≤ 600 µs', lineItems: 100_000, reached: of => of.index.slot_p99_us },
    ...{ isMet: atMost(600), show: us },
  },
  {
    ...{ text: 'cold build < 60 s on two cores', lineItems: 100_000, reached: of => of.cold.wall_ms },
    ...{ isMet: n => n < 60_000, show: seconds },
  },
  {
    ...{ text: 'build after a one-file edit < 1.5 s', lineItems: 100_000, reached: of => of.edit.wall_ms },
    ...{ isMet: n => n < 1500, show: seconds },
  },
  { text: 'swap: no failed request', reached: of => of.swap?.failed ?? null, isMet: atMost(0), show: String },
  {
    text: 'swap: p99 of that second within 10 ms of the one before',
    reached: of => of.swap?.added_ms ?? null,
    ...{ isMet: atMost(10), show: n => `${n < 0 ? '' : '+'}${ms(n)}` },
  },
]

/** Demand, line items, reached, met. */
export function demandRows(all: readonly Figures[]): Row[] {
  const rows = DEMANDS.flatMap(demand =>
    all
      .filter(({ lineItems }) => demand.lineItems === undefined || demand.lineItems === lineItems)
      .map(of => rowOf(demand, of)),
  )
  return [['demand', 'line items', 'reached', 'met'], ...rows]
}

function rowOf({ text, reached, isMet, show }: Demand, of: Figures): Row {
  const value = reached(of)
  const [shown, verdict] = value === null ? ['not measured', 'no'] : [show(value), isMet(value) ? 'yes' : 'no']
  return [text, of.lineItems.toLocaleString('en'), shown, verdict]
}
