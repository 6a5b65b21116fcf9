import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFleet } from '../../fleet/fleet.ts'
import { measureLatency } from '../../fleet/latency.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { startSubscribers } from '../../fleet/subscribers.ts'

const LONG = process.env['FLEET'] === 'long'
const LIGHT = 200

test(`publish → 1 bidder and ${LIGHT} light subscribers have acknowledged: p95 ≤ 2 s`, {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(1)
  t.after(() => fleet.stop())
  const stopSubscribers = await startSubscribers(fleet, LIGHT)
  t.after(stopSubscribers)
  const { p50_ms, p95_ms, max_ms, load, releases } = await measureLatency(fleet, LONG ? 50 : 5, 1 + LIGHT)
  t.diagnostic(
    `${releases} releases: p50 ${p50_ms.toFixed(0)} ms, p95 ${p95_ms.toFixed(0)} ms, max ${max_ms.toFixed(0)} ms`,
  )
  assert.deepEqual([load.failed, load.faults], [0, []])
  assert.ok(LONG ? p95_ms <= 2000 : p50_ms <= 8000, `p50 ${p50_ms} ms, p95 ${p95_ms} ms`) // as in latency.test.ts
})
