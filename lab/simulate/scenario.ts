/** Scenario S1: one day, one campaign, five policies, scored against the day that was planned. */
import { type DayPlan, planDay } from '@flightplan/engine/pacing/plan.ts'
import { asap, evenHours, tenPercent } from './baselines.ts'
import { type Market, openMarket } from './market.ts'
import { ours } from './ours.ts'
import { type Day, type Policy, runDay } from './run.ts'

export interface Score {
  policy: string
  utilisation: number
  /** Share of the budget that was spent above it. */
  overspend: number
  /** Σ |spend − plan| of the hours, over the budget. */
  hourly_error: number
  /** Root of the mean square over minutes, over the budget of an average minute. */
  minute_error: number
  /** Largest distance of the running total from the plan, over the budget. */
  worst_deviation: number
  /** Money for each expected click, nano. */
  ecpc: number
  hours_to_95: number
  /** Of the plan, spent in minutes 10–30 behind the spike and the dear hour. */
  recovery: readonly number[]
}

export interface Result {
  scores: Score[]
  days: Day[]
  plan: DayPlan
  budget_nano: number
}

const STOPPED = { from_s: 16 * 3600, to_s: 16.5 * 3600 }
const RECOVERIES = [14 * 60 + 10, 20 * 60] as const

/** @param share of what the campaign would spend without a budget */
export function simulate(seed: number, share: number): Result {
  const market = openMarket(seed)
  const full = runDay(market, seed, asap(Number.POSITIVE_INFINITY))
  const budget_nano = Math.round(share * full.total_nano)
  const plan = planDay(60, market.forecast)
  const guess = guessOf(market, full)
  const scene = { budget_nano, plan, stopped: STOPPED, guess }
  const policies: Policy[] = [
    ...[asap(budget_nano), evenHours(budget_nano), tenPercent(budget_nano, plan)],
    ours('throttle', 'throttle', scene),
    ours('bid multiplier', 'multiplier', scene),
  ]
  const days = policies.map(policy => runDay(market, seed, policy))
  return { days, plan, budget_nano, scores: days.map(day => scoreOf(day, plan, budget_nano)) }
}

/** What yesterday would have said, wrong by a third. */
function guessOf({ forecast }: Market, full: Day) {
  const requests = forecast.reduce((sum, one) => sum + one, 0)
  return {
    perBid_nano: (0.67 * full.total_nano) / requests,
    perWin_nano: (0.67 * full.total_nano) / full.wins,
    eligible_per_s: forecast[0]! / 60, // the day has minutes
  }
}

function scoreOf(day: Day, plan: DayPlan, budget_nano: number): Score {
  const planned = Array.from(plan.weights, weight => weight * budget_nano)
  const of = (from: number, to: number, what: ArrayLike<number>) => {
    let sum = 0
    for (let i = from; i < to; i++) sum += what[i]! // in range
    return sum
  }
  const hours = Array.from(
    { length: 24 },
    (_, h) => of(h * 60, h * 60 + 60, day.spend_nano) - of(h * 60, h * 60 + 60, planned),
  )
  const gaps = planned.map((wanted, minute) => day.spend_nano[minute]! - wanted) // as long as the plan
  let [total, worst, reached] = [0, 0, Number.NaN]
  for (const [minute, gap] of gaps.entries()) {
    total += gap
    worst = Math.max(worst, Math.abs(total))
    if (Number.isNaN(reached) && of(0, minute + 1, day.spend_nano) >= 0.95 * budget_nano) reached = (minute + 1) / 60
  }
  return {
    policy: day.policy,
    utilisation: Math.min(1, day.total_nano / budget_nano),
    overspend: Math.max(0, day.total_nano / budget_nano - 1),
    hourly_error: hours.reduce((sum, gap) => sum + Math.abs(gap), 0) / budget_nano,
    minute_error: Math.sqrt(gaps.reduce((sum, gap) => sum + gap * gap, 0) / gaps.length) / (budget_nano / gaps.length),
    worst_deviation: worst / budget_nano,
    ecpc: day.total_nano / day.clicks,
    hours_to_95: reached,
    recovery: RECOVERIES.map(end => of(end + 10, end + 30, day.spend_nano) / of(end + 10, end + 30, planned)),
  }
}
