/** Releases that harm, on real bidders, Redis and Postgres: each is taken back without a hand, with few auctions exposed. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { findOpa } from '../../../policies/opa.ts'
import { publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, POLICIES, partsOf, priceOf, type Variant } from '../../fleet/world.ts'
import { rolloutRoot, startController } from '../../rollout/controller.ts'
import { startCanaryLoad } from '../../rollout/load.ts'
import { slowPolicies } from '../../rollout/slow-policy.ts'

const WAVES = `  waves:
    1%: {at_least: 5s, auctions: 200, tolerance: 15}
  expires: 2m
`
/** Of all auctions of the fleet, from the start of the rollout to its end. */
const MOST_EXPOSED = 0.02
/** Network and headroom, which an exchange that states none takes off. */
const RESERVE_MS = 25
const opa = findOpa({ install: false })
const skip =
  withoutRedis || withoutPostgres || (opa || process.env['CI'] === 'true' ? false : 'no opa of the right version')

interface Harm {
  name: string
  variant(folder: string): Variant
  gate: RegExp
  tmax?: number
}
const HARMS: readonly Harm[] = [
  { name: 'bids half as often', variant: () => ({ where: '{geo: {country: [DE]}}' }), gate: /bid_rate: / },
  { name: 'doubles prices', variant: () => ({ cpm: 2 * priceOf(0) }), gate: /price: / },
  {
    name: 'decides slowly',
    variant: folder => ({ policies: slowPolicies(POLICIES, join(folder, 'slow'), 800, opa ?? 'opa') }),
    gate: /decision_(mean|p99): /,
  },
  {
    name: 'is too late for its callers',
    variant: folder => ({ policies: slowPolicies(POLICIES, join(folder, 'late'), 6000, opa ?? 'opa') }),
    gate: /late: /,
    tmax: RESERVE_MS + 2,
  },
]

test('2 bidders under load: a harmful release goes by itself, below 2% of the auctions', { skip }, async t => {
  const fleet = await startFleet(2)
  t.after(() => fleet.stop())
  const root = rolloutRoot(fleet.folder, WAVES)
  const good = await buildRelease(0)
  const bad = await Promise.all(
    HARMS.map(({ variant }, n) => buildRelease(n + 1, { cpm: priceOf(0), ...variant(fleet.folder) })),
  )
  const { record } = await publish(fleet, good)
  await untilServed(fleet.hot, record.sequence, 2, 20_000)
  const deed = { who: 'lab', at_ms: Date.now(), reason: '' }
  for (const release of bad) await fleet.store.putRelease(partsOf(release), deed)
  const prices = new Map(
    [good, ...bad].map(({ digest }, n) => [digest.slice(0, 16), n === 2 ? 2 * priceOf(0) : priceOf(0)]),
  )

  for (const [n, { name, gate, tmax }] of HARMS.entries())
    await t.test(name, async t2 => {
      const digest = bad[n]?.digest ?? ''
      const load = startCanaryLoad(fleet.bidders, prices, tmax ? { tmax } : {})
      try {
        const { code, said } = await startController(fleet, root, digest).ended
        const reports = (await fleet.hot.canaryReports('live')).filter(({ canary }) => canary === digest)
        const exposed = reports.reduce((sum, { arms }) => sum + arms.canary.auctions, 0)
        t2.diagnostic(`${exposed} of ${load.asked} auctions: ${/aborted.*/.exec(said)?.[0]}`)
        assert.equal(code, 7, said)
        assert.match(/aborted: .*/.exec(said)?.[0] ?? '', gate)
        assert.ok(exposed > 100, `${exposed} auctions had it`)
        assert.ok(exposed < MOST_EXPOSED * load.asked, `${exposed} of ${load.asked}`)
        const head = peekRecord((await fleet.store.pointer('live')) ?? '')
        assert.deepEqual([head?.live, head?.canary], [good.digest, null])
      } finally {
        await load.stop()
      }
      assert.deepEqual([load.mixed, load.lost], [[], []])
    })
})
