/**
 * The process between the event log and ClickHouse: Kafka where KAFKA_BROKERS names it, spool folders where it is told
 * so. It may be killed at any time. `node runtime/events/consume.ts [--once] [--spool FOLDER]...`
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Database, migrate, openClickHouse } from './clickhouse.ts'
import { openIngest } from './ingest.ts'
import { readKafka } from './kafka-source.ts'
import { rollDay, staleDays } from './roll.ts'
import { readSpool } from './spool-source.ts'

const { values } = parseArgs({ options: { once: { type: 'boolean' }, spool: { type: 'string', multiple: true } } })
const { CLICKHOUSE_URL, CLICKHOUSE_DIR = '.flight/clickhouse', KAFKA_BROKERS, EVENTS_GROUP } = process.env
/** Days are rolled again this often while events of them come: between, reports read the events of such a day. */
const ROLL_EVERY_MS = 10_000
const POLL_MS = 500

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
const say = (text: string) => void process.stderr.write(`events: ${text}\n`)

/** Older days first: they are small by then, and today is stale again at once. */
async function rollStale(database: Database): Promise<void> {
  for (const day of await staleDays(database)) {
    if (stop.signal.aborted && !values.once) return
    await rollDay(database, day, { now_ms: Date.now, random: Math.random })
  }
}

async function main(): Promise<void> {
  const spools = values.spool ?? []
  if (spools.length === 0 && !KAFKA_BROKERS) throw new Error('nothing to read: --spool FOLDER, or KAFKA_BROKERS')
  const database = openClickHouse({ url: CLICKHOUSE_URL || null, folder: CLICKHOUSE_DIR })
  await migrate(database)
  const ingest = openIngest(database, Date.now)
  const place = { brokers: KAFKA_BROKERS?.split(',') ?? [], group: EVENTS_GROUP ?? 'flightplan-events' }
  const kafka = KAFKA_BROKERS ? await readKafka(place, ingest) : null
  let rolled_ms = Date.now()
  const turn = async () => {
    for (const folder of spools) {
      const messages = await readSpool(folder, ingest)
      if (messages > 0) say(`${messages} messages of ${folder}`)
    }
    if (values.once || Date.now() - rolled_ms >= ROLL_EVERY_MS) {
      await rollStale(database)
      rolled_ms = Date.now()
    }
  }
  try {
    do {
      await Promise.race([turn(), ...(kafka ? [kafka.failed] : [])])
      if (!values.once) await sleep(POLL_MS, null, { signal: stop.signal }).catch(() => {}) // an abort ends the loop
    } while (!values.once && !stop.signal.aborted)
  } finally {
    await kafka?.close()
    await database.close()
  }
}

try {
  await main()
  process.exit(0) // the embedded engine keeps threads
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
