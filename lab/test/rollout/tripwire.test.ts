/**
 * One line item of 1,000 goes wrong in a release, on a real bidder with Redis and Postgres: it is stopped before 1% of
 * its old daily budget is gone, on the books of a sender that invoices every bid.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { publish, startFleet, untilServed } from '../../fleet/fleet.ts'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { buildRelease, partsOf } from '../../fleet/world.ts'
import { seeded } from '../../random.ts'
import { rolloutRoot, startController } from '../../rollout/controller.ts'
import { CPM, DAILY_USD, startSender, thousandLines, type Wrong } from '../../rollout/thousand.ts'

const SEED = 5
const WAVES = `  waves:
    1%: {at_least: 60s, auctions: 100000}
  expires: 2m
`
const DRAIN_MS = 60_000

/** A larger budget is only told apart once the old one is spent, as by the evening of a day. */
const WRONGS: readonly (Wrong & { name: string; isSpent?: true })[] = [
  { name: 'ten times the bid', item: 0, cpm: 10 * CPM },
  { name: 'no targeting any more', item: 1, isTargeted: false },
  { name: 'a hundred times the budget', item: 2, daily: 100 * DAILY_USD[2], isSpent: true },
]

test(`1,000 line items, one goes wrong (seed ${SEED})`, { skip: withoutRedis || withoutPostgres }, async t => {
  const fleet = await startFleet(1)
  t.after(() => fleet.stop())
  const [bidder] = fleet.bidders
  assert.ok(bidder)
  const root = rolloutRoot(fleet.folder, WAVES)
  const old = await buildRelease(0, { lines: thousandLines() })
  const { record } = await publish(fleet, old)
  await untilServed(fleet.hot, record.sequence, 1, 20_000)
  const sender = startSender(bidder, seeded(SEED))
  t.after(() => sender.stop())

  for (const [n, { name, isSpent, ...wrong }] of WRONGS.entries())
    await t.test(name, async t2 => {
      const item = `spring/li-${wrong.item}`
      const release = await buildRelease(n + 1, { lines: thousandLines(wrong) })
      await fleet.store.putRelease(partsOf(release), { who: 'lab', at_ms: Date.now(), reason: '' })
      if (isSpent) await untilStill(() => sender.invoiced(old.digest, item))
      const { code, said } = await startController(fleet, root, release.digest).ended
      const gone = sender.invoiced(release.digest, item) / ((DAILY_USD[wrong.item] ?? 0) * 1e9)
      t2.diagnostic(`${(100 * gone).toFixed(2)}% of its old daily budget: ${/aborted.*/.exec(said)?.[0]}`)
      assert.equal(code, 7, said)
      assert.match(said, new RegExp(`aborted: .*tripped: bidder-1 stopped ${item}:`))
      assert.ok(gone > 0 && gone < 0.01, `${gone}`)
    })
  assert.deepEqual(sender.faults, [])
})

/** Until a second passes without change. */
async function untilStill(value: () => number): Promise<void> {
  const end_ms = performance.now() + DRAIN_MS
  for (let before = -1; value() !== before; await sleep(1000)) {
    assert.ok(performance.now() < end_ms, 'the old budget is not spent')
    before = value()
  }
}
