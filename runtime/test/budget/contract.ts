/** What every implementation of the books must do. */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Books, BudgetMode, Entry, Grant, LeaseRow, Truth } from '../../budget/port.ts'

const SEED = 20_261_124
const NOW = 1_800_000_000_000
const TTL = 5000
const FORGET = 60_000
const DAY = 20_833

let nth = 0

/** @param open books on the same data at each call */
export function booksContract(name: string, skip: string | false, open: () => Promise<Books>): void {
  describe(`books: ${name}`, { skip }, () => {
    const opened: Books[] = []
    after(() => Promise.all(opened.map(one => one.close())))
    const fresh = async (mode: BudgetMode = 'hazard') => {
      const books = await open()
      opened.push(books)
      const campaign = `c${process.pid}-${++nth}`
      await books.rebuild(campaign, [], [], NOW)
      return { books, campaign, ...hands(books, campaign, mode) }
    }

    it('never grants more than is left of day and total, whoever asks, and says which is short', async () => {
      const { ask } = await fresh()
      const limits = { daily_nano: 100, total_nano: 150 }
      assert.deepEqual(await ask('a', { ...limits, want_nano: 70 }), granted(70))
      assert.deepEqual(await ask('b', { ...limits, want_nano: 70 }), { ...granted(30), short: 'daily' })
      assert.deepEqual(await ask('b', { ...limits, day: DAY + 1, want_nano: 70 }), { ...granted(50), short: 'total' })
    })

    it('returns what a node gives back, and keeps what its open bids may cost', async () => {
      const { ask } = await fresh()
      await ask('a', { daily_nano: 100, want_nano: 100 })
      const given = await ask('a', { daily_nano: 100, used_nano: 40, open_nano: 15, held_nano: 60, want_nano: 0 })
      assert.equal(given.grant_nano, -60)
      // What is given up is free when the node has confirmed that it did not spend it meanwhile.
      assert.equal((await ask('b', { daily_nano: 100, want_nano: 100 })).grant_nano, 25)
      await ask('a', { daily_nano: 100, used_nano: 40, open_nano: 15, held_nano: 0, want_nano: 0 })
      const more = await ask('b', { daily_nano: 100, held_nano: 25, want_nano: 100 })
      assert.equal(more.grant_nano, 60)
    })

    it('hard: a bid keeps its price until its bill, its loss or a report, also after its node died', async () => {
      const { books, campaign, ask, entry, balance } = await fresh('hard')
      await ask('a', { daily_nano: 100, want_nano: 100 })
      await ask('a', { daily_nano: 100, used_nano: 60, held_nano: 40, want_nano: 40 })
      assert.deepEqual(await balance(), { settled_nano: 0, lost_nano: 0, open_nano: 60, claimed_nano: 40 })
      const book = (bid: string, e: Entry) => ({ campaign, bid, entries: [e], remember_ms: FORGET })
      assert.equal(await books.settle(book('1', entry(20, 12))), 'booked')
      assert.equal(await books.release(book('2', entry(20, 0))), 'booked')
      assert.deepEqual(await balance(), { settled_nano: 12, lost_nano: 0, open_nano: 20, claimed_nano: 40 })
      assert.equal((await ask('b', { daily_nano: 100, want_nano: 100 }, TTL + 1)).grant_nano, 28)
      assert.equal((await balance()).open_nano, 60, 'what the dead node held counts as bid')
      assert.equal(await books.settle(book('3', entry(20, 20))), 'booked')
      assert.equal((await balance()).settled_nano, 32)
      const truth: Truth = { account: 'campaign', day: DAY, settled_nano: 35, lost_nano: 0, open_nano: 0 }
      assert.deepEqual(await books.reconcile(campaign, [truth]), [3])
      assert.deepEqual(await balance(), { settled_nano: 35, lost_nano: 0, open_nano: 0, claimed_nano: 28 })
    })

    it('a lease that ran out is void: its node starts anew, in hazard mode after its bills have come', async () => {
      for (const [mode, later_ms] of [
        ['hard', TTL + 1],
        ['hazard', FORGET + 1],
      ] as const) {
        const { ask } = await fresh(mode)
        await ask('a', { want_nano: 50 })
        const again = await ask('a', { held_nano: 50, want_nano: 30 }, later_ms)
        assert.deepEqual(again, { grant_nano: 30, isVoid: true, short: null })
      }
    })

    it('books a bid once: duplicates change nothing, a bill after a loss counts, a loss after a bill does not', async () => {
      const { books, campaign, ask, entry, balance } = await fresh('hard')
      await ask('a', { want_nano: 100 })
      await ask('a', { used_nano: 100, want_nano: 0 })
      const of = (bid: string, cost_nano: number) => ({
        ...{ campaign, bid, remember_ms: FORGET, entries: [{ ...entry(10, cost_nano), lost_nano: cost_nano / 4 }] },
      })
      const said = [
        ...[await books.settle(of('x', 8)), await books.settle(of('x', 8)), await books.release(of('x', 0))],
        ...[await books.release(of('y', 0)), await books.release(of('y', 0)), await books.settle(of('y', 4))],
      ]
      assert.deepEqual(said, ['booked', 'duplicate', 'duplicate', 'booked', 'duplicate', 'after_release'])
      assert.deepEqual(await balance(), { settled_nano: 12, lost_nano: 3, open_nano: 80, claimed_nano: 0 })
    })

    it('impressions, line items and segments of a request are granted together, each by its own limit', async () => {
      const { books, campaign, row, request } = await fresh()
      const rows = [
        row({ account: 'campaign', daily_nano: 100, want_nano: 90 }),
        row({ account: 'line_item:a', total_nano: 40, want_nano: 90 }),
        row({ account: 'impressions:a', day: 0, total_nano: 3, want_nano: 8 }),
      ]
      const answer = await books.lease({ ...request('a'), campaign, rows })
      assert.deepEqual(answer.state === 'granted' && answer.grants.map(grant => grant.grant_nano), [90, 40, 3])
    })

    it('a stopped campaign: nothing is granted and what is held is to be given up; then it goes on', async () => {
      const { books, campaign, ask } = await fresh()
      await ask('a', { want_nano: 50 })
      await books.setStopped(campaign, true)
      assert.deepEqual(await ask('a', { held_nano: 50, want_nano: 50 }), { ...granted(-50), short: 'stopped' })
      await books.setStopped(campaign, false)
      assert.deepEqual(await ask('a', { want_nano: 50 }), granted(50))
    })

    it('a budget edited below what is spent leaves nothing, and is no debt when it is raised again', async () => {
      const { books, campaign, ask, entry } = await fresh()
      await books.settle({ campaign, bid: '1', entries: [entry(0, 80)], remember_ms: FORGET })
      assert.deepEqual(await ask('a', { daily_nano: 50, want_nano: 20 }), { ...granted(0), short: 'daily' })
      assert.deepEqual(await ask('a', { daily_nano: 90, want_nano: 20 }), { ...granted(10), short: 'daily' })
      assert.deepEqual(await ask('a', { daily_nano: 50, held_nano: 10, want_nano: 20 }), {
        ...{ grant_nano: -10, isVoid: false, short: 'daily' },
      })
    })

    it('books that were never built, or lost, give no lease and book nothing; rebuilt they know the ledger', async () => {
      const { books } = await fresh()
      const campaign = `c${process.pid}-lost`
      const { ask, entry, row, request } = hands(books, campaign, 'hazard')
      const booking = { campaign, bid: '1', entries: [entry(0, 5)], remember_ms: FORGET }
      assert.deepEqual(await books.lease({ ...request('a'), rows: [row({ want_nano: 1 })] }), { state: 'unbuilt' })
      assert.equal(await books.settle(booking), 'unbuilt')
      assert.equal(await books.balance(campaign, 'campaign', DAY), null)
      const truth = { account: 'campaign', day: DAY, settled_nano: 30, lost_nano: 6, open_nano: 4 }
      await books.rebuild(campaign, [truth], [{ bid: '1', remember_ms: FORGET }], NOW + TTL)
      assert.deepEqual(await books.lease({ ...request('a'), rows: [row({ want_nano: 1 })] }), { state: 'unbuilt' })
      assert.equal((await ask('a', { daily_nano: 100, want_nano: 100 }, TTL)).grant_nano, 60)
      assert.equal(await books.settle(booking), 'duplicate')
    })

    it('a request that comes late is not obeyed', async () => {
      const { books, ask, row, request } = await fresh()
      const late = { ...request('a'), rows: [row({ want_nano: 90 })] }
      await ask('a', { want_nano: 10 })
      assert.deepEqual(await books.lease(late), { state: 'stale' })
    })

    it('amounts are exact around 1e14 and 2^53', async () => {
      for (const most of [1e14 - 1, 1e14, 1e14 + 1, 2 ** 53 - 1]) {
        const { books, campaign, ask, entry, balance } = await fresh()
        await books.settle({ campaign, bid: '1', entries: [entry(0, most - 1)], remember_ms: FORGET })
        assert.equal((await balance()).settled_nano, most - 1)
        assert.deepEqual(await ask('a', { total_nano: most, want_nano: 9 }), { ...granted(1), short: 'total' })
      }
    })

    it('whatever happens in whatever order: never above a limit, and days add up', async () => {
      for (const mode of ['hard', 'hazard'] as const) await neverAbove(mode, fresh)
    })
  })
}

