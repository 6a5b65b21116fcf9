/** `flight pause` on a fleet under load: the last bid within a second, measured where the bids arrive. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHANNEL, publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, SIGNING, TRUSTED_TEXT } from '../../fleet/world.ts'
import { rolloutRoot } from '../../rollout/controller.ts'
import { startTraffic } from '../../rollout/traffic.ts'

const FLIGHT = join(import.meta.dirname, '../../../cli/flight.mjs')
const PAUSES: readonly string[] = ['spring/broad', 'spring', 'exchange:alpha']

test('a line item, a campaign and an exchange are paused: last bid ≤ 1 s after the record; each ends, by hand or by itself', {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(2)
  const traffic = startTraffic(fleet.bidders)
  t.after(async () => {
    await traffic.stop()
    await fleet.stop()
  })
  const release = await buildRelease(0)
  const synced = await publish(fleet, release)
  await untilServed(fleet.hot, synced.record.sequence, 2, 20_000)
  const root = rolloutRoot(fleet.folder, '  expires: 1m\n')
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', REDIS_URL: fleet.redis.url, DATABASE_URL: fleet.postgres.url },
    ...{ FLIGHT_SIGNING_KEY: SIGNING.privateKey, FLIGHT_TRUSTED_KEYS: TRUSTED_TEXT },
  }
  const flight = async (...args: string[]) => {
    const child = spawn(process.execPath, [FLIGHT, ...args, '--root', root], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text))
    const [code] = await once(child, 'close')
    return { code, said }
  }
  const madeAt = async () => (await fleet.store.history(`${CHANNEL}-pauses`, 1))[0]?.at_ms ?? Number.NaN
  const bids = () => traffic.byRelease.get(release.digest.slice(0, 16)) ?? 0
  const untilBids = async (): Promise<void> => {
    const [before, end_ms] = [bids(), Date.now() + 10_000]
    while (bids() === before) {
      assert.ok(Date.now() < end_ms, 'it never bid again')
      await sleep(20)
    }
  }
  await untilBids()

  for (const what of PAUSES) {
    const { code, said } = await flight('pause', what, '--for', '5m', '--reason', 'test')
    assert.equal(code, 0, said)
    await sleep(1500)
    const at_ms = await madeAt()
    const last_ms = traffic.lastBid_ms - at_ms
    assert.ok(last_ms <= 1000, `${what}: the last bid came ${last_ms} ms after the record`)
    const before = bids()
    await sleep(500)
    assert.equal(bids(), before, `${what} bids again`)
    t.diagnostic(`${what}: last bid ${last_ms} ms after the record was made`)
    const resumed = await flight('resume', what, '--reason', 'test')
    assert.equal(resumed.code, 0, resumed.said)
    await untilBids()
  }

  assert.equal((await flight('pause', 'spring', '--for', '3s', '--reason', 'test')).code, 0)
  await sleep(1200)
  const paused = bids()
  await sleep(300)
  assert.equal(bids(), paused)
  await untilBids() // by itself
  const { code, said } = await flight('resume', 'spring', '--reason', 'test')
  assert.equal(code, 64, said)
  assert.match(said, /spring is not paused/)
  assert.equal(traffic.failed, 0)
})
