/**
 * What it takes to win, learnt from the outcomes in the log: the distribution of the least winning price, per exchange,
 * format, deal, country, floor and time of day. A won bid says "at most this", a lost one "more than this", and an
 * exchange that tells its minimum says it exactly; the self-consistent estimate (Turnbull 1976) takes all three. It
 * starts from a lognormal fitted to the same bids: where all bids had one price, nothing else says what a higher one
 * would win, and the estimate alone would say "nothing". Its spread is that of prices which some exchange tells for such
 * auctions: won and lost cannot show it, since we bid more where prices are higher.
 */
import { Hours, SLOTS_A_DAY, slotOf } from './hours.ts'

/** A price as a step of a grid: 2% a step is finer than any log is certain about. */
const STEP = 1.02
const FIRST_NANO = 1_000
const STEPS = 700
/** Of the lognormal's fit, and of self-consistency after it: few, or the curve follows every single bid. */
const FIT_ROUNDS = 25
const ROUNDS = 12
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
  /** ISO 3166-1 alpha-2, or ''. */
  country: string
  at_ms: number
}

/** What one bid tells of the least winning price. */
export type Seen = { is: 'exactly' | 'at_most' | 'more_than'; nano: number }

interface Counts {
  n: number
  /** Observations by part of the day. */
  slots: Float64Array
  exactly: Float64Array
  at_most: Float64Array
  more_than: Float64Array
}

export interface Curve {
  /** Of this landscape: bids that are judged by one curve err together. */
  id: number
  /** Observations that it rests on; one that only says won or lost counts half. */
  n: number
  /** Share of auctions whose least winning price is at most this. */
  winRate(nano: number): number
  /** Mean of the greater of least winning price and floor, where it is at most `nano`: what second price charges. */
  meanPrice(nano: number, floor_nano: number): number
}

/** Fewer observations than this are no distribution; the next coarser place is asked. */
const ENOUGH = 24

/** From fine to coarse: floor, then time of day, then country and the deal itself are left out. */
function keysOf({ exchange, format, deal, floor, country, at_ms }: Place): string[] {
  const octave = floor > 0 ? Math.floor(Math.log2(floor)) : 'none'
  const slot = slotOf(at_ms)
  const where = `${exchange} ${format}`
  const own = `${where} ${deal === null ? 'open' : `deal:${deal}`}`
  const coarse = `${where} ${deal === null ? 'open' : 'deals'}`
  return [
    `${own} ${country} ${octave} ${slot}`,
    `${own} ${country} at ${slot}`,
    `${own} ${country} ${octave}`,
    `${own} ${country}`,
    coarse,
  ]
}

const kindOf = ({ format, deal }: Pick<Place, 'format' | 'deal'>): string =>
  `${format} ${deal === null ? 'open' : 'deals'}`

/** Where prices vary alike: here; in this country on any exchange; on any exchange. */
const shapeKeysOf = ({ exchange, format, deal, country }: Place): string[] => {
  const kind = kindOf({ format, deal })
  return [`${exchange} ${kind} ${country}`, `${kind} ${country}`, kind]
}

interface Moments {
  n: number
  sum: number
  squares: number
}

export class Landscape {
  /** By kind of auction. */
  readonly #hours = new Map<string, Hours>()
  readonly #shapes = new Map<string, Moments>()
  readonly #counts = new Map<string, Counts>()
  readonly #curves = new Map<string, Curve>()
  /** The same at each part of the day. */
  readonly #moved = new Map<string, Curve>()

  /** Observations first, questions after: a curve is made when it is first asked for. */
  add(place: Place, seen: Seen): void {
    for (const key of keysOf(place)) {
      let counts = this.#counts.get(key)
      if (!counts) {
        counts = {
          n: 0,
          slots: new Float64Array(SLOTS_A_DAY),
          ...{ exactly: zeros(), at_most: zeros(), more_than: zeros() },
        }
        this.#counts.set(key, counts)
      }
      counts.n++
      counts.slots[slotOf(place.at_ms)]!++
      counts[seen.is][stepOf(seen.nano)]!++
    }
    if (seen.is === 'exactly') this.#addShape(place, stepOf(seen.nano))
  }

