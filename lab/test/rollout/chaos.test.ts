import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantile } from '../../bench/statistics.ts'
import { startFleet } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { seeded } from '../../random.ts'
import { runRolloutChaos, VICTIMS } from '../../rollout/chaos.ts'

const ROUNDS = process.env['FLEET'] === 'long' ? 100 : 4
const SEED = Number(process.env['SEED'] ?? 20_270_302)

test(`${ROUNDS} rollouts with kill -9 (seed ${SEED}): no answer of two releases, all agree in the end`, {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(2)
  t.after(() => fleet.stop())
  const { rounds, load } = await runRolloutChaos(fleet, ROUNDS, seeded(SEED), (n, round) => {
    const { victim, killed_after_ms, controllers, end, converged_ms } = round
    t.diagnostic(
      `${n} ${victim} killed after ${killed_after_ms.toFixed(0)} ms, ${end} by controller ${controllers}, agreed in ${converged_ms.toFixed(0)} ms`,
    )
  })
  const took = rounds.map(({ converged_ms }) => converged_ms)
  t.diagnostic(`${load.asked} auctions; agreed p95 ${quantile(took, 0.95).toFixed(0)} ms`)
  assert.deepEqual([...new Set(rounds.map(({ victim }) => victim))].sort(), [...VICTIMS].sort())
  // The releases are harmless: a part that dies may cost a rollout, but not most of them.
  assert.ok(rounds.filter(({ end }) => end === 'promoted').length > ROUNDS / 2)
  assert.deepEqual(load.mixed, [])
})
