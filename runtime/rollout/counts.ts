/** Adding up what bidders counted, and what a histogram says. */
import { type Arm, type ArmCounts, type ItemCounts, LATENCY_BOUNDS_MS } from '@flightplan/contract/rollout.ts'

export type Arms = Record<Arm, ArmCounts>

export const noCounts = (): ArmCounts => ({
  ...{ auctions: 0, answered: 0, bids: 0, no_bids: {}, faults: 0, late: 0, offered_nano: 0, wins: 0, losses: 0 },
  ...{ spend_nano: 0, latency: new Array(LATENCY_BOUNDS_MS.length + 1).fill(0) },
})
export const noArms = (): Arms => ({ canary: noCounts(), control: noCounts() })

const SUMMED = [
  ...(['auctions', 'answered', 'bids', 'faults', 'late'] as const),
  ...(['offered_nano', 'wins', 'losses', 'spend_nano'] as const),
]

export function addCounts(a: ArmCounts, b: ArmCounts): ArmCounts {
  const sum = { ...a }
  for (const name of SUMMED) sum[name] += b[name]
  const no_bids = new Map(Object.entries(a.no_bids)) // reasons are names from outside: no keys of an object literal
  for (const [reason, n] of Object.entries(b.no_bids)) no_bids.set(reason, (no_bids.get(reason) ?? 0) + n)
  sum.no_bids = Object.fromEntries(no_bids)
  sum.latency = a.latency.map((n, i) => n + (b.latency[i] ?? 0))
  return sum
}

export const addArms = (a: Arms, b: Arms): Arms => ({
  canary: addCounts(a.canary, b.canary),
  control: addCounts(a.control, b.control),
})

export interface Spread {
  n: number
  mean: number
  /** Variance ÷ mean². */
  cv2: number
}

/** Middles of the buckets; of the last, half as much again as its lower bound. */
const MIDDLES_MS = [...LATENCY_BOUNDS_MS, 2 * LATENCY_BOUNDS_MS[LATENCY_BOUNDS_MS.length - 1]!].map(
  (bound, i, all) => ((all[i - 1] ?? 0) + bound) / 2,
)

export function latencySpread({ latency }: ArmCounts): Spread {
  return spreadOf(latency.map((n, i) => ({ n, value: MIDDLES_MS[i] ?? 0 })))
}

/** Decisions that took longer than the bound at this index. */
export const slowerThan = ({ latency }: ArmCounts, index: number): number =>
  latency.slice(index + 1).reduce((sum, n) => sum + n, 0)

/**
 * How unequal the prices of bids are, from what line items offered; what varies within one is allowed for by a quarter.
 * Without bids: as unequal as an exponential distribution.
 */
export function priceSpread(items: readonly ItemCounts[]): number {
  const bid = items.filter(({ bids, arm }) => bids > 0 && arm === 'control')
  const { n, cv2 } = spreadOf(bid.map(({ bids, offered_nano }) => ({ n: bids, value: offered_nano / bids })))
  return n < LEAST_BIDS ? 1 : Math.max(0.5, (1 + cv2) * 1.25 - 1)
}
const LEAST_BIDS = 100

function spreadOf(values: readonly { n: number; value: number }[]): Spread {
  const n = values.reduce((sum, one) => sum + one.n, 0)
  const mean = values.reduce((sum, one) => sum + one.n * one.value, 0) / n
  const square = values.reduce((sum, one) => sum + one.n * one.value * one.value, 0) / n
  return n > 0 && mean > 0 ? { n, mean, cv2: square / (mean * mean) - 1 } : { n, mean: 0, cv2: 0 }
}
