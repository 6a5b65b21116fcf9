/**
 * What it takes to win, learnt from the outcomes in the log: the distribution of the least winning price, per exchange,
 * format, deal, floor and time of day. A won bid says "at most this", a lost one "more than this", and an exchange that
 * tells its minimum says it exactly; the self-consistent estimate (Turnbull 1976; Kaplan–Meier where nothing is
 * censored from above) takes all three.
 */

/** A price as a step of a grid: 2% a step is finer than any log is certain about. */
const STEP = 1.02
const FIRST_NANO = 1_000
const STEPS = 700
const ROUNDS = 60
const stepOf = (nano: number): number =>
  Math.min(STEPS - 1, Math.max(0, Math.floor(Math.log(nano / FIRST_NANO) / Math.log(STEP))))
const middleOf = (step: number): number => FIRST_NANO * STEP ** (step + 0.5)

export interface Place {
  exchange: string
  format: string
  /** Deal id, or null for the open auction. */
  deal: string | null
  /** CPM as the request says it. */
  floor: number
  at_ms: number
}

/** What one bid tells of the least winning price. */
export type Seen = { is: 'exactly' | 'at_most' | 'more_than'; nano: number }

interface Counts {
  n: number
  exactly: Float64Array
  at_most: Float64Array
  more_than: Float64Array
}

export interface Curve {
  /** Share of auctions whose least winning price is at most this. */
  winRate(nano: number): number
  /** Mean of the greater of least winning price and floor, where it is at most `nano`: what second price charges. */
  meanPrice(nano: number, floor_nano: number): number
}

/** Fewer observations than this are no distribution; the next coarser place is asked. */
const ENOUGH = 40
const SLOT_MS = 4 * 3_600_000
const SLOTS_A_DAY = 6

/** From fine to coarse: time of day, then floor, then the deal itself are left out. */
function keysOf({ exchange, format, deal, floor, at_ms }: Place): [string, string, string] {
  const octave = floor > 0 ? Math.floor(Math.log2(floor)) : 'none'
  const slot = Math.floor(at_ms / SLOT_MS) % SLOTS_A_DAY
  const where = `${exchange} ${format}`
  const own = `${where} ${deal === null ? 'open' : `deal:${deal}`} ${octave}`
  return [`${own} ${slot}`, own, `${where} ${deal === null ? 'open' : 'deals'}`]
}

export class Landscape {
  readonly #counts = new Map<string, Counts>()
  readonly #curves = new Map<string, Curve | null>()

  /** Observations first, questions after: a curve is made when it is first asked for. */
  add(place: Place, seen: Seen): void {
    for (const key of keysOf(place)) {
      let counts = this.#counts.get(key)
      if (!counts) {
        counts = { n: 0, ...{ exactly: zeros(), at_most: zeros(), more_than: zeros() } }
        this.#counts.set(key, counts)
      }
      counts.n++
      counts[seen.is][stepOf(seen.nano)]!++
    }
  }

  /** Null: the log has seen too little of such auctions. */
  curve(place: Place): Curve | null {
    for (const key of keysOf(place)) {
      const known = this.#curves.get(key)
      if (known) return known
      if (known === null) continue
      const counts = this.#counts.get(key)
      const curve = counts && counts.n >= ENOUGH ? curveOf(counts) : null
      this.#curves.set(key, curve)
      if (curve) return curve
    }
    return null
  }
}

const zeros = () => new Float64Array(STEPS)

/** One more than the grid: what is above all of it. */
function curveOf(counts: Counts): Curve {
  let mass = new Float64Array(STEPS + 1).fill(1 / (STEPS + 1))
  for (let round = 0; round < ROUNDS; round++) mass = improved(mass, counts)
  const share = new Float64Array(STEPS)
  let sum = 0
  for (let k = 0; k < STEPS; k++) {
    sum += mass[k]!
    share[k] = sum
  }
  return {
    winRate: nano => (nano < FIRST_NANO ? 0 : share[stepOf(nano)]!),
    meanPrice(nano, floor_nano) {
      const last = stepOf(nano)
      let paid = 0
      for (let k = 0; k <= last; k++) paid += mass[k]! * Math.min(nano, Math.max(floor_nano, middleOf(k)))
      return share[last]! > 0 ? paid / share[last]! : nano
    },
  }
}

/** One round of self-consistency: each censored bid is spread over where its price may lie, as the last round has it. */
function improved(mass: Float64Array, { n, exactly, at_most, more_than }: Counts): Float64Array<ArrayBuffer> {
  const below = new Float64Array(STEPS)
  let sum = 0
  for (let k = 0; k < STEPS; k++) {
    sum += mass[k]!
    below[k] = sum
  }
  const next = new Float64Array(STEPS + 1)
  let fromAbove = 0
  for (let k = STEPS - 1; k >= 0; k--) {
    if (at_most[k]! > 0 && below[k]! > 0) fromAbove += at_most[k]! / below[k]!
    next[k] = exactly[k]! + mass[k]! * fromAbove
  }
  let fromBelow = 0
  for (let k = 0; k <= STEPS; k++) {
    next[k]! += mass[k]! * fromBelow
    if (k < STEPS && more_than[k]! > 0) fromBelow += more_than[k]! / Math.max(1e-12, 1 - below[k]!)
  }
  for (let k = 0; k <= STEPS; k++) next[k]! /= n
  return next
}
