import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isotonicCurve, logisticCurve, winCurve } from '../../shading/curve.ts'
import {
  BUCKETS,
  fade,
  nothingObserved,
  observe,
  observeMinToWin,
  positionOf,
  priceOf,
  triesOf,
} from '../../shading/observed.ts'
import { shade, shadedBid, shadeTable } from '../../shading/table.ts'

const LOW = 1000
const bids = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.boolean()), { minLength: 1, maxLength: 300 })
const seenOf = (of: readonly (readonly [number, boolean])[]) => {
  const seen = nothingObserved(LOW)
  for (const [bid, won] of of) observe(seen, bid, won)
  return seen
}

test('both curves are probabilities that never fall, whatever was seen', () => {
  fc.assert(
    fc.property(bids, of => {
      for (const curve of [isotonicCurve(seenOf(of)), logisticCurve(seenOf(of))])
        for (let bucket = 0; bucket < BUCKETS; bucket++) {
          assert.ok(curve[bucket]! >= 0 && curve[bucket]! <= 1)
          assert.ok(bucket === 0 || curve[bucket]! >= curve[bucket - 1]! - 1e-12)
        }
    }),
  )
})

test('the isotonic curve is the nearest rising one: no other has a smaller square error (differential, small cases)', () => {
  const seen = nothingObserved(LOW)
  const rates = [0.2, 0.6, 0.4, 0.9, 0.5] // pooled: 0.2, 0.5, 0.5, 0.7, 0.7
  for (const [bucket, rate] of rates.entries()) {
    seen.tries[bucket] = 10
    seen.wins[bucket] = 10 * rate
  }
  const pooled = [0.2, 0.5, 0.5, 0.7, 0.7]
  for (const [bucket, rate] of pooled.entries()) assert.ok(Math.abs(isotonicCurve(seen)[bucket]! - rate) < 1e-12)
})

test('no bid above its value or outside of its bounds, in a million random cases', () => {
  const table = shadeTable(
    LOW,
    winCurve(
      seenOf([
        [5000, true],
        [3000, false],
      ]),
    ),
  )
  let state = 1
  const next = () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223
    return (state >>> 0) / 0x1_0000_0000
  }
  for (let n = 0; n < 1_000_000; n++) {
    const value = Math.exp(25 * next())
    const rules = { least: 0.3 * next(), most: 0.5 + 0.5 * next(), explore: 0.02, holdout: 0.01 }
    const draw = next()
    const bid = shadedBid(table, rules, value, draw)
    assert.ok(bid <= value && bid > 0)
    if (draw >= rules.holdout) assert.ok(bid <= value * rules.most * 1.000001 && bid >= value * rules.least * 0.999999)
  }
})

test('a market that is known: the best bid for a value is found within a bucket', () => {
  // Uniform from 0 to 100,000: W(b) = b / 100,000, so that half the value is best.
  const curve = Float64Array.from({ length: BUCKETS }, (_, bucket) => Math.min(1, priceOf(LOW, bucket) / 100_000))
  const table = shadeTable(LOW, curve)
  for (const value of [5000, 20_000, 80_000]) assert.ok(Math.abs(shade(table, value) / value - 0.5) < 0.05, `${value}`)
})

test('the holdout bids its value, explorers spread around the shaded bid, without a table nothing is shaded', () => {
  const table = shadeTable(
    LOW,
    Float64Array.from({ length: BUCKETS }, (_, bucket) => Math.min(1, bucket / 60)),
  )
  const rules = { least: 0, most: 1, explore: 0.1, holdout: 0.1 }
  const value = 50_000
  assert.equal(shadedBid(table, rules, value, 0.05), value)
  assert.equal(shadedBid(null, rules, value, 0.5), value)
  const shaded = shadedBid(table, rules, value, 0.9)
  const [low, high] = [shadedBid(table, rules, value, 0.1), shadedBid(table, rules, value, 0.199)]
  assert.ok(low < shaded && shaded < high)
  assert.ok(Math.abs(low / shaded - Math.exp(-0.2)) < 0.01)
})

test('a least winning price tells of all bids; what is seen fades', () => {
  const seen = nothingObserved(LOW)
  observeMinToWin(seen, 10_000)
  const least = Math.round(positionOf(LOW, 10_000))
  assert.equal(seen.wins[least - 2], 0)
  assert.equal(seen.wins[least + 1], 1)
  assert.equal(triesOf(seen), BUCKETS)
  fade(seen, 0.5)
  assert.equal(triesOf(seen), BUCKETS / 2)
})
