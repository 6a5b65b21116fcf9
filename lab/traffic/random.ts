/**
 * A small seeded generator (sfc32) and the samplers that skewed traffic needs. Everything that decides bytes is 32-bit
 * integer arithmetic, IEEE division and multiplication, so that equal seeds give equal traffic on every machine;
 * the one `Math.exp` (lognormal) is rounded by its caller to cents, far coarser than any last-bit difference.
 */

const GOLDEN = 0x9e3779b9

/** murmur3's finaliser: every input bit reaches every output bit, so neighbouring indexes give unrelated streams. */
export function mix32(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Sums of weights, and the values they belong to: what `Random.weighted` searches. */
export type Weighted<T> = { values: readonly T[]; sums: Float64Array }

/** Prepares weights (any positive scale) for `Random.weighted`. */
export function weights<T>(pairs: readonly (readonly [T, number])[]): Weighted<T> {
  const sums = new Float64Array(pairs.length)
  let sum = 0
  pairs.forEach(([, weight], at) => {
    sum += weight
    sums[at] = sum
  })
  return { values: pairs.map(([value]) => value), sums }
}

/** Zipf–Mandelbrot with exponent 1 over ranks 0…n-1: weight 1/(rank+1+shift). Division only, no `Math.pow`. */
export function zipf(n: number, shift: number): Float64Array {
  const sums = new Float64Array(n)
  let sum = 0
  for (let rank = 0; rank < n; rank++) {
    sum += 1 / (rank + 1 + shift)
    sums[rank] = sum
  }
  return sums
}

/** sfc32, keyed by a seed and a position: `new Random(seed, index)` needs no state from `index - 1`. */
export class Random {
  private a: number
  private b: number
  private c: number
  private count = 1

  constructor(seed: number, position: number) {
    this.a = mix32(seed ^ GOLDEN)
    this.b = mix32(position + GOLDEN)
    // Positions above 2^32 still differ: the high part is a third key.
    this.c = mix32(Math.floor(position / 0x1_0000_0000) ^ Math.imul(seed | 0, GOLDEN))
    for (let round = 0; round < 12; round++) this.u32()
  }

  /** 32 random bits as an unsigned integer. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.count) | 0
    this.count = (this.count + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0
    return t >>> 0
  }

  /** In [0, 1), with 32 bits. */
  unit(): number {
    return this.u32() / 0x1_0000_0000
  }

  /** An integer in [low, high], both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** One of a non-empty list. */
  pick<T>(list: readonly T[]): T {
    // The index is below the length of a list that callers promise is not empty.
    return list[Math.floor(this.unit() * list.length)] as T
  }

  /** `count` different members of the list, in list order; all of them if there are fewer. */
  sample<T>(list: readonly T[], count: number): T[] {
    let wanted = Math.min(count, list.length)
    return list.filter((_, at) => {
      const taken = wanted > 0 && this.unit() * (list.length - at) < wanted
      if (taken) wanted--
      return taken
    })
  }

  /** A position in a table of running sums (from `zipf` or `weights`), by binary search. */
  ranked(sums: Float64Array): number {
    const target = this.unit() * (sums[sums.length - 1] ?? 0)
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    return low
  }

  weighted<T>(table: Weighted<T>): T {
    return table.values[this.ranked(table.sums)] as T // same length as the sums
  }

  /** About N(0, 1): the sum of twelve uniforms, exact arithmetic where Box–Muller would need log and cos. */
  normal(): number {
    let sum = -6
    for (let term = 0; term < 12; term++) sum += this.unit()
    return sum
  }

  /** Lognormal with the given median, rounded to `decimals` and never below one unit of them. */
  lognormal(median: number, sigma: number, decimals: number): number {
    const scale = [1, 10, 100, 1000][decimals] ?? 1000
    return Math.max(1, Math.round(median * Math.exp(sigma * this.normal()) * scale)) / scale
  }

  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string {
    let text = ''
    while (text.length < length) text += this.u32().toString(16).padStart(8, '0')
    return text.slice(0, length)
  }

  /** The textual form of a random UUID. */
  uuid(): string {
    const h = this.hex(32)
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`
  }
}
