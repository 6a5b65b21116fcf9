import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { Counters, claimEntry, createCounters } from '../../authority/counters.ts'

const SEED = 20_270_310
const NO_LIMIT = { daily_nano: Number.NaN, total_nano: Number.NaN, impressions: Number.NaN }
const fresh = () => {
  const memory = createCounters(64)
  return { memory, entry: claimEntry(memory, 'campaign:a'), counters: new Counters(memory) }
}

test('an id has one entry for good, another id another, and a full table has none', () => {
  const memory = createCounters(4)
  const entries = ['a', 'b', 'c', 'd'].map(id => claimEntry(memory, id))
  assert.equal(new Set(entries).size, 4)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map(id => claimEntry(memory, id)),
    entries,
  )
  assert.equal(claimEntry(memory, 'e'), -1)
})

const step = fc.record({
  day: fc.integer({ min: 20_000, max: 20_004 }),
  cost: fc.integer({ min: 0, max: 5_000_000_000_000 }),
  back: fc.boolean(),
})

test('whatever is taken and given back: never above a limit, and counts are what a plain model says', () => {
  const limits = { daily_nano: 9_000_000_000_000, total_nano: 20_000_000_000_000, impressions: 12 }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { counters, entry } = fresh()
      const model = { day: 0, spent: 0, total: 0, impressions: 0 }
      for (const { day: asked, cost, back } of steps) {
        const day = Math.max(asked, model.day - (model.day % 1)) // the model's days only go forward
        const spent = day > model.day ? 0 : model.spent
        const fits =
          spent + cost <= limits.daily_nano &&
          model.total + cost <= limits.total_nano &&
          model.impressions < limits.impressions
        assert.equal(counters.take(entry, day, cost, limits), fits)
        if (fits)
          Object.assign(model, {
            day,
            spent: spent + cost,
            total: model.total + cost,
            impressions: model.impressions + 1,
          })
        if (fits && back) {
          counters.giveBack(entry, day, cost)
          Object.assign(model, {
            spent: model.spent - cost,
            total: model.total - cost,
            impressions: model.impressions - 1,
          })
        }
        assert.equal(counters.total_nano(entry), model.total)
        assert.equal(counters.impressions(entry), model.impressions)
        if (model.day > 0) assert.equal(counters.day_nano(entry, model.day), model.spent)
      }
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('a new day starts at nothing; a late worker’s old day counts in the new one', () => {
  const { counters, entry } = fresh()
  const limits = { ...NO_LIMIT, daily_nano: 100 }
  assert.ok(counters.take(entry, 20_000, 100, limits))
  assert.equal(counters.take(entry, 20_000, 1, limits), false)
  assert.ok(counters.take(entry, 20_001, 60, limits))
  assert.ok(counters.take(entry, 20_000, 40, limits)) // counts on day 20,001
  assert.equal(counters.take(entry, 20_001, 1, limits), false)
  assert.equal(counters.day_nano(entry, 20_001), 100)
  counters.giveBack(entry, 20_000, 40) // its day is over: nothing comes back
  assert.equal(counters.day_nano(entry, 20_001), 100)
  assert.equal(counters.day_nano(entry, 20_002), 0)
})

test('amounts up to the largest order are exact', () => {
  const { counters, entry } = fresh()
  const most = 9_000_000_000_000_000 - 1
  assert.ok(counters.take(entry, 65_000, most, { ...NO_LIMIT, daily_nano: most, total_nano: most }))
  assert.equal(counters.day_nano(entry, 65_000), most)
  assert.equal(counters.total_nano(entry), most)
  assert.equal(counters.take(entry, 65_000, 1, { ...NO_LIMIT, total_nano: most }), false)
})

test('four threads at once never take more than the limits, and leave nothing that fits', async () => {
  const { memory, entry, counters } = fresh()
  const limits = { daily_nano: 3_000_000, total_nano: 4_000_000, impressions: Number.NaN }
  const costs = fc.sample(fc.integer({ min: 1, max: 400 }), { seed: SEED, numRuns: 20_000 })
  const threads = Array.from(
    { length: 4 },
    () => new Worker(new URL('counting-thread.ts', import.meta.url), { workerData: { memory, entry, costs, limits } }),
  )
  const taken = await Promise.all(threads.map(async thread => (await once(thread, 'message'))[0] as number)) // it posts a number
  const sum = taken.reduce((total, one) => total + one, 0)
  assert.equal(sum, counters.day_nano(entry, 20_000))
  assert.equal(sum, counters.total_nano(entry))
  assert.ok(sum <= limits.daily_nano && sum > limits.daily_nano - 400, `${sum}`)
})
