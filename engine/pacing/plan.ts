/**
 * The macro half of pacing: how a day's money is laid over its slots, and how much of it the next second may cost. Pure;
 * the stream job computes the same from the settled ledger (DESIGN 7), and both must reproduce the recorded vectors.
 */

/** A day in slots of equal length. `after[k]` is the weight of slot k and all behind it; `after[0]` is 1. */
export interface DayPlan {
  slot_s: number
  weights: Float64Array
  after: Float64Array
}

const EXPLORE = 0.15
/** A slot gets a fifth to five times what supply alone would give it: history must not starve or flood one. */
const LEAST_OF_SUPPLY = 0.2
const MOST_OF_SUPPLY = 5

/** Weights of any positive scale; where none is positive, all slots alike. */
export function planDay(slot_s: number, raw: ArrayLike<number>): DayPlan {
  const clean = Float64Array.from(raw, weight => (weight > 0 && Number.isFinite(weight) ? weight : 0))
  const most = clean.reduce((soFar, weight) => Math.max(soFar, weight), 0)
  const scaled = clean.map(weight => (most > 0 ? weight / most : 1)) // first to 1: a sum of great ones would be infinite
  const sum = scaled.reduce((total, weight) => total + weight, 0)
  const weights = scaled.map(weight => weight / sum)
  const after = new Float64Array(weights.length + 1)
  for (let k = weights.length - 1; k >= 0; k--) after[k] = after[k + 1]! + weights[k]! // both in range
  return { slot_s, weights, after }
}

export const evenDay = (slot_s: number, slots: number): DayPlan => planDay(slot_s, new Float64Array(slots).fill(1))

/**
 * By what a slot's money brings: a share of exploration follows supply, or a slot that once brought nothing would never
 * be tried again (Lee et al., "Real Time Bid Optimization with Smooth Budget Delivery", 2013, §4).
 * @param value conversions × value that the slot brought for each unit of money
 */
export function performanceDay(supply: DayPlan, value: ArrayLike<number>, explore = EXPLORE): DayPlan {
  const share = planDay(supply.slot_s, value).weights
  const mixed = supply.weights.map((of, k) => {
    const wanted = (1 - explore) * (share[k] ?? 0) + explore * of
    return Math.min(MOST_OF_SUPPLY * of, Math.max(LEAST_OF_SUPPLY * of, wanted))
  })
  return planDay(supply.slot_s, mixed)
}

/** What the macro loop publishes: absolute, so that a message that is lost, repeated or late does no harm. */
export interface Control {
  /** Nano of the order's currency for each unit of the day's weight that is still to come. */
  perWeight_nano: number
  /** The second of the day that the totals behind it are of. */
  of_s: number
}

/**
 * What is left of the money over what is left of the day, both at the same moment: then totals that are two minutes old
 * cost nothing, since the plan of those two minutes is in both. `committed_nano` is settled and expected liability.
 */
export function controlOf(plan: DayPlan, of: { budget_nano: number; committed_nano: number; at_s: number }): Control {
  const left_nano = Math.max(0, of.budget_nano - of.committed_nano)
  const rest = restOfDay(plan, of.at_s)
  return { perWeight_nano: rest > 0 ? left_nano / rest : 0, of_s: of.at_s }
}

/** Weight from that second to the end of the day; within a slot it falls evenly. */
export function restOfDay({ slot_s, weights, after }: DayPlan, at_s: number): number {
  const slot = Math.floor(at_s / slot_s)
  if (slot >= weights.length) return 0
  return after[slot]! - weights[slot]! * (at_s / slot_s - slot) // a slot of the day
}

/** Nano per second that the plan spends at that second. */
export function rateAt({ slot_s, weights }: DayPlan, control: Control, at_s: number): number {
  return (control.perWeight_nano * (weights[Math.floor(at_s / slot_s)] ?? 0)) / slot_s
}
