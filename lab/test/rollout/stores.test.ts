import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { openStores } from '@flightplan/runtime/store/open.ts'
import { publish } from '../../fleet/fleet.ts'
import { startPostgres } from '../../fleet/postgres.ts'
import { startRedis, withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, partsOf } from '../../fleet/world.ts'
import { rolloutRoot, startController } from '../../rollout/controller.ts'
import { startFakeBidder } from '../../rollout/fake-bidder.ts'

const WAVES = `  waves:
    5%: {at_least: 1s, auctions: 500, tolerance: 10}
    25%: {at_least: 3s, auctions: 2000, tolerance: 10}
    50%: {at_least: 1s, auctions: 4000, tolerance: 5}
  expires: 2m
`

test('on Redis and Postgres: a controller that is killed is followed by another; Redis may go meanwhile; a bad release is aborted', {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'flightplan-rollout-'))
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  const stores = openStores({ redisUrl: redis.url, databaseUrl: postgres.url, storeDir: null }, Math.random, () => {})
  t.after(async () => {
    await stores.close()
    await Promise.all([redis.stop(), postgres.stop()])
    rmSync(folder, { recursive: true, force: true })
  })
  await stores.migrate()
  const { store, hot } = stores
  assert.ok(store && hot)
  const root = rolloutRoot(folder, WAVES)
  const [old, good, bad] = [await buildRelease(0), await buildRelease(1), await buildRelease(2)]
  await publish({ store, hot }, old)
  const deed = { who: 'lab', at_ms: Date.now(), reason: '' }
  for (const release of [good, bad]) await store.putRelease(partsOf(release), deed)
  const fleet = (answers: number) => {
    const stops = ['b-1', 'b-2'].map(name => startFakeBidder({ hot, name, answers, auctions: 400 }))
    return () => Promise.all(stops.map(stop => stop()))
  }
  const history = async () =>
    (await store.history('live', 100)).reverse().map(({ verb, text }) => [verb, peekRecord(text)?.share_ppm])

  const stopGood = fleet(1)
  const first = startController({ redis, postgres }, root, good.digest)
  await until(async () => (await history()).length >= 3, first.said) // in the second wave
  first.kill()
  assert.equal((await first.ended).code, 'SIGKILL')
  await redis.kill()
  await redis.restart() // it has forgotten all
  const second = startController({ redis, postgres }, root, good.digest)
  const promoted = await second.ended
  await stopGood()
  assert.equal(promoted.code, 0, promoted.said)
  const [published, ...moves] = await history()
  assert.equal(published?.[0], 'publish')
  assert.deepEqual(moves, [
    ['rollout', 50_000],
    ['rollout', 250_000],
    ['rollout', 500_000],
    ['promote', 0],
  ])
  assert.equal(peekRecord((await hot.pointer('live')) ?? '')?.live, good.digest)

  const stopBad = fleet(0.5)
  const aborted = await startController({ redis, postgres }, root, bad.digest).ended
  await stopBad()
  assert.equal(aborted.code, 7, aborted.said)
  assert.match(aborted.said, /aborted: bid_rate: .*ratio 0\.\d/)
  assert.deepEqual((await history()).slice(-2), [
    ['rollout', 50_000],
    ['abort', 0],
  ])
  assert.equal(peekRecord((await hot.pointer('live')) ?? '')?.live, good.digest)
  const states = await store.rollouts('live', 100)
  t.diagnostic(states.map(({ revision, rollout }) => `${revision} ${rollout.phase} wave ${rollout.wave}`).join(', '))
})

async function until(isTrue: () => Promise<boolean>, said: () => string, wait_ms = 40_000): Promise<void> {
  for (const end_ms = performance.now() + wait_ms; !(await isTrue()); await sleep(50))
    assert.ok(performance.now() < end_ms, said())
}
