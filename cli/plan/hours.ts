/**
 * How prices move over the day, where some exchange tells them: steps of the grid that each part of the day lies above
 * or below the mean of its country. Bids at some hours say little of the others: without this, a line item that begins
 * to bid in the evening would be judged by the prices of the morning.
 */
export const SLOTS_A_DAY = 6
const SLOT_MS = (24 * 3_600_000) / SLOTS_A_DAY
export const slotOf = (at_ms: number): number => Math.floor(at_ms / SLOT_MS) % SLOTS_A_DAY

/** Fewer prices than this in a part of the day say nothing. */
const ENOUGH = 24

interface Cell {
  n: Float64Array
  sum: Float64Array
}

export class Hours {
  /** By country. */
  readonly #cells = new Map<string, Cell>()
  #offsets: Float64Array | null = null

  add(country: string, slot: number, step: number): void {
    const cell = this.#cells.get(country) ?? { n: new Float64Array(SLOTS_A_DAY), sum: new Float64Array(SLOTS_A_DAY) }
    cell.n[slot]!++
    cell.sum[slot]! += step
    this.#cells.set(country, cell)
  }

  /** Steps between a part of the day and the mean of observations that are spread as `seen` over the parts. */
  shift(slot: number, seen: Float64Array): number {
    this.#offsets ??= offsetsOf([...this.#cells.values()])
    let [n, sum] = [0, 0]
    for (let other = 0; other < SLOTS_A_DAY; other++) {
      n += seen[other]!
      sum += seen[other]! * this.#offsets[other]!
    }
    return n > 0 ? this.#offsets[slot]! - sum / n : 0
  }
}

function offsetsOf(cells: readonly Cell[]): Float64Array {
  const [n, sum] = [new Float64Array(SLOTS_A_DAY), new Float64Array(SLOTS_A_DAY)]
  for (const cell of cells) {
    const all = cell.n.reduce((total, count) => total + count, 0)
    const mean = cell.sum.reduce((total, value) => total + value, 0) / all
    for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
      n[slot]! += cell.n[slot]!
      sum[slot]! += cell.sum[slot]! - cell.n[slot]! * mean
    }
  }
  return sum.map((value, slot) => (n[slot]! >= ENOUGH ? value / n[slot]! : 0))
}