const granted = (grant_nano: number): Grant => ({ grant_nano, isVoid: false, short: null })

let sequence = 0

function hands(books: Books, campaign: string, mode: BudgetMode) {
  const row = (of: Partial<LeaseRow>): LeaseRow => ({
    ...{ account: 'campaign', day: DAY, daily_nano: null, total_nano: null },
    ...{ used_nano: 0, open_nano: 0, held_nano: 0, want_nano: 0, ...of },
  })
  const request = (node: string, after_ms = 0) => ({
    ...{ campaign, node, mode, sequence: ++sequence, now_ms: NOW + after_ms },
    ...{ expires_ms: NOW + after_ms + TTL, forget_ms: NOW + after_ms + FORGET },
  })
  return {
    row,
    request,
    async ask(node: string, of: Partial<LeaseRow>, after_ms = 0): Promise<Grant> {
      const answer = await books.lease({ ...request(node, after_ms), rows: [row(of)] })
      assert.equal(answer.state, 'granted')
      return (answer.state === 'granted' && answer.grants[0]) || granted(Number.NaN)
    },
    entry: (charged_nano: number, cost_nano: number): Entry => ({
      ...{ account: 'campaign', day: DAY, charged_nano, cost_nano, lost_nano: 0 },
    }),
    async balance(day: number | null = DAY) {
      const found = await books.balance(campaign, 'campaign', day)
      assert.ok(found)
      return found
    },
  }
}

