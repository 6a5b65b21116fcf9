/** The tables say what contract/events.ts says: names, types, values. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EVENT_KINDS, EVENT_RESULTS, PRICE_STATES } from '@flightplan/contract/events.ts'
import { DAY_END_MS, SETTLE_MS } from '@flightplan/contract/marks.ts'
import { type Database, migrate, openClickHouse } from '../../events/clickhouse.ts'
import { EVENT_COLUMNS } from '../../events/parse.ts'
import { REPORTS } from '../../events/reports.ts'
import { skip, temporaryFolder } from './chdb.ts'
import { DAY, someEvent } from './event.ts'

const CONTRACT = join(import.meta.dirname, '../../../contract/events.ts')

/** `name` → type, as written in the interface: types are gone when this runs. */
function declared(): Map<string, string> {
  const body = /interface LoggedEvent \{([\s\S]*?)\n\}/.exec(readFileSync(CONTRACT, 'utf8'))?.[1] ?? ''
  return new Map([...body.matchAll(/^ {2}(\w+)\??: (.+)$/gm)].map(([, name = '', type = '']) => [name, type]))
}

const enumOf = (names: readonly string[]) => `Enum8(${names.map((name, n) => `'${name}' = ${n + 1}`).join(', ')})`
const TYPES: Readonly<Record<string, RegExp>> = {
  string: /^(LowCardinality\(String\)|String)$/,
  number: /^U?Int(32|64)$/,
  'number | null': /^Nullable\(Int64\)$/,
  boolean: /^Bool$/,
}
const ENUMS: Readonly<Record<string, string>> = {
  EventKind: enumOf(EVENT_KINDS),
  '(typeof PRICE_STATES)[number]': enumOf(PRICE_STATES),
  '(typeof EVENT_RESULTS)[number]': enumOf(EVENT_RESULTS),
}

describe('events', { skip }, () => {
  let database: Database
  before(async () => {
    database = openClickHouse({ url: null, folder: temporaryFolder() })
    await migrate(database)
    await migrate(database)
  })
  after(() => database?.close())

  it('has the columns of the contract, in its order', async () => {
    const columns = await database.rows<{ name: string; type: string; kind: string }>(
      `SELECT name, type, default_kind AS kind FROM system.columns
        WHERE database = currentDatabase() AND table = 'events' ORDER BY position`,
    )
    const stored = columns.filter(({ kind }) => kind !== 'MATERIALIZED')
    const contract = declared()
    assert.deepEqual(
      stored.map(({ name }) => name),
      [...contract.keys()],
    )
    assert.deepEqual(EVENT_COLUMNS, [...contract.keys()])
    for (const { name, type } of stored) {
      const said = contract.get(name) ?? ''
      const wanted = ENUMS[said]
      if (wanted) assert.equal(type, wanted, name)
      else assert.match(type, TYPES[said] ?? /^$/, `${name}: ${said}`)
      if (name.endsWith('_nano')) assert.match(type, /Int64/, name)
    }
  })

  it('sums money in wide integers, in tables and in reports', async () => {
    const columns = await database.rows<{ name: string; type: string }>(
      'SELECT name, type FROM system.columns WHERE database = currentDatabase()',
    )
    for (const { view } of Object.values(REPORTS)) {
      const described = await database.rows<{ name: string; type: string }>(
        `DESCRIBE (SELECT * FROM ${view}(since = 0, until = 1, campaign = ''))`,
      )
      columns.push(...described)
    }
    const amounts = columns.filter(({ name }) => /_(nano|ppm|milli)_?$/.test(name))
    assert.ok(amounts.length > 20, `${amounts.length}`)
    for (const { name, type } of amounts) assert.match(type, /^(Nullable\()?U?Int(32|64|128)\)?$/, name)
  })

  it('closes a day for each kind as the contract says', async () => {
    for (const kind of EVENT_KINDS) {
      const close_ms = DAY * 86_400_000 + DAY_END_MS + SETTLE_MS[kind]
      const at = (at_ms: number, n: number) => someEvent({ id: `n${n}:${kind}`, kind, at_ms })
      await database.insert('events', [at(close_ms, 1), at(close_ms + 1, 2)])
      const rows = await database.rows('SELECT after_close FROM events WHERE kind = {kind:String} ORDER BY at_ms', {
        kind,
      })
      assert.deepEqual(rows, [{ after_close: false }, { after_close: true }], kind)
    }
  })
})
