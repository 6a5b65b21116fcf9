import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantile } from '../../bench/statistics.ts'
import { runChaos, VICTIMS } from '../../fleet/chaos.ts'
import { startFleet } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { seeded } from '../../random.ts'

const ROUNDS = process.env['FLEET'] === 'long' ? 100 : 10
const SEED = Number(process.env['SEED'] ?? 20_270_301)

test(`${ROUNDS} rounds of kill -9 (seed ${SEED}): no half release is served, the fleet converges each time`, {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(4)
  t.after(() => fleet.stop())
  const { rounds, load } = await runChaos(
    fleet,
    ROUNDS,
    seeded(SEED),
    (n, { victim, killed_after_ms, published, converged_ms }) =>
      t.diagnostic(
        `${n} ${victim} killed after ${killed_after_ms.toFixed(0)} ms, publish ${published ? 'came through' : 'failed'}, converged in ${converged_ms.toFixed(0)} ms`,
      ),
  )
  t.diagnostic(
    `${load.answered} answers, ${load.bids} with bids, ${load.lost} lost to killed bidders; ` +
      `converged p95 ${quantile(
        rounds.map(({ converged_ms }) => converged_ms),
        0.95,
      ).toFixed(0)} ms`,
  )
  assert.equal(rounds.length, ROUNDS)
  assert.deepEqual(new Set(rounds.map(({ victim }) => victim)), new Set(VICTIMS))
  assert.deepEqual(load.faults, [])
  assert.equal(load.failed, 0, `${load.failed} requests failed at bidders that nobody killed`)
  assert.ok(load.bids > 10 * ROUNDS)
})
