/** Scenario S1: what the pacing must reach. SIMULATE=long plays three seeds and four budgets instead of one of each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Score, simulate } from '../../simulate/scenario.ts'

const isLong = process.env['SIMULATE'] === 'long'
const SEEDS = isLong ? [7, 8, 9] : [7]
const BUDGETS = isLong ? [0.6, 0.2, 0.05, 0.005] : [0.2]
/** Cost of a click with the multiplier, over that with throttling. */
const DEAREST: Readonly<Record<number, number>> = { 0.6: 0.75, 0.2: 0.35, 0.05: 0.15, 0.005: 1 }

interface Limits {
  hourly: number
  minute: number
  deviation: number
  utilisation: number
}
const USUAL = { deviation: 0.025, utilisation: 0.995 }
const STRESS = { deviation: 0.04, utilisation: 0.99 }
const limits = (policy: string, budget: number): Limits => {
  const isStress = budget < 0.01
  if (policy === 'throttle')
    return isStress ? { hourly: 0.01, minute: 0.33, ...STRESS } : { hourly: 0.01, minute: 0.1, ...USUAL }
  return isStress ? { hourly: 0.08, minute: 0.55, ...STRESS } : { hourly: 0.04, minute: 0.22, ...USUAL }
}

function check(score: Score, budget: number): void {
  const most = limits(score.policy, budget)
  const said = JSON.stringify(score)
  assert.equal(score.overspend, 0, said)
  assert.ok(score.utilisation >= most.utilisation, said)
  assert.ok(score.hourly_error <= most.hourly, said)
  assert.ok(score.minute_error <= most.minute, said)
  assert.ok(score.worst_deviation <= most.deviation, said)
  const slack = budget < 0.01 ? 0.35 : 0.1
  for (const share of score.recovery) assert.ok(Math.abs(share - 1) <= slack, said)
}

for (const seed of SEEDS)
  for (const budget of BUDGETS)
    test(`a day at ${100 * budget}% of full spend, seed ${seed}: both actuators hold the plan, and beat the others`, () => {
      const { scores } = simulate(seed, budget)
      const [asap, even, ten, throttle, multiplier] = scores
      assert.ok(asap && even && ten && throttle && multiplier)
      check(throttle, budget)
      check(multiplier, budget)
      for (const other of [asap, even, ten]) assert.ok(throttle.hourly_error < other.hourly_error / 5, other.policy)
      assert.ok(multiplier.ecpc <= DEAREST[budget]! * throttle.ecpc, JSON.stringify(multiplier)) // each has one
      if (isLong) process.stdout.write(`${JSON.stringify({ seed, budget, throttle, multiplier })}\n`)
    })

test('the same seed plays the same day', () => {
  assert.deepEqual(simulate(7, 0.2).scores, simulate(7, 0.2).scores)
})
