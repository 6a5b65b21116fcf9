/** The whole of it: real bidders, Redis, Postgres, and `flight rollout start --watch`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { CHANNEL, publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, partsOf } from '../../fleet/world.ts'
import { rolloutRoot, startController } from '../../rollout/controller.ts'
import { startTraffic } from '../../rollout/traffic.ts'

const WAVES = `  waves:
    5%: {at_least: 1s, auctions: 150, tolerance: 12}
    25%: {at_least: 2s, auctions: 500, tolerance: 8}
    50%: {at_least: 2s, auctions: 1500, tolerance: 6}
  expires: 3m
`
const short = (digest: string) => digest.replace(/^sha256:/, '').slice(0, 16)

test('a release that bids half is aborted without a hand, its canary small; a harmless one is promoted', {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(2)
  const traffic = startTraffic(fleet.bidders) // before the first release it hears no-bids
  t.after(async () => {
    await traffic.stop()
    await fleet.stop()
  })
  const [old, bad, good] = [await buildRelease(0), await buildRelease(-300), await buildRelease(1)] // 5.00, 2.00, 5.01
  await publish(fleet, old)
  for (const release of [bad, good])
    await fleet.store.putRelease(partsOf(release), { who: 'lab', at_ms: Date.now(), reason: '' })
  const [head] = await fleet.store.history(CHANNEL, 1)
  await untilServed(fleet.hot, head?.sequence ?? 0, 2, 20_000)
  const root = rolloutRoot(fleet.folder, WAVES)
  const bidsOf = (digest: string) => traffic.byRelease.get(short(digest)) ?? 0
  await sleep(500)

  const aborted = await startController(fleet, root, bad.digest).ended
  assert.equal(aborted.code, 7, aborted.said)
  assert.match(aborted.said, /aborted/)
  const all = [...traffic.byRelease.values()].reduce((sum, n) => sum + n, 0)
  assert.ok(bidsOf(bad.digest) > 0, 'it was tried')
  assert.ok(bidsOf(bad.digest) < 0.2 * all, `${bidsOf(bad.digest)} of ${all}`)
  await untilAlone(fleet, old.digest)
  const tried = bidsOf(bad.digest)
  await sleep(1000)
  assert.ok(bidsOf(bad.digest) - tried < 50, 'and then no more')

  const promoted = await startController(fleet, root, good.digest).ended
  assert.equal(promoted.code, 0, promoted.said)
  assert.equal(peekRecord((await fleet.hot.pointer(CHANNEL)) ?? '')?.live, good.digest)
  const before = bidsOf(old.digest)
  await sleep(1500)
  const [later, others] = [bidsOf(good.digest), bidsOf(old.digest) - before]
  assert.ok(later > 100 && others < 50, `${later} of the new one, ${others} of the old one since`)
  assert.equal(traffic.failed, 0)
  t.diagnostic(`${JSON.stringify(Object.fromEntries(traffic.byRelease))} of ${all} auctions by the abort`)
})

/** Every bidder is back on the release alone. */
async function untilAlone(fleet: Awaited<ReturnType<typeof startFleet>>, digest: string): Promise<void> {
  const [entry] = await fleet.store.history(CHANNEL, 1)
  const { acks } = await untilServed(fleet.hot, entry?.sequence ?? 0, 2, 10_000)
  assert.ok(acks.every(ack => ack.digest === digest))
}
