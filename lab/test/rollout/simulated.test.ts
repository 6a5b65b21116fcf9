import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEGRADATIONS, HEAD, MUST_STOP, type Runs, rowOf, runsOf } from '../../rollout/curves.ts'
import { HARMLESS } from '../../rollout/market.ts'

const LONG = process.env['FLEET'] === 'long'
const seed = Number(process.env['SEED'] ?? 20_270_303)
/** A buyer of middling size: 1,157 auctions a second. The long form looks as often as bidders report. */
const RUNS: Runs = { runs: LONG ? 200 : 20, perDay: 100_000_000, look_ms: LONG ? 2_000 : 10_000, seed }

test(`A/A: of 1,000 rollouts at least 95% are promoted (seed ${seed})`, t => {
  const outcomes = runsOf({ name: 'A/A', harm: HARMLESS }, { ...RUNS, runs: 1000, look_ms: LONG ? 2_000 : 20_000 })
  const promoted = outcomes.filter(({ phase }) => phase === 'promoted').length
  t.diagnostic(`${promoted} promoted; ${rowOf({ name: 'A/A', harm: HARMLESS }, outcomes).join(' | ')}`)
  assert.ok(promoted >= 950, outcomes.find(({ phase }) => phase !== 'promoted')?.why ?? '')
})

for (const one of MUST_STOP)
  for (const perDay of [RUNS.perDay, 10_000_000])
    test(`${one.name}: stopped each time, below 2% of a day of ${perDay / 1e6} million auctions (seed ${seed})`, t => {
      const outcomes = runsOf(one, { ...RUNS, perDay, look_ms: perDay < RUNS.perDay ? 20_000 : RUNS.look_ms })
      t.diagnostic(rowOf(one, outcomes).join(' | '))
      for (const { phase, exposed, why } of outcomes) {
        assert.equal(phase, 'aborted', why)
        assert.doesNotMatch(why, /^expired/)
        assert.ok(exposed < 0.02, `${exposed}: ${why}`)
      }
    })

test(`detection curves: the more harm, the sooner (seed ${seed})`, t => {
  const rows = DEGRADATIONS.map(one => {
    const outcomes = runsOf(one, { ...RUNS, runs: LONG ? 100 : 4, look_ms: 30_000 })
    return { one, outcomes, row: rowOf(one, outcomes) }
  })
  for (const row of [HEAD, ...rows.map(({ row }) => row)]) t.diagnostic(row.join(' | '))
  for (const kind of ['bid rate −', 'bid rate +', 'prices +']) {
    const curve = rows.filter(({ one }) => one.name.startsWith(kind))
    const costs = curve.map(({ outcomes }) => outcomes.reduce((sum, { money }) => sum + money, 0) / outcomes.length)
    assert.deepEqual(
      costs,
      costs.toSorted((a, b) => b - a),
      `${kind}: ${costs}`,
    )
    for (const { outcomes, one } of curve.slice(1)) // from 10% on
      for (const { phase, why } of outcomes) assert.equal(phase, 'aborted', `${one.name}: ${why}`)
  }
})