  #addShape(place: Place, step: number): void {
    const kind = kindOf(place)
    const hours = this.#hours.get(kind) ?? new Hours()
    hours.add(place.country, slotOf(place.at_ms), step)
    this.#hours.set(kind, hours)
    for (const key of shapeKeysOf(place)) {
      const moments = this.#shapes.get(key) ?? { n: 0, sum: 0, squares: 0 }
      moments.n++
      moments.sum += step
      moments.squares += step * step
      this.#shapes.set(key, moments)
    }
  }

  #deviation(place: Place): number {
    for (const key of shapeKeysOf(place)) {
      const { n, sum, squares } = this.#shapes.get(key) ?? { n: 0, sum: 0, squares: 0 }
      if (n < ENOUGH) continue
      return Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)))
    }
    return USUAL_DEVIATION
  }

  /** Of the finest place with enough to go by. Null: the log has seen too little of such auctions. */
  curve(place: Place): Curve | null {
    const slot = slotOf(place.at_ms)
    for (const key of keysOf(place)) {
      const counts = this.#counts.get(key)
      if (!counts || counts.n < ENOUGH) continue
      const name = `${key} ${slot}`
      const known = this.#moved.get(name)
      if (known) return known
      let curve = this.#curves.get(key)
      if (!curve) {
        curve = curveOf(this.#curves.size, counts, fitted(counts, this.#deviation(place)))
        this.#curves.set(key, curve)
      }
      const steps = this.#hours.get(kindOf(place))?.shift(slot, counts.slots) ?? 0
      const moved = steps === 0 ? curve : movedBy(curve, STEP ** steps)
      this.#moved.set(name, moved)
      return moved
    }
    return null
  }
}

/** The curve of prices that are all higher by a factor. */
const movedBy = (curve: Curve, factor: number): Curve => ({
  ...curve,
  winRate: nano => curve.winRate(nano / factor),
  meanPrice: (nano, floor_nano) => factor * curve.meanPrice(nano / factor, floor_nano / factor),
})

/** Of the logarithm of the price, in steps of the grid. */
interface Fit {
  mean: number
  deviation: number
}

/** Prices of one kind of auction vary by a factor of two (e^0.7). */
const USUAL_DEVIATION = 0.7 / Math.log(STEP)
const LEAST_DEVIATION = 0.05 / Math.log(STEP)

function middleStep({ n, exactly, at_most, more_than }: Counts): number {
  let sum = 0
  for (let k = 0; k < STEPS; k++) sum += k * (exactly[k]! + at_most[k]! + more_than[k]!)
  return sum / n
}

/** The mean by expectation and maximisation over the grid. */
function fitted(counts: Counts, deviation: number): Fit {
  let mean = middleStep(counts)
  for (let round = 0; round < FIT_ROUNDS; round++) {
    const mass = improved(normal({ mean, deviation }), counts)
    mean = mass.reduce((sum, value, k) => sum + value * k, 0)
  }
  return { mean, deviation }
}

function normal({ mean, deviation }: Fit): Float64Array<ArrayBuffer> {
  const mass = new Float64Array(STEPS + 1)
  let sum = 0
  for (let k = 0; k <= STEPS; k++) {
    const z = (k - mean) / deviation
    mass[k] = Math.exp(-0.5 * z * z) + 1e-9 // nothing is impossible, or a surprise could not be learnt
    sum += mass[k]!
  }
  return mass.map(value => value / sum)
}

const zeros = () => new Float64Array(STEPS)

/** One more than the grid: what is above all of it. */
function curveOf(id: number, counts: Counts, fit: Fit): Curve {
  let mass = normal(fit)
  for (let round = 0; round < ROUNDS; round++) mass = improved(mass, counts)
  const share = new Float64Array(STEPS)
  let sum = 0
  for (let k = 0; k < STEPS; k++) {
    sum += mass[k]!
    share[k] = Math.min(1, sum) // sums of doubles end a little above
  }
  const told = counts.exactly.reduce((all, value) => all + value, 0)
  return {
    id,
    n: told + (counts.n - told) / 2,
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
