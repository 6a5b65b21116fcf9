import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, partsOf, priceOf } from '../../fleet/world.ts'
import { rolloutRoot, startController } from '../../rollout/controller.ts'
import { startCanaryLoad } from '../../rollout/load.ts'

const SHARE = 0.1
const WAVES = `  waves:
    10%: {at_least: 2s, auctions: 200, tolerance: 15}
    50%: {at_least: 2s, auctions: 1000, tolerance: 10}
  expires: 2m
`
const BOTH = '{geo: {country: [DE, AT]}}'
const HALF = '{geo: {country: [DE]}}'

test('2 bidders under load: a release that halves the bid rate goes by itself, a harmless one is promoted', {
  skip: withoutRedis || withoutPostgres,
}, async t => {
  const fleet = await startFleet(2)
  t.after(() => fleet.stop())
  const root = rolloutRoot(fleet.folder, WAVES)
  const releases = await Promise.all([BOTH, HALF, BOTH].map((where, n) => buildRelease(n, { where })))
  const [live, bad, good] = releases.map(({ digest }) => digest)
  assert.ok(live && bad && good)
  const prices = new Map(releases.map(({ digest }, n) => [digest.slice(0, 16), priceOf(n)]))
  const { record } = await publish(fleet, releases[0]!) // three were built
  await untilServed(fleet.hot, record.sequence, 2, 20_000)
  const deed = { who: 'lab', at_ms: Date.now(), reason: '' }
  for (const release of releases.slice(1)) await fleet.store.putRelease(partsOf(release), deed)
  const head = async () => peekRecord((await fleet.store.pointer('live')) ?? '')
  const load = startCanaryLoad(fleet.bidders, prices)
  t.after(() => load.stop())

  const controller = startController(fleet, root, bad)
  const scraped = scrapeUntil(fleet.bidders[0]?.adminPort ?? 0, [
    ...arms({ canary: bad, control: live }),
    /^flightplan_arm_bids_total\{arm="canary".* [1-9]/m,
    /^flightplan_arm_decision_ms_bucket\{arm="control",release="\w+",le="\+Inf"\} [1-9]/m,
  ])
  const aborted = await controller.ended
  await scraped
  assert.equal(aborted.code, 7, aborted.said)
  assert.match(aborted.said, /aborted: .*bid_rate: /)
  const answered = [...load.byRelease.values()].reduce((sum, n) => sum + n, 0)
  const ofBad = load.byRelease.get(bad.slice(0, 16)) ?? 0
  t.diagnostic(`${load.asked} asked, ${answered} answered, ${ofBad} by the bad release`)
  assert.ok(ofBad > 20, 'it had auctions')
  // It answers half of its share; five standard deviations of a count above that are chance.
  const most = (SHARE / 2) * load.asked
  assert.ok(ofBad <= most + 5 * Math.sqrt(most), `${ofBad} of ${load.asked} auctions`)
  assert.deepEqual([(await head())?.live, (await head())?.canary], [live, null])

  const promoted = await startController(fleet, root, good).ended
  assert.equal(promoted.code, 0, promoted.said)
  assert.deepEqual([(await head())?.live, (await head())?.canary], [good, null])
  await load.stop()
  assert.deepEqual([load.mixed, load.lost], [[], []])
})

const arms = (digests: Record<string, string>): RegExp[] =>
  Object.entries(digests).map(
    ([arm, digest]) => new RegExp(`^flightplan_arm_auctions_total\\{arm="${arm}",release="${digest}"\\} [1-9]`, 'm'),
  )

/** Scrapes as Prometheus does until one answer shows all; the first auctions of a rollout may all fall to one arm. */
async function scrapeUntil(adminPort: number, shown: RegExp[]): Promise<void> {
  let missing = shown
  for (let i = 0; missing.length > 0 && i < 200; i++) {
    const text = await fetch(`http://127.0.0.1:${adminPort}/metrics`).then(answer => answer.text())
    missing = shown.filter(pattern => !pattern.test(text))
    if (missing.length > 0) await sleep(50)
  }
  assert.deepEqual(missing, [], 'never at /metrics together')
}
