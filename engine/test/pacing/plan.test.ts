import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { controlOf, evenDay, performanceDay, planDay, rateAt, restOfDay } from '../../pacing/plan.ts'

const raw = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 })

test('weights of a day sum to 1, whatever is given', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 200 }), values => {
      const { weights, after } = planDay(60, values)
      assert.ok(Math.abs(weights.reduce((sum, one) => sum + one, 0) - 1) < 1e-9)
      assert.ok(weights.every(weight => weight >= 0) && Math.abs(after[0]! - 1) < 1e-9)
    }),
  )
  assert.deepEqual([...planDay(60, [0, 0, Number.NaN, -1]).weights], [0.25, 0.25, 0.25, 0.25])
})

test('whoever spends what the plan says ends with nothing left, from any moment and any sum committed', () => {
  fc.assert(
    fc.property(
      raw,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 0, max: 1e12 }),
      (values, at, committed_nano) => {
        const plan = planDay(60, values)
        const at_s = at * values.length * 60
        if (restOfDay(plan, at_s) < 1e-9) return
        const control = controlOf(plan, { budget_nano: 1e12, committed_nano, at_s })
        let spent_nano = 0
        for (let slot = Math.floor(at_s / 60); slot < values.length; slot++) {
          const from_s = Math.max(at_s, slot * 60)
          spent_nano += rateAt(plan, control, from_s) * ((slot + 1) * 60 - from_s)
        }
        assert.ok(Math.abs(spent_nano - (1e12 - committed_nano)) < 1e12 * 1e-6, `${spent_nano}`)
      },
    ),
  )
})

test('totals that are old cost nothing: the same plan from the totals of two minutes ago', () => {
  const plan = planDay(
    60,
    Array.from({ length: 1440 }, (_, minute) => 1 + Math.sin(minute / 200) ** 2),
  )
  const spentBy = (at_s: number) => 1e12 * (1 - restOfDay(plan, at_s))
  const [fresh, old] = [36_000, 35_880].map(at_s =>
    controlOf(plan, { budget_nano: 1e12, committed_nano: spentBy(at_s), at_s }),
  )
  assert.ok(Math.abs(rateAt(plan, fresh!, 36_000) / rateAt(plan, old!, 36_000) - 1) < 1e-9)
})

test('a budget that is spent, cut or over leaves a rate of 0, never a negative one; so does a day that is over', () => {
  const plan = evenDay(60, 10)
  const rate = (committed_nano: number, at_s: number) =>
    rateAt(plan, controlOf(plan, { budget_nano: 100, committed_nano, at_s }), at_s)
  assert.deepEqual([rate(100, 60), rate(101, 60), rate(0, 600), rate(0, 6000)], [0, 0, 0, 0])
  assert.ok(Math.abs(rate(40, 300) - 60 / 300) < 1e-12)
})

test('by performance: what brought nothing still gets a share of its supply, what brought all is bounded', () => {
  const { weights } = performanceDay(
    evenDay(60, 20),
    Array.from({ length: 20 }, (_, slot) => (slot === 3 ? 1 : 0)),
  )
  // One slot at five twentieths, nineteen at a fifth of a twentieth: 0.25 + 0.19, scaled to 1.
  assert.ok(Math.abs(weights[3]! - 0.25 / 0.44) < 1e-9)
  assert.ok(Math.abs(weights[0]! - 0.01 / 0.44) < 1e-9)
})
