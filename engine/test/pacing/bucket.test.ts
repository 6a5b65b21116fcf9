import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { admits, bandOf, openBucket, refill, resolve, take } from '../../pacing/bucket.ts'
import { adjust, factorOf, openMultiplier } from '../../pacing/multiplier.ts'

const guess = { perBid_nano: 1000, perWin_nano: 5000, eligible_per_s: 10 }

test('money in the bucket is what was filled in less what bids cost, however they end', () => {
  const bid = fc.record({ bid_nano: fc.integer({ min: 1, max: 1e9 }), cost_nano: fc.integer({ min: 0, max: 1e6 }) })
  fc.assert(
    fc.property(fc.array(bid, { maxLength: 60 }), bids => {
      const bucket = openBucket(guess)
      refill(bucket, 100, 1, 10) // the burst is 40,000: nothing runs over
      const taken = bids.map(({ bid_nano }) => take(bucket, bid_nano))
      for (const [i, { bid_nano, cost_nano }] of bids.entries())
        resolve(bucket, {
          band: bandOf(bid_nano),
          bids: 1,
          wins: cost_nano > 0 ? 1 : 0,
          taken_nano: taken[i]!,
          cost_nano,
        })
      const cost_nano = bids.reduce((sum, one) => sum + one.cost_nano, 0)
      assert.ok(Math.abs(bucket.tokens_nano - (100 - cost_nano)) < 1e-3)
    }),
  )
})

test('an idle hour does not pile up: at most half a minute of the plan, or eight wins', () => {
  const bucket = openBucket(guess)
  for (let second = 0; second < 3600; second++) refill(bucket, 10_000, 1, 0)
  assert.equal(bucket.tokens_nano, 300_000)
  for (let second = 0; second < 3600; second++) refill(bucket, 1, 1, 0)
  assert.equal(bucket.tokens_nano, 40_000)
})

test('an empty bucket admits nobody; a full one the share that the plan can pay, twice over', () => {
  const bucket = openBucket(guess)
  assert.equal(admits(bucket, 0), false)
  for (let second = 0; second < 600; second++) refill(bucket, 1000, 1, 100)
  assert.ok(Math.abs(bucket.participation - (2 * 1000) / (100 * 1000)) < 1e-3)
  assert.equal(admits(bucket, 0.01), true)
  assert.equal(admits(bucket, 0.03), false)
})

test('what a bid of a band costs is learnt for that band alone', () => {
  const bucket = openBucket(guess)
  for (let i = 0; i < 3000; i++)
    resolve(bucket, { band: bandOf(1_000_000), bids: 1, wins: 1, taken_nano: 0, cost_nano: 8000 })
  assert.ok(Math.abs(take(bucket, 1_000_001) - 8000) < 1)
  assert.equal(take(bucket, 100), 1000)
})

test('the multiplier follows unbraked spend, not spend: behind a bucket that brakes it falls', () => {
  const multiplier = openMultiplier()
  for (let minute = 0; minute < 60; minute++) {
    // A tenth passes, and that tenth spends just what the plan asks for.
    Object.assign(multiplier, { eligible: 1000, admitted: 100, taken_nano: 60_000 })
    adjust(multiplier, 1000, 60)
    if (minute === 0) assert.ok(Math.abs(factorOf(multiplier) - Math.exp(-0.3)) < 1e-9)
  }
  assert.ok(factorOf(multiplier) < 0.021, 'to its bound')
})

test('a starved minute is no under-delivery: few bids of many requests lower it, few requests leave it', () => {
  const starved = { ...openMultiplier(), eligible: 1000, admitted: 5, taken_nano: 5 }
  adjust(starved, 1000, 60)
  assert.ok(starved.log < 0)
  const quiet = { ...openMultiplier(), eligible: 5, admitted: 5, taken_nano: 5 }
  adjust(quiet, 1000, 60)
  assert.equal(quiet.log, 0)
})
