import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ALPHA, type Pair, rateInterval, ratioInterval } from '../../rollout/evidence.ts'

const even = (canary: number, control: number): Pair => ({ canary, control, canaryPer: 1, controlPer: 1 })

test('an interval holds what was seen, widens with confidence, narrows with the sample, and mirrors', () => {
  const count = fc.integer({ min: 0, max: 1_000_000 })
  fc.assert(
    fc.property(count, count, (x, y) => {
      const [low, high] = ratioInterval(even(x, y))
      const seen = y === 0 ? (x === 0 ? 1 : Number.POSITIVE_INFINITY) : x / y
      assert.ok(low <= seen && seen <= high, `${low} ${seen} ${high}`)
      const [lower, higher] = ratioInterval(even(x, y), ALPHA / 10)
      assert.ok(lower <= low && higher >= high)
      const mirrored = ratioInterval(even(y, x))
      assert.ok(high > 1e6 || Math.abs(mirrored[0] * high - 1) < 1e-3, `${mirrored[0]} is not 1 / ${high}`)
      const [least, most] = rateInterval(x, x + y)
      assert.ok(least <= x / Math.max(1, x + y) && x / Math.max(1, x + y) <= most)
    }),
  )
})

const SAMPLES: [what: string, pair: Pair, low: number, high: number][] = [
  ['nothing', even(0, 0), 0, Number.POSITIVE_INFINITY],
  ['as many of more', { canary: 5000, control: 5000, canaryPer: 20_000, controlPer: 10_000 }, 0.464, 0.539],
  ['3,000 of each tell 10%', even(3000, 3000), 0.9, 1.111],
  ['115 events against 230 are fewer', even(115, 230), 0.296, 0.82],
  ['no event against 60', even(0, 60), 0, 0.787],
]
for (const [what, pair, low, high] of SAMPLES)
  test(what, () => {
    const found = ratioInterval(pair)
    for (const [at, wanted] of [low, high].entries())
      assert.ok(found[at] === wanted || Math.abs(found[at]! - wanted) < 0.02, `${found} is not ${low} to ${high}`)
  })

test('no event in n is an upper bound, of about 12 in n', () => {
  const [low, high] = rateInterval(0, 10_000)
  assert.equal(low, 0)
  assert.ok(high > 0.001 && high < 0.0016, String(high))
})

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const SEED = Number(process.env['SEED'] ?? 20_270_302)
test(`looking after every event, 500 times 2,000 events, errs in at most ${ALPHA} of them (seed ${SEED})`, t => {
  const random = seeded(SEED)
  let [ratio, rate] = [0, 0]
  for (let run = 0; run < 500; run++) {
    let [canary, control, hits] = [0, 0, 0]
    let [isRatioWrong, isRateWrong] = [false, false]
    for (let n = 1; n <= 2000; n++) {
      random() < 0.5 ? canary++ : control++
      if (random() < 0.02) hits++
      if (n % 10 !== 0) continue // every tenth look is enough to err, and ten times as quick
      const [low, high] = ratioInterval(even(canary, control))
      isRatioWrong ||= low > 1 || high < 1
      const [least, most] = rateInterval(hits, n)
      isRateWrong ||= least > 0.02 || most < 0.02
    }
    if (isRatioWrong) ratio++
    if (isRateWrong) rate++
  }
  t.diagnostic(`of 500: ratios ${ratio}, rates ${rate}`)
  // 500 × ALPHA is 5; a binomial of that mean exceeds 12 once in 500 seeds.
  assert.ok(ratio <= 12 && rate <= 12, `${ratio} and ${rate} of 500`)
})
