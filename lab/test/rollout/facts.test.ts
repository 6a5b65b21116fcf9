/** Facts on their own channel, on real bidders, Redis and Postgres, by the commands that people run. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fleet, publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, priceOf } from '../../fleet/world.ts'
import { rolloutRoot, runFlight } from '../../rollout/controller.ts'
import { startCanaryLoad } from '../../rollout/load.ts'

const WAVES = `  waves:
    5%: {at_least: 1s, auctions: 200, tolerance: 15}
    50%: {at_least: 1s, auctions: 500, tolerance: 15}
  expires: 2m
`
const ratesOf = (eur: string, at_ms = Date.now()) => ({
  rates: { base: 'USD', at_ms, max_age_ms: 86_400_000, source: 'example', per_unit: { EUR: eur } },
})
const NONE = { audits: {}, deals: {}, sellers: {}, invalid_traffic: { networks: [], agents: [] } }
/** A list of bots that names the browser of everybody: all traffic is invalid by it. */
const BROKEN = { invalid_traffic: { networks: [], agents: ['Mozilla/5.0'] } }

test('facts: the first at once, harmless ones by waves, broken ones back by themselves', {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(2)
  t.after(() => fleet.stop())
  const root = rolloutRoot(fleet.folder, WAVES)
  const release = await buildRelease(0)
  const { record } = await publish(fleet, release)
  await untilServed(fleet.hot, record.sequence, 2, 20_000)
  const flight = (...args: string[]) => runFlight(fleet, ['facts', ...args, '--root', root])
  const draft = async (parts: object): Promise<string> => {
    writeFileSync(join(root, 'parts.json'), JSON.stringify(parts))
    const { code, said } = await flight('import', join(root, 'parts.json'))
    assert.equal(code, 0, said)
    return /sha256:\w+/.exec(said)?.[0] ?? ''
  }

  const first = await draft({ ...ratesOf('1.08'), ...NONE })
  const published = await flight('publish', '--reason', 'first', '--wait', '20')
  assert.equal(published.code, 0, published.said)
  assert.deepEqual(await servedFacts(fleet), [first, first])
  assert.match((await flight('status')).said, /2 of 2 have them/)

  const load = startCanaryLoad(fleet.bidders, new Map([[release.digest.slice(0, 16), priceOf(0)]]))
  t.after(() => load.stop())
  const second = await draft(ratesOf('1.09'))
  const promoted = await flight('publish', '--watch')
  assert.equal(promoted.code, 0, promoted.said)
  assert.deepEqual(await servedFacts(fleet), [second, second])

  await draft(BROKEN)
  const answeredBefore = load.byRelease.get(release.digest.slice(0, 16)) ?? 0
  const askedBefore = load.asked
  const aborted = await flight('publish', '--watch')
  assert.equal(aborted.code, 7, aborted.said)
  assert.match(aborted.said, /aborted: .*bid_rate: /)
  const [answered, asked] = [
    (load.byRelease.get(release.digest.slice(0, 16)) ?? 0) - answeredBefore,
    load.asked - askedBefore,
  ]
  t.diagnostic(`${asked - answered} of ${asked} auctions had no bid while broken facts were tried`)
  assert.ok(answered > 0.93 * asked, `${answered} of ${asked}`)
  assert.deepEqual(await servedFacts(fleet), [second, second])

  await draft(ratesOf('1.09', Date.now() - 2 * 86_400_000))
  const stale = await flight('publish')
  assert.equal(stale.code, 1, stale.said)
  assert.match(stale.said, /48\.0 h old, at most 24\.0 h/)

  await load.stop()
  assert.deepEqual([load.mixed, load.lost], [[], []])
  const [bidder] = fleet.bidders
  await bidder?.kill()
  await Promise.all([fleet.redis.kill(), fleet.postgres.kill()])
  await bidder?.start()
  await sleep(4000) // so long a start waits for the channel before it takes what is on the disk
  assert.equal((await servedFacts(fleet))[0], second, 'a cold start with everything down has its last good facts')
  await Promise.all([fleet.redis.restart(), fleet.postgres.restart()])
})

/** The digest of the facts that each bidder serves. */
const servedFacts = ({ bidders }: Fleet): Promise<string[]> =>
  Promise.all(
    bidders.map(async ({ adminPort }) => {
      const text = await fetch(`http://127.0.0.1:${adminPort}/metrics`).then(answer => answer.text())
      return /^flightplan_release_info\{.*facts="([^"]*)"/m.exec(text)?.[1] ?? ''
    }),
  )
