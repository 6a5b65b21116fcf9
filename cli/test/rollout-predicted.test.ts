import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Manifest } from '@flightplan/contract/release.ts'
import { DEFAULTS } from '@flightplan/runtime/rollout/rollout.ts'
import type { Figure, Row } from '../plan/rows.ts'
import { contentDigest } from '../plan/subject.ts'
import { predictedOf, readPredicted } from '../rollout/predicted.ts'
import { readSettings, settingsOf } from '../rollout/settings.ts'

const figure = (base: number, head: number, head_90: Figure['head_90'], evidence: Figure['evidence']): Figure => ({
  ...{ base, head, head_90, delta_90: null, evidence },
})
const row = (id: string, more: Partial<Row>): Row => ({
  ...{ id, currency: id, eligible: figure(100, 100, null, 'exact'), reach: null, support: 1, refused: 0 },
  ...{ bids: figure(100, 100, null, 'exact'), wins: figure(20, 20, [19, 21], 'modelled') },
  ...{ spend_nano: figure(50, 50, [45, 55], 'modelled'), price_nano: { base: 2.5, head: 2.5 }, ...more },
})
const rounded = (predicted: object) =>
  JSON.parse(
    JSON.stringify(predicted, (_, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)),
  )

test('no change is predicted as one, with the doubt of its evidence', () => {
  assert.deepEqual(rounded(predictedOf([row('EUR', {})])), {
    ...{ bid_rate: [0.98, 1.02], price: [0.91, 1.1], spend: [0.82, 1.21], win_rate: [0.85, 1.18] },
  })
})

test('a doubling is predicted as one', () => {
  const doubled = { price_nano: { base: 2.5, head: 5 }, spend_nano: figure(50, 120, [100, 140], 'modelled') }
  const { price, spend, bid_rate } = rounded(predictedOf([row('EUR', doubled)]))
  assert.deepEqual({ price, spend, bid_rate }, { price: [1.82, 2.2], spend: [1.82, 3.08], bid_rate: [0.98, 1.02] })
})

test('what the log does not support may do anything within a factor of two; several currencies, the widest of all', () => {
  const unknown = { bids: figure(100, 150, null, 'not supported'), spend_nano: figure(50, 0, [0, 0], 'not supported') }
  const { bid_rate, spend } = rounded(predictedOf([row('EUR', unknown)]))
  assert.deepEqual({ bid_rate, spend }, { bid_rate: [0.75, 3], spend: [0.5, 2] })
  const both = predictedOf([row('EUR', { bids: figure(100, 200, null, 'exact') }), row('USD', {})])
  assert.deepEqual(rounded(both).bid_rate, [0.98, 2.04])
  assert.deepEqual(predictedOf([row('EUR', { bids: figure(0, 5, null, 'exact') })]), {}, 'nothing to compare with')
})

test('a plan of other releases is stale; what is no plan is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flight-'))
  const manifest = (sha256: string): Manifest => ({
    ...{ format: 1, commit: '', tree: '', built_at_ms: 0, compiler: '', min_runtime: '', counts: {} },
    files: { 'snapshot.bin': { sha256, bytes: 1 } },
  })
  const [live, canary] = [manifest('a'), manifest('b')]
  const file = join(folder, 'plan.json')
  const content = (of: Manifest) => ({ ref: 'x', commit: null, content: contentDigest({ manifest: of }) })
  const plan = {
    schemaVersion: 1,
    base: content(live),
    head: content(canary),
    prediction: { totals: [row('EUR', {})] },
  }
  try {
    writeFileSync(file, JSON.stringify(plan))
    assert.ok(readPredicted(file, live, canary).bid_rate)
    assert.throws(() => readPredicted(file, canary, canary), { exitCode: 5, message: /its base is not what serves/ })
    assert.throws(() => readPredicted(file, live, live), { exitCode: 5, message: /its head is not the release/ })
    writeFileSync(file, '{')
    assert.throws(() => readPredicted(file, live, canary), { exitCode: 64 })
    writeFileSync(file, '{"schemaVersion": 99}')
    assert.throws(() => readPredicted(file, live, canary), /version 1/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('settings: the defaults, and what flightplan.yaml says instead, in the order of shares', () => {
  assert.deepEqual(settingsOf(), DEFAULTS)
  const { waves, quorum, expires_ms, ack_ms } = settingsOf({
    ...{ waves: { '50%': { at_least: '2h' }, '0.5%': { at_least: '30s', auctions: 9, tolerance: 5 } } },
    ...{ quorum: '95%', expires: '1d' },
  })
  assert.deepEqual(waves, [
    { share_ppm: 5000, min_ms: 30_000, min_auctions: 9, tolerance: 5 },
    { share_ppm: 500_000, min_ms: 7_200_000, min_auctions: 500, tolerance: 1 },
  ])
  assert.deepEqual([quorum, expires_ms, ack_ms], [0.95, 86_400_000, DEFAULTS.ack_ms])
})

test('settings that the schema refuses stop the rollout, with their line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flight-'))
  const write = (rollout: string) =>
    writeFileSync(join(folder, 'flightplan.yaml'), `flightplan: 1\nvendor_id: 9\nrollout:\n${rollout}`)
  try {
    for (const share of ['0%', '0.0%', '60%', '0.00001%', '100%', 'all']) {
      write(`  waves: {${share}: {at_least: 1m}}\n`)
      assert.throws(() => readSettings(folder), { exitCode: 1, message: /^flightplan\.yaml:4:\d+ / }, share)
    }
    write('  quorum: 80%\n')
    assert.equal(readSettings(folder).quorum, 0.8)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
