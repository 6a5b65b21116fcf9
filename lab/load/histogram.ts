/** Latencies in whole microseconds with under 1.6% error: 64 linear buckets per power of two, from 1 us to 1 hour. */

const SUB_BITS = 6
const SUB = 1 << SUB_BITS
const BUCKETS = SUB * (33 - SUB_BITS)

export class Histogram {
  readonly counts = new Uint32Array(BUCKETS)
  count = 0
  max_us = 0

  add(value_us: number): void {
    const value = Math.max(0, Math.min(0xffffffff, Math.round(value_us)))
    const index = bucketOf(value)
    this.counts[index] = (this.counts[index] ?? 0) + 1
    this.count++
    if (value > this.max_us) this.max_us = value
  }

  /** The value below which `share` (0..1] of the samples lie: a bucket's upper end, so never flattering. 0 if empty. */
  quantile_us(share: number): number {
    let left = Math.ceil(this.count * share)
    for (let index = 0; index < BUCKETS; index++) {
      left -= this.counts[index] ?? 0
      if (left <= 0) return Math.min(upperEndOf(index), this.max_us)
    }
    return this.max_us
  }

  /** The quantiles that reports show. */
  summary(): { p50_us: number; p99_us: number; p999_us: number; max_us: number } {
    const [p50_us, p99_us, p999_us] = [this.quantile_us(0.5), this.quantile_us(0.99), this.quantile_us(0.999)]
    return { p50_us, p99_us, p999_us, max_us: this.max_us }
  }
}

function bucketOf(value: number): number {
  if (value < SUB) return value
  const shift = 31 - Math.clz32(value) - SUB_BITS
  return SUB * (shift + 1) + ((value >>> shift) - SUB)
}

function upperEndOf(index: number): number {
  if (index < SUB) return index
  const shift = Math.floor(index / SUB) - 1
  return ((index % SUB) + SUB + 1) * 2 ** shift - 1
}
