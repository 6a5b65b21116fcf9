/**
 * Damaged requests (dropped, retyped, deep, huge, NaN, duplicate keys, `__proto__`, bad UTF-8): each is answered with 200,
 * 204 or 400, nothing breaks inside, and memory does not grow. `CONFORMANCE=long` for the 200,000 of the nightly run.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { SoakReport } from '../../conformance/soak.ts'

const isLong = process.env['CONFORMANCE'] === 'long'
const COUNT = isLong ? 200_000 : 8_000
/** Of half of the requests. The short form still fills bounded memos (policy verdicts, consent strings) meanwhile. */
const MOST_GROWTH_BYTES = 5_000_000
const TIMEOUT_MS = isLong ? 1_800_000 : 120_000
const SEED = 3

const SOAK = new URL('../../conformance/soak.ts', import.meta.url).pathname

test(`${COUNT} damaged requests (seed ${SEED})`, { timeout: TIMEOUT_MS }, async t => {
  const args = ['--expose-gc', SOAK, String(COUNT), String(SEED)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIMEOUT_MS })
  const report = JSON.parse(stdout) as SoakReport // what soak.ts prints
  const growth = report.full_bytes - report.half_bytes
  t.diagnostic(`${JSON.stringify(report.statuses)}, ${report.bids} with a bid, ${report.full_bytes} bytes, +${growth}`)
  assert.deepEqual(report.faults, [])
  assert.equal(report.polluted, false)
  assert.deepEqual(
    Object.keys(report.statuses).filter(status => !['200', '204', '400'].includes(status)),
    [],
  )
  // Damage that leaves nothing whole, or none at all, would prove nothing.
  assert.ok(report.bids > COUNT / 20, `only ${report.bids} bids`)
  assert.ok((report.statuses['400'] ?? 0) > COUNT / 20)
  assert.ok(growth < MOST_GROWTH_BYTES, `heap and external grew by ${growth} bytes in ${COUNT / 2} requests`)
})