const step = fc.record({
  node: fc.integer({ min: 0, max: 2 }),
  day: fc.integer({ min: 0, max: 1 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  want: fc.integer({ min: 0, max: 400 }),
  passes_ms: fc.constantFrom(0, 100, 1000, TTL + 1),
})

/** Three nodes that spend parts of what they hold: every nano that could be spent is in the books. */
async function neverAbove(mode: BudgetMode, fresh: (mode: BudgetMode) => Promise<ReturnType<typeof hands>>) {
  const limits = { daily_nano: 700, total_nano: 1000 }
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
    const { ask, balance } = await fresh(mode)
    const nodes = [0, 1, 2].map(() => [0, 1].map(() => ({ used: 0, held: 0, until: 0 })))
    let now = 0
    for (const { node, day, share, want, passes_ms } of steps) {
      now += passes_ms
      const mine = nodes[node]![day]! // of three nodes and two days
      if (now >= mine.until) mine.held = 0 // a node spends nothing of a lease that ran out
      const spends = Math.floor(mine.held * share)
      mine.used += spends
      mine.held -= spends
      // hazard: nothing of it decays here, so the limits must hold for full prices as well
      const open_nano = mode === 'hazard' ? mine.used : 0
      const of = { day: DAY + day, used_nano: mine.used, open_nano, held_nano: mine.held, want_nano: want, ...limits }
      const grant = await ask(`n${node}`, of, now)
      mine.held = Math.max(0, (grant.isVoid ? 0 : mine.held) + grant.grant_nano)
      mine.until = now + TTL
      const possible = nodes.map(days => days.map(one => one.used + one.held))
      const ofDay = [0, 1].map(d => possible.reduce((sum, days) => sum + days[d]!, 0)) // two days
      assert.ok(ofDay.every(sum => sum <= limits.daily_nano) && ofDay[0]! + ofDay[1]! <= limits.total_nano)
      const [first, second, all] = [await balance(DAY), await balance(DAY + 1), await balance(null)]
      for (const column of ['settled_nano', 'lost_nano', 'open_nano', 'claimed_nano'] as const)
        assert.equal(first[column] + second[column], all[column])
    }
  })
  await fc.assert(property, { seed: SEED, numRuns: 40 })
}
