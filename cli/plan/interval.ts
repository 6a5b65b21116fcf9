/**
 * How far a sample may mislead: 90% intervals by block bootstrap. Blocks follow the day, so they are drawn anew only
 * within their own stretch of it (a stratum of ten): the difference of night and evening is no uncertainty.
 */
import { mix32 } from './mix.ts'
import { BLOCKS } from './tallies.ts'

export type Interval = readonly [low: number, high: number]

const REPLICATES = 400
const STRATUM = 10
const LEVEL = 0.9
/** Drawing ten of ten blocks shows nine tenths of the variance: deviations are stretched by the root of that. */
const STRETCH = Math.sqrt(STRATUM / (STRATUM - 1))

/** For each replicate, how often each block counts; the mean of each is 1. Seeded: equal seeds, equal intervals. */
export function drawWeights(seed: number): Float64Array[] {
  let state = mix32(seed ^ 0x5eed)
  const below = (n: number): number => {
    state = (state + 0x9e3779b9) | 0
    return Math.floor((mix32(state) / 0x1_0000_0000) * n)
  }
  return Array.from({ length: REPLICATES }, () => {
    const weights = new Float64Array(BLOCKS)
    for (let from = 0; from < BLOCKS; from += STRATUM)
      for (let i = 0; i < STRATUM; i++) weights[from + below(STRATUM)]!++
    return weights.map(weight => 1 + STRETCH * (weight - 1))
  })
}

/** The middle 90% of replicates, widened by what one step of the sample is worth. */
export function intervalOf(values: Float64Array, step = 0): Interval {
  const sorted = values.toSorted()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return [at((1 - LEVEL) / 2) - step, at((1 + LEVEL) / 2) + step]
}

/** Weighted sums of one row of cells from block `from` on, up to `to`; one for each replicate. */
export function resample(row: Float64Array, from: number, to: number, weights: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(weights.length)
  const used: number[] = []
  for (let block = from; block < to; block++) if (row[block] !== 0) used.push(block)
  for (let r = 0; r < weights.length; r++) {
    const weight = weights[r]! // r is in range
    let sum = 0
    for (const block of used) sum += weight[block]! * row[block]!
    out[r] = sum
  }
  return out
}

/** By curve, about N(0, 1) for each replicate: bids of both sides that one curve misjudges err together. */
export function drawErrors(seed: number): (curve: number) => Float64Array {
  const drawn = new Map<number, Float64Array>()
  return curve => {
    const known = drawn.get(curve)
    if (known) return known
    const made = Float64Array.from({ length: REPLICATES }, (_, r) =>
      normal(mix32(seed ^ 0xc0de) ^ mix32(r * 65_537 + curve)),
    )
    drawn.set(curve, made)
    return made
  }
}

/** The sum of twelve uniforms: exact arithmetic, where Box–Muller would need logarithms. */
function normal(key: number): number {
  let state = mix32(key)
  let sum = -6
  for (let term = 0; term < 12; term++) {
    state = mix32(state + 0x9e3779b9)
    sum += state / 0x1_0000_0000
  }
  return sum
}
