/** The pacing of this project: the engine's own plan, bucket, multiplier and liability, with a macro loop that lags. */

import { admits, openBucket, refill, resolve, take } from '@flightplan/engine/pacing/bucket.ts'
import { addOpen, fits, liability_nano, openBids, turnTo } from '@flightplan/engine/pacing/liability.ts'
import { adjust, factorOf, openMultiplier } from '@flightplan/engine/pacing/multiplier.ts'
import { type Control, controlOf, type DayPlan, rateAt } from '@flightplan/engine/pacing/plan.ts'
import { delaysOf, LONGEST_S, type Policy } from './run.ts'

/** Totals are so old when they are planned from; it changes from minute to minute. */
const LAG_S = [60, 120, 90, 75, 110] as const
const MACRO_S = 60

export interface Scene {
  budget_nano: number
  plan: DayPlan
  /** The macro loop is away. */
  stopped: { from_s: number; to_s: number }
  guess: { perBid_nano: number; perWin_nano: number; eligible_per_s: number }
}

export function ours(name: string, actuator: 'throttle' | 'multiplier', scene: Scene): Policy {
  const { plan, budget_nano, stopped } = scene
  const bucket = openBucket(scene.guess)
  const multiplier = openMultiplier()
  const delays = { late: delaysOf() }
  const open = openBids(LONGEST_S)
  const committed: number[] = []
  let control: Control = controlOf(plan, { budget_nano, committed_nano: 0, at_s: 0 })
  let now_s = 0
  let settled_nano = 0
  let open_nano = 0
  const macro = () => {
    if (now_s % MACRO_S !== 0 || (now_s >= stopped.from_s && now_s < stopped.to_s)) return
    const at_s = now_s - LAG_S[(now_s / MACRO_S) % LAG_S.length]! // one of them
    if (at_s >= 0) control = controlOf(plan, { budget_nano, committed_nano: committed[at_s]!, at_s }) // a second that was
  }
  return {
    name,
    second(at_s, settled, eligible) {
      now_s = at_s
      settled_nano = settled
      turnTo(open, at_s)
      open_nano = liability_nano(open, delays)
      committed.push(settled + open_nano)
      macro()
      const rate_nano_s = rateAt(plan, control, at_s)
      refill(bucket, rate_nano_s, 1, eligible)
      if (actuator === 'throttle') return
      bucket.participation = 1
      if (at_s % 60 === 59) adjust(multiplier, rate_nano_s, 60)
    },
    bid({ draw }) {
      multiplier.eligible++
      const { perBid_nano, perWin_nano } = bucket
      if (
        !admits(bucket, draw) ||
        !fits({ limit_nano: budget_nano, settled_nano, open_nano, perBid_nano, perWin_nano })
      )
        return 0
      multiplier.admitted++
      return actuator === 'throttle' ? 1 : factorOf(multiplier)
    },
    take(bid_nano) {
      const taken_nano = take(bucket, bid_nano)
      multiplier.taken_nano += taken_nano
      addOpen(open, now_s, taken_nano)
      open_nano += taken_nano
      return taken_nano
    },
    ended: of => resolve(bucket, of),
  }
}
