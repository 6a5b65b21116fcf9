/**
 * e^x and the logistic function from additions, multiplications and divisions alone. `Math.exp` may differ in its last
 * bit between V8 versions, and a price made from it would differ between the compiler's machine and a bidder.
 */
/** ln 2 in two parts (fdlibm): k × the high one is exact for |k| < 2^20. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/** Beyond this a probability is below 1e-17; no clamp of a model reaches that far. */
const LIMIT = 40

/** 2^k for k in [-58, 58], by doubling and halving: exact. */
const POWERS = powersOfTwo(58)
/** 1/13!, 1/12! … 1/0!: the Taylor terms of e^r for |r| ≤ ln2/2 end below 2^-53. */
const TERMS = reciprocalFactorials(13)

export function sigmoid(x: number): number {
  return 1 / (1 + exp(-Math.min(LIMIT, Math.max(-LIMIT, x))))
}

/** e^x for |x| ≤ 40. The low part of ln 2 keeps the remainder exact. */
export function exp(x: number): number {
  const k = Math.floor(x * Math.LOG2E + 0.5)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let sum = 0
  for (const term of TERMS) sum = sum * r + term
  return sum * POWERS[k + 58]!
}

function powersOfTwo(limit: number): Float64Array {
  const out = new Float64Array(2 * limit + 1).fill(1)
  for (let k = 1; k <= limit; k++) {
    out[limit + k] = out[limit + k - 1]! * 2
    out[limit - k] = out[limit - k + 1]! / 2
  }
  return out
}

function reciprocalFactorials(limit: number): number[] {
  const out = [1]
  for (let n = 1, factorial = 1; n <= limit; n++) {
    factorial *= n
    out.unshift(1 / factorial)
  }
  return out
}
