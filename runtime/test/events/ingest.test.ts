/** What the log does with what it is given, on the real engine. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import type { NodeMark } from '@flightplan/contract/marks.ts'
import { type Database, migrate, openClickHouse } from '../../events/clickhouse.ts'
import { eraseUser } from '../../events/erase.ts'
import { type Batch, openIngest } from '../../events/ingest.ts'
import { rollDay, staleDays } from '../../events/roll.ts'
import { skip, temporaryFolder } from './chdb.ts'
import { DAY, NOON_MS, someEvent } from './event.ts'

const TABLES = [
  'events',
  'books',
  'exposures',
  'touched',
  'rolled',
  'offsets',
  'marks',
  'rejected',
  'broken_promises',
  'erased',
]
const parts = { now_ms: Date.now, random: Math.random }

function batchOf(messages: readonly (object | string)[], more: Partial<Batch> = {}): Batch {
  const texts = messages.map(one => (typeof one === 'string' ? one : JSON.stringify(one)))
  const placed = texts.map((text, position) => ({ position, text }))
  return { source: 'spool:a', part: '1.ndjson', next: messages.length, messages: placed, ...more }
}

describe('ingest', { skip }, () => {
  let database: Database
  before(async () => {
    database = openClickHouse({ url: null, folder: temporaryFolder() })
    await migrate(database)
  })
  beforeEach(async () => {
    for (const table of TABLES) await database.run(`TRUNCATE TABLE ${table}`)
  })
  after(() => database?.close())

  const write = (messages: readonly (object | string)[], more: Partial<Batch> = {}) =>
    openIngest(database, Date.now).write(batchOf(messages, more))
  const spent = async () => {
    const [row] = await database.rows<{ nano: string; n: string }>(
      "SELECT sum(cost_nano) AS nano, sum(n) AS n FROM books_now WHERE kind = 'bill'",
    )
    return `${row?.n} for ${row?.nano}`
  }
  const roll = async () => {
    for (const day of await staleDays(database)) await rollDay(database, day, parts)
  }

  it('counts an event once, however often it comes', async () => {
    for (let again = 0; again < 3; again++) {
      await write([someEvent(), someEvent(), someEvent({ result: 'duplicate' })])
      assert.equal(await spent(), '1 for 5000000')
      await roll()
      assert.equal(await spent(), '1 for 5000000')
      await database.run('OPTIMIZE TABLE events FINAL')
    }
    assert.equal((await database.rows("SELECT id FROM events WHERE result = 'duplicate'")).length, 1)
  })

  it('counts the first of two notices, in whatever order they arrive', async () => {
    const early = someEvent({ cost_nano: 1 })
    const late = someEvent({ cost_nano: 2, at_ms: early.at_ms + 5, node: 'bidder-2' })
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      await database.run('TRUNCATE TABLE events')
      for (const event of order) await write([event])
      assert.equal(await spent(), '1 for 1')
    }
  })

  it('books what is counted only', async () => {
    const results = ['late', 'test', 'unbillable', 'duplicate'] as const
    await write(results.map(result => someEvent({ id: `${result}:bill`, result })))
    assert.equal(await spent(), '0 for 0')
  })

  it('holds amounts that no double holds', async () => {
    const most = '9223372036854775807'
    const amounts = ['9007199254740993', most, most]
    // As JSON text: the contract allows decimal text above 2^53.
    await write(amounts.map((cost_nano, n) => ({ ...someEvent({ id: `n${n}:bill` }), cost_nano })))
    const sum = amounts.reduce((total, amount) => total + BigInt(amount), 0n)
    assert.equal(await spent(), `3 for ${sum}`)
    await roll()
    assert.equal(await spent(), `3 for ${sum}`)
  })

  it('is whole again after a fault at any step', async () => {
    const messages = [...[1, 2, 3].map(n => someEvent({ id: `n${n}:bill` })), 'not an event', mark(NOON_MS)]
    const steps = await countCalls(async counting => openIngest(counting, Date.now).write(batchOf(messages)))
    assert.ok(steps >= 8, `${steps} steps`)
    for (let failing = 0; failing < steps; failing++) {
      for (const table of TABLES) await database.run(`TRUNCATE TABLE ${table}`)
      await assert.rejects(openIngest(faultAt(failing), Date.now).write(batchOf(messages)), /step/)
      await roll()
      // A new process: what the one before had in memory is gone.
      await write(messages)
      assert.equal(await spent(), '3 for 15000000', `step ${failing}`)
      await roll()
      assert.equal(await spent(), '3 for 15000000', `step ${failing}, rolled`)
      assert.equal((await database.rows('SELECT * FROM rejected FINAL')).length, 1)
      assert.equal((await database.rows('SELECT * FROM broken_promises')).length, 0)
      assert.equal(await openIngest(database, Date.now).nextOf('spool:a', '1.ndjson'), messages.length)
    }
  })

  it('leaves a day stale that was written to while it was rolled', async () => {
    await write([someEvent()])
    await roll()
    // As a batch that had touched before the roll and inserts after it.
    await database.insert('events', [someEvent({ id: 'n2:bill' })])
    await database.insert('touched', [{ day: DAY, n: 1 }])
    assert.deepEqual(await staleDays(database), [DAY])
    assert.equal(await spent(), '2 for 10000000')
  })

  it('keeps what is no event, with where it stood and why', async () => {
    const wrong: [object | string, RegExp][] = [
      ['{', /not JSON/],
      ['[]', /not a JSON object/],
      [{ ...someEvent(), kind: 'gift' }, /kind/],
      [{ ...someEvent(), cost_nano: 1.5 }, /cost_nano/],
      [{ ...someEvent(), cost_nano: '9223372036854775808' }, /cost_nano/],
      [{ ...someEvent(), at_ms: 2 ** 43 }, /at_ms/],
      [{ ...someEvent(), day: DAY + 4 }, /day/],
      [{ ...someEvent(), user: undefined }, /user/],
      [{ ...someEvent(), campaign: 'x'.repeat(600) }, /campaign/],
      [{ mark: '', complete_ms: 1 }, /mark/],
    ]
    await write([...wrong.map(([message]) => message), { ...someEvent(), later_field: 1 }])
    const rows = await database.rows<{ why: string }>('SELECT why FROM rejected FINAL ORDER BY position')
    assert.equal(rows.length, wrong.length)
    for (const [at, [, why]] of wrong.entries()) assert.match(rows[at]?.why ?? '', why)
    assert.equal(await spent(), '1 for 5000000')
  })

  it('books what comes after the close beside the day', async () => {
    const close_ms = DAY * 86_400_000 + 36 * 3_600_000 + 86_400_000
    await write([someEvent({ id: 'n1:bill', at_ms: close_ms }), someEvent({ id: 'n2:bill', at_ms: close_ms + 1 })])
    const [row] = await database.rows<{ spend_nano: string; after_close_nano: string }>(
      `SELECT spend_nano, after_close_nano FROM report_delivery(since = ${DAY}, until = ${DAY}, campaign = '')`,
    )
    assert.deepEqual([row?.spend_nano, row?.after_close_nano], ['5000000', '5000000'])
  })

  it('erases a person, and a replay does not bring them back', async () => {
    const person = [someEvent({ user: 'ff00' }), someEvent({ id: 'n1:click', kind: 'click', user: 'ff00' })]
    const messages = [...person, someEvent({ id: 'n2:bill' })]
    await write(messages)
    await roll()
    const removed = await eraseUser(database, 'ff00', 'asked to be', parts)
    assert.deepEqual(removed, {
      events: [
        { kind: 'bill', n: 1 },
        { kind: 'click', n: 1 },
      ],
      days: [DAY],
    })
    const check = async () => {
      assert.deepEqual(await database.rows("SELECT id FROM events WHERE user = 'ff00'"), [])
      assert.equal(await spent(), '2 for 10000000')
      const people = await database.rows<{ people: string }>(
        `SELECT people FROM report_reach(since = ${DAY}, until = ${DAY}, campaign = '')`,
      )
      assert.deepEqual(people, [{ people: '1' }])
    }
    await check()
    assert.deepEqual(await database.rows("SELECT * FROM exposures WHERE viewer = cityHash64('spring', 'ff00')"), [])
    await write(messages)
    await check()
    assert.deepEqual((await eraseUser(database, 'ff00', 'asked to be', parts)).events, [])
  })

  describe('watermark', () => {
    const complete = async () => {
      const [row] = await database.rows<{ complete_ms: string }>('SELECT complete_ms FROM watermark')
      return Number(row?.complete_ms)
    }
    const kafka = (part: string, messages: (LoggedEvent | NodeMark)[]) =>
      write(messages, { source: 'fp.notices.v1', part })

    it('is unknown where a node or a part has said nothing', async () => {
      assert.equal(await complete(), 0)
      await write([someEvent()])
      assert.equal(await complete(), 0)
      await openIngest(database, Date.now).expect('fp.notices.v1', ['0', '1'])
      await kafka('0', [mark(NOON_MS)])
      assert.equal(await complete(), 0)
      await kafka('1', [mark(NOON_MS + 5)])
      assert.equal(await complete(), 0) // the spool's node
      await write([mark(NOON_MS + 9)])
      assert.equal(await complete(), NOON_MS)
    })

    it('is that of the slowest node in the slowest part', async () => {
      await kafka('0', [mark(NOON_MS, 'a'), mark(NOON_MS + 70, 'b')])
      await kafka('1', [mark(NOON_MS + 50, 'a')])
      assert.equal(await complete(), 0) // b has not spoken in part 1
      await kafka('1', [mark(NOON_MS + 60, 'b')])
      assert.equal(await complete(), NOON_MS)
      await kafka('0', [mark(NOON_MS + 80, 'a')])
      assert.equal(await complete(), NOON_MS + 50)
      await kafka('0', [mark(NOON_MS + 10, 'a')]) // read again
      assert.equal(await complete(), NOON_MS + 50)
    })

    it('waits for a node that was killed, not for one that left, and again for one that came back', async () => {
      await kafka('0', [mark(NOON_MS, 'a'), mark(NOON_MS + 1, 'b')])
      assert.equal(await complete(), NOON_MS)
      await kafka('0', [mark(NOON_MS + 90, 'b')])
      assert.equal(await complete(), NOON_MS)
      await kafka('0', [{ ...mark(NOON_MS + 95, 'a'), left: true }])
      assert.equal(await complete(), NOON_MS + 90)
      await kafka('0', [{ ...mark(NOON_MS + 99, 'b'), left: true }])
      assert.equal(await complete(), NOON_MS + 99)
      await kafka('0', [mark(NOON_MS + 200, 'a')])
      assert.equal(await complete(), NOON_MS + 200)
    })

    it('is told when it was wrong, and only then', async () => {
      const node = 'bidder-1'
      const known = someEvent({ at_ms: NOON_MS + 1, node })
      await write([known, mark(NOON_MS + 10, node), known])
      await write([known, someEvent({ id: 'n2:bill', at_ms: NOON_MS + 11, node })])
      assert.deepEqual(await database.rows('SELECT id FROM broken_promises'), [])
      await write([someEvent({ id: 'n3:bill', at_ms: NOON_MS + 9, node })])
      assert.deepEqual(await database.rows('SELECT id FROM broken_promises'), [{ id: 'n3:bill' }])
    })
  })

  const mark = (complete_ms: number, node = 'bidder-1'): NodeMark => ({ mark: node, complete_ms })

  /** How many statements `use` sends. */
  async function countCalls(use: (counting: Database) => Promise<void>): Promise<number> {
    let calls = 0
    await use(around(() => void calls++))
    return calls
  }

  /** As if the process had died before its n-th statement. */
  function faultAt(failing: number): Database {
    let calls = 0
    return around(() => {
      if (calls++ === failing) throw new Error(`step ${failing}`)
    })
  }

  function around(step: () => void): Database {
    const first = <Result>(then: () => Promise<Result>): Promise<Result> => Promise.resolve().then(step).then(then)
    return {
      rows: (query, parameters) => first(() => database.rows(query, parameters)),
      run: (query, parameters) => first(() => database.run(query, parameters)),
      insert: (table, values) => first(() => database.insert(table, values)),
      close: () => database.close(),
    }
  }
})
