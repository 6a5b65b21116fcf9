import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { moveChannel, publishMove } from '@flightplan/runtime/publish/channel.ts'
import { syncHot } from '@flightplan/runtime/publish/sync.ts'
import { judgeAnswer } from '../../fleet/answers.ts'
import { CHANNEL, publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, partsOf, priceOf, REQUEST, SIGNING } from '../../fleet/world.ts'

test('Redis gone: follows from Postgres. Both gone: a cold start serves the last good. Both back: converges', {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(1)
  t.after(() => fleet.stop())
  const [bidder] = fleet.bidders
  assert.ok(bidder)
  const releases = [await buildRelease(0), await buildRelease(1), await buildRelease(2)]
  const prices = new Map(releases.map(({ digest }, n) => [digest.slice(0, 16), priceOf(n)]))
  const serves = async (n: number, wait_ms = 15_000): Promise<void> => {
    const wanted = releases[n]?.digest.slice(0, 16)
    for (const end_ms = performance.now() + wait_ms; ; await sleep(50)) {
      const answer = await fetch(`http://127.0.0.1:${bidder.port}/openrtb2/alpha`, { method: 'POST', body: REQUEST })
      const { release, fault } = judgeAnswer(await answer.text(), prices)
      assert.equal(fault, '')
      if (release === wanted) return
      assert.ok(
        performance.now() < end_ms,
        `still ${release}, not ${wanted}: ${bidder.complaints.slice(-3).join('\n')}`,
      )
    }
  }
  const deed = { who: 'lab', at_ms: Date.now(), reason: '' }
  const record = async (n: number): Promise<void> => {
    const release = releases[n]! // three were built
    await fleet.store.putRelease(partsOf(release), deed)
    await moveChannel(fleet.store, CHANNEL, 'publish', deed, SIGNING, publishMove(release.digest))
  }
  await publish(fleet, releases[0]!) // three were built
  await serves(0)
  await fleet.redis.kill()
  await record(1)
  await serves(1)
  await record(2)
  await fleet.postgres.kill()
  await bidder.kill()
  await bidder.start()
  await serves(1)
  await Promise.all([fleet.redis.restart(), fleet.postgres.restart()])
  await serves(2)
  const synced = await untilSynced(() => syncHot(fleet.store, fleet.hot, CHANNEL, SIGNING.trusted))
  const { acks } = await untilServed(fleet.hot, synced.record.sequence, 1, 20_000)
  assert.equal(acks[0]?.digest, releases[2]?.digest)
})

/** A client whose Redis was away waits up to 5 s before it knocks again; until then each command fails by itself. */
async function untilSynced<T>(sync: () => Promise<T | null>, wait_ms = 20_000): Promise<T> {
  const end_ms = performance.now() + wait_ms
  for (;;) {
    const synced = await sync().catch(error => (performance.now() < end_ms ? null : Promise.reject(error)))
    if (synced) return synced
    assert.ok(performance.now() < end_ms, 'the hot copy never came back')
    await sleep(250)
  }
}
