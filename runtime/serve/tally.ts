/** What one worker counted. Plain arrays: a request costs a few additions, and the process adds up when it is asked. */
import { REASONS, type ReasonName } from '@flightplan/contract/reasons.ts'

/** Upper bounds of the latency buckets, seconds of our own time: from the whole body to the answer. */
export const LATENCY_S = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25]

/** Reasons by their code less this; the codes are below 100 + 200. */
const FIRST_CODE = 100
const CODES = 200

/** `faults`: answered with a no-bid though something of ours broke. */
export const FAULTS = ['handler', 'policy', 'model', 'charge'] as const
export type FaultKind = (typeof FAULTS)[number]

export interface ExchangeTally {
  /** Answers without a bid, by reason code. */
  reasons: Float64Array
  /** Answers with at least one bid, the bids in them, and the sum of their prices in nano of the bid currency. */
  answered: number
  bids: number
  price_nano: number
  malformed: number
}

export interface Tally {
  exchanges: Map<string, ExchangeTally>
  latency: Float64Array
  latency_sum_s: number
  faults: Record<FaultKind, number>
}

export const newTally = (): Tally => ({
  exchanges: new Map(),
  latency: new Float64Array(LATENCY_S.length + 1),
  latency_sum_s: 0,
  faults: { handler: 0, policy: 0, model: 0, charge: 0 },
})

/** The exchange's own row. @param name one of the release's, or `unknown`: what senders make up gets no row */
export function ofExchange(tally: Tally, name: string): ExchangeTally {
  let row = tally.exchanges.get(name)
  if (!row) {
    row = { reasons: new Float64Array(CODES), answered: 0, bids: 0, price_nano: 0, malformed: 0 }
    tally.exchanges.set(name, row)
  }
  return row
}

export function countNoBid(row: ExchangeTally, reason: ReasonName): void {
  row.reasons[REASONS[reason].code - FIRST_CODE]!++ // codes are in the table's range
}

export function countLatency(tally: Tally, elapsed_s: number): void {
  let bucket = 0
  while (bucket < LATENCY_S.length && elapsed_s > LATENCY_S[bucket]!) bucket++
  tally.latency[bucket]!++ // at most LATENCY_S.length
  tally.latency_sum_s += elapsed_s
}

export function addUp(tallies: readonly Tally[]): Tally {
  const sum = newTally()
  for (const tally of tallies) {
    for (const [name, row] of tally.exchanges) addRow(ofExchange(sum, name), row)
    addInto(sum.latency, tally.latency)
    sum.latency_sum_s += tally.latency_sum_s
    for (const kind of FAULTS) sum.faults[kind] += tally.faults[kind]
  }
  return sum
}

function addRow(sum: ExchangeTally, row: ExchangeTally): void {
  addInto(sum.reasons, row.reasons)
  sum.answered += row.answered
  sum.bids += row.bids
  sum.price_nano += row.price_nano
  sum.malformed += row.malformed
}

function addInto(sum: Float64Array, part: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]! // of one length
}

/** Answers without a bid by reason, most first. */
export function reasonsOf(row: ExchangeTally): [ReasonName, number][] {
  const names = Object.keys(REASONS) as ReasonName[] // the literal's keys
  const counted = names.map((name): [ReasonName, number] => [name, row.reasons[REASONS[name].code - FIRST_CODE] ?? 0])
  return counted.filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1])
}
