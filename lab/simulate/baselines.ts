/** What others do, as they describe it. Each stops for good once bills reach the budget: bills that are open are not seen. */
import type { DayPlan } from '@flightplan/engine/pacing/plan.ts'
import type { Policy } from './run.ts'

const quiet = { take: () => 0, ended: () => {} }

/** As soon as possible. */
export function asap(budget_nano: number): Policy {
  let isOver = false
  return {
    ...{ name: 'asap', ...quiet },
    second(_, settled_nano) {
      isOver = settled_nano >= budget_nano
    },
    bid: () => (isOver ? 0 : 1),
  }
}

/** A twenty-fourth of the budget each hour; what an hour leaves is gone. */
export function evenHours(budget_nano: number): Policy {
  let [hour, before_nano, isOver] = [-1, 0, false]
  return {
    ...{ name: 'even hourly cap', ...quiet },
    second(at_s, settled_nano) {
      if (Math.floor(at_s / 3600) !== hour) [hour, before_nano] = [Math.floor(at_s / 3600), settled_nano]
      isOver = settled_nano >= budget_nano || settled_nano - before_nano >= budget_nano / 24
    },
    bid: () => (isOver ? 0 : 1),
  }
}

/** A rate of participation, each minute 10% up or down against the plan (Agarwal et al., KDD 2014, §4); no fast finish. */
export function tenPercent(budget_nano: number, plan: DayPlan): Policy {
  let [rate, isOver] = [0.1, false]
  return {
    ...{ name: '±10% a minute', ...quiet },
    second(at_s, settled_nano) {
      isOver = settled_nano >= budget_nano
      if (at_s % 60 !== 0 || at_s === 0) return
      const planned_nano = budget_nano * (1 - plan.after[Math.floor(at_s / plan.slot_s)]!) // a slot of the day
      rate = settled_nano > planned_nano ? rate * 0.9 : Math.min(1, rate * 1.1)
    },
    bid: ({ draw }) => (!isOver && draw < rate ? 1 : 0),
  }
}
