/** The consumer is killed wherever it stands, and the books are the sender's to the nano-unit. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate, openClickHouse } from '@flightplan/runtime/events/clickhouse.ts'
import { rollDay, staleDays } from '@flightplan/runtime/events/roll.ts'
import { skip, temporaryFolder } from '../../../runtime/test/events/chdb.ts'
import { generateEvents } from '../../events/generate.ts'
import { Random } from '../../traffic/random.ts'

const CONSUME = join(import.meta.dirname, '../../../runtime/events/consume.ts')
const SEED = Number(process.env['SEED'] ?? 7)
const KILLS = Number(process.env['KILLS'] ?? 5)

describe('a consumer that is killed', { skip }, () => {
  it(`neither loses nor doubles an event (seed ${SEED}, ${KILLS} kills)`, { timeout: 120_000 }, async () => {
    const folder = temporaryFolder()
    const [clickhouse, spools] = [join(folder, 'clickhouse'), join(folder, 'spools')]
    const made = generateEvents({ seed: SEED, bids: 60_000, nodes: 3, start_ms: Date.now() - 3_600_000, span_ms: 3e6 })
    const files = [...made.streams].map(([node, stream]) => ({ folder: join(spools, node), stream }))
    const random = new Random(SEED, 1)
    const run = () =>
      consume(
        clickhouse,
        files.map(({ folder }) => folder),
      )
    for (const { folder } of files) mkdirSync(folder, { recursive: true })
    const inserted: boolean[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      for (const { folder, stream } of files) writePart(folder, stream, kill, KILLS)
      const child = run()
      // Opening takes 0.4 s, batches and rolls about 0.6 s: kills fall before, between and after the inserts.
      await sleep(300 + random.int(0, 700))
      inserted.push(child.process.kill('SIGKILL'))
      await child.ended
    }
    assert.ok(inserted.some(wasRunning => wasRunning))
    for (let again = 0; again < 2; again++) assert.equal(await run().ended, 0)
    await assertBooks(clickhouse, made)
  })
})

function consume(clickhouse: string, spools: readonly string[]) {
  const process_ = spawn(process.execPath, [CONSUME, '--once', ...spools.flatMap(folder => ['--spool', folder])], {
    env: { ...process.env, CLICKHOUSE_DIR: clickhouse, CLICKHOUSE_URL: '', KAFKA_BROKERS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { process: process_, ended: new Promise(resolve => process_.once('exit', resolve)) }
}

/** Two segments that grow, cut in the middle of a line. */
function writePart(folder: string, stream: readonly object[], part: number, parts: number): void {
  const text = stream.map(one => `${JSON.stringify(one)}\n`).join('')
  const from = Math.floor((text.length * part) / parts)
  const to = Math.floor((text.length * (part + 1)) / parts)
  // A segment ends with a line; what was written of the next one is in the next file.
  const middle = text.lastIndexOf('\n', text.length / 2) + 1
  appendFileSync(join(folder, '000001.ndjson'), text.slice(from, Math.min(to, middle)))
  appendFileSync(join(folder, '000002.ndjson'), text.slice(Math.max(from, middle), to))
}

async function assertBooks(folder: string, made: ReturnType<typeof generateEvents>): Promise<void> {
  const database = openClickHouse({ url: null, folder })
  try {
    await migrate(database)
    const sums = () =>
      database.rows<{ campaign: string; spend: string }>(
        "SELECT campaign, sum(cost_nano) AS spend FROM books_now WHERE kind = 'bill' GROUP BY campaign",
      )
    const asMap = (rows: { campaign: string; spend: string }[]) => new Map(rows.map(r => [r.campaign, BigInt(r.spend)]))
    assert.deepEqual(await staleDays(database), [])
    assert.deepEqual(sorted(asMap(await sums())), sorted(made.spend_nano))
    const kinds = await database.rows<{ kind: string; n: string }>(
      "SELECT kind, sum(intDiv(n, if(kind = 'no_bid', 100, 1))) AS n FROM books_now GROUP BY kind",
    )
    assert.deepEqual(sorted(new Map(kinds.map(({ kind, n }) => [kind, Number(n)]))), sorted(made.counts))
    assert.deepEqual(await database.rows('SELECT * FROM rejected'), [])
    assert.deepEqual(await database.rows('SELECT * FROM broken_promises'), [])
    // Rolled anew: merges may have taken away what the kills and the sender had doubled, or not yet; it must not matter.
    for (const { day } of await database.rows<{ day: number }>('SELECT DISTINCT day FROM events'))
      await rollDay(database, day, { now_ms: Date.now, random: Math.random })
    assert.deepEqual(sorted(asMap(await sums())), sorted(made.spend_nano))
  } finally {
    await database.close()
  }
}

const sorted = <Value>(map: ReadonlyMap<string, Value>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
