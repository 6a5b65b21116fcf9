/**
 * The bid for a value, worked out once for each step of value: b* = argmax (v − b) · W(b). At a request it is one look-up
 * and a straight line between two entries.
 */
import { BUCKETS, positionOf, priceOf } from './observed.ts'

export interface ShadeTable {
  low_nano: number
  /** By bucket of the value: the part of it that is bid, above 0, at most 1. */
  factor: Float64Array
}

/** Grid of bids below the value: finer than the buckets, since the best bid sits just above a peak. */
const FINE = 4

export function shadeTable(low_nano: number, curve: Float64Array): ShadeTable {
  const factor = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
    const value_nano = priceOf(low_nano, bucket)
    let [best, at] = [0, value_nano]
    for (let step = 0; step <= bucket * FINE; step++) {
      const bid_nano = priceOf(low_nano, step / FINE)
      const surplus = (value_nano - bid_nano) * winAt(curve, step / FINE)
      if (surplus > best) [best, at] = [surplus, bid_nano]
    }
    return at / value_nano
  })
  return { low_nano, factor }
}

/** What to bid for a value: never above it. Floor and caps are the caller's. */
export function shade({ low_nano, factor }: ShadeTable, value_nano: number): number {
  const at = Math.min(BUCKETS - 1, Math.max(0, positionOf(low_nano, value_nano) - 0.5))
  const from = Math.min(BUCKETS - 2, Math.floor(at))
  const part = factor[from]! + (factor[from + 1]! - factor[from]!) * (at - from) // in range
  return Math.min(value_nano, value_nano * part)
}

/** Of a position in buckets from the middle of the first. */
function winAt(curve: Float64Array, at: number): number {
  const from = Math.min(BUCKETS - 2, Math.floor(at))
  return curve[from]! + (curve[from + 1]! - curve[from]!) * (at - from) // in range
}

/** Bounds of the factor, and how many bids try other prices: without trying, the curve cannot be told (§2.3). */
export interface ShadeRules {
  least: number
  most: number
  explore: number
  /** Bids that are left unshaded, to be compared with. */
  holdout: number
}

const SPREAD = 0.2

/** @param draw in [0, 1), from a hash of auction and line item: one draw says holdout, exploration and by how much */
export function shadedBid(table: ShadeTable | null, rules: ShadeRules, value_nano: number, draw: number): number {
  if (table === null || draw < rules.holdout) return value_nano
  const bid_nano = shade(table, value_nano)
  const tried = (draw - rules.holdout) / rules.explore
  const noise = tried < 1 ? Math.exp(SPREAD * (2 * tried - 1)) : 1
  return value_nano * Math.min(1, rules.most, Math.max(rules.least, (bid_nano * noise) / value_nano))
}
