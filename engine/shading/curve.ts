/** Probability of winning at the middle of each bucket, never falling. */
import { BUCKETS, type Observed, triesOf } from './observed.ts'

/** With fewer bids two parameters are all that can be told; with more, floors and second peaks show (algorithms §2.3). */
const ENOUGH_FOR_SHAPE = 5000

export function winCurve(of: Observed): Float64Array {
  return triesOf(of) >= ENOUGH_FOR_SHAPE ? isotonicCurve(of) : logisticCurve(of)
}

/** Pool adjacent violators: the rising curve nearest to the win rates. Between buckets that were tried, straight lines. */
export function isotonicCurve({ tries, wins }: Observed): Float64Array {
  const pools: { from: number; to: number; tries: number; wins: number }[] = []
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    if (tries[bucket]! === 0) continue // in range
    let pool = { from: bucket, to: bucket, tries: tries[bucket]!, wins: wins[bucket]! }
    for (let last = pools.at(-1); last && last.wins * pool.tries >= pool.wins * last.tries; last = pools.at(-1)) {
      pools.pop()
      pool = { from: last.from, to: pool.to, tries: last.tries + pool.tries, wins: last.wins + pool.wins }
    }
    pools.push(pool)
  }
  const curve = new Float64Array(BUCKETS)
  let [before, beforeAt] = [0, -1]
  for (const { from, to, ...of } of pools) {
    const rate = of.wins / of.tries
    for (let bucket = beforeAt + 1; bucket < from; bucket++)
      curve[bucket] = before + ((rate - before) * (bucket - beforeAt)) / (from - beforeAt)
    curve.fill(rate, from, to + 1)
    ;[before, beforeAt] = [rate, to]
  }
  return curve.fill(before, beforeAt + 1)
}

const ROUNDS = 30
const RIDGE = 1e-3

/**
 * Win or loss by the logarithm of the bid, by Newton's method; needs no price of anybody else (Pan et al., "Bid Shading by
 * Win-Rate Estimation and Surplus Maximization", AdKDD 2020). A little ridge, so that wins alone have an answer too.
 */
export function logisticCurve({ tries, wins }: Observed): Float64Array {
  const x = (bucket: number) => (bucket - BUCKETS / 2) / 10
  let [a, b] = [0, 1]
  for (let round = 0; round < ROUNDS; round++) {
    let [ga, gb, haa, hab, hbb] = [-RIDGE * a, -RIDGE * (b - 1), RIDGE, 0, RIDGE]
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const n = tries[bucket]! // in range, here and below
      if (n === 0) continue
      const p = sigmoid(a + b * x(bucket))
      const [off, weight] = [wins[bucket]! - n * p, n * p * (1 - p)]
      ga += off
      gb += off * x(bucket)
      haa += weight
      hab += weight * x(bucket)
      hbb += weight * x(bucket) ** 2
    }
    const determinant = haa * hbb - hab * hab
    if (!(determinant > 1e-12)) break
    a += clip((hbb * ga - hab * gb) / determinant)
    b = Math.max(0, b + clip((haa * gb - hab * ga) / determinant))
  }
  return Float64Array.from({ length: BUCKETS }, (_, bucket) => sigmoid(a + b * x(bucket)))
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const clip = (step: number) => Math.max(-2, Math.min(2, step))
