/**
 * A batch of one partition or spool file into ClickHouse. Exactly once in effect: every step may be repeated, and the
 * offset is written last, so a kill at any point repeats the batch and changes no sum (sql/clickhouse/0001-log.sql).
 */
import { createHash } from 'node:crypto'
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import type { NodeMark } from '@flightplan/contract/marks.ts'
import type { Database } from './clickhouse.ts'
import { blankUsers, erasedUsers } from './erase.ts'
import { parseMessage } from './parse.ts'

export interface Batch {
  /** The topic, or `spool:<name>`. */
  source: string
  /** Number of the partition, or name of the file. */
  part: string
  /** Where to read on once it is stored. */
  next: number
  messages: readonly { position: number; text: string }[]
  /** What the source no longer has before them; kept with what was rejected. */
  gap?: Rejected
}

interface Rejected {
  position: number
  text: string
  why: string
}

export interface Ingest {
  write(batch: Batch): Promise<void>
  /** Where to read on; 0 for what was never read. */
  nextOf(source: string, part: string): Promise<number>
  /** Makes the watermark wait for parts that nothing was read of yet. */
  expect(source: string, parts: readonly string[]): Promise<void>
}

interface Sorted {
  events: LoggedEvent[]
  marks: NodeMark[]
  rejected: Rejected[]
  /** Events that a mark before them says cannot come. */
  suspects: { event: LoggedEvent; promised_ms: number }[]
}

/** Newest promise of each node in this part. */
type Promises = Map<string, number>

/** All files of a spool are one stream: a mark in a later file speaks for the earlier ones. */
export const markPart = (source: string, part: string): string => (source.startsWith('spool:') ? '' : part)

export function openIngest(database: Database, now_ms: () => number): Ingest {
  const promises = new Map<string, Promises>()
  const promisesOf = async (source: string, part: string): Promise<Promises> => {
    const key = JSON.stringify([source, part])
    const known = promises.get(key) ?? (await readPromises(database, source, part))
    promises.set(key, known)
    return known
  }
  return {
    async write(batch) {
      const part = markPart(batch.source, batch.part)
      const known = await promisesOf(batch.source, part)
      const made = new Map(known)
      await store(database, batch, part, sortOut(batch, made), now_ms())
      promises.set(JSON.stringify([batch.source, part]), made)
    },
    async nextOf(source, part) {
      const [row] = await database.rows<{ next: string }>(
        'SELECT next FROM offsets FINAL WHERE source = {source:String} AND part = {part:String}',
        { source, part },
      )
      return Number(row?.next ?? 0)
    },
    expect: (source, parts) =>
      database.insert(
        'offsets',
        parts.map(part => ({ source, part, next: 0, at_ms: 0 })),
      ),
  }
}

async function readPromises(database: Database, source: string, part: string): Promise<Promises> {
  const rows = await database.rows<{ node: string; at: string }>(
    'SELECT node, max(complete_ms) AS at FROM marks WHERE source = {source:String} AND part = {part:String} GROUP BY node',
    { source, part },
  )
  return new Map(rows.map(({ node, at }) => [node, Number(at)]))
}

function sortOut({ messages, gap }: Batch, promises: Promises): Sorted {
  const sorted: Sorted = { events: [], marks: [], rejected: gap ? [gap] : [], suspects: [] }
  const seen = new Set<string>()
  for (const { position, text } of messages) {
    const { event, mark, fault } = parseMessage(text)
    if (fault !== undefined) sorted.rejected.push({ position, text, why: fault })
    else if (mark) {
      sorted.marks.push(mark)
      promises.set(mark.mark, Math.max(promises.get(mark.mark) ?? 0, mark.complete_ms))
    } else {
      sorted.events.push(event)
      const promised_ms = promises.get(event.node) ?? 0
      if (event.at_ms <= promised_ms && event.result === 'counted' && !seen.has(event.id))
        sorted.suspects.push({ event, promised_ms })
      seen.add(event.id)
    }
  }
  return sorted
}

async function store(database: Database, batch: Batch, part: string, sorted: Sorted, at_ms: number): Promise<void> {
  const { source } = batch
  const touched = [...new Set(sorted.events.map(({ day }) => day))].map(day => ({ day, n: 1 }))
  await database.insert('touched', touched)
  await recordBroken(database, sorted.suspects)
  await insertEvents(database, sorted.events)
  await database.insert(
    'rejected',
    sorted.rejected.map(row => ({ ...row, source, part: batch.part, at_ms })),
  )
  // Again: a roll that read its touches before and its events during the insert is stale now.
  await database.insert('touched', touched)
  const silent = [...new Set(sorted.events.map(({ node }) => node))].map(node => ({
    node,
    complete_ms: 0,
    left: false,
  }))
  const said = sorted.marks.map(({ mark, complete_ms, left }) => ({ node: mark, complete_ms, left: left === true }))
  await database.insert(
    'marks',
    [...silent, ...newest(said)].map(row => ({ ...row, source, part })),
  )
  await database.insert('offsets', [{ source, part: batch.part, next: batch.next, at_ms }])
}

/** One row a node and state: marks come by the thousand. */
function newest<Row extends { node: string; complete_ms: number; left: boolean }>(rows: readonly Row[]): Row[] {
  const last = new Map<string, Row>()
  for (const row of rows) {
    const key = JSON.stringify([row.node, row.left])
    if ((last.get(key)?.complete_ms ?? -1) <= row.complete_ms) last.set(key, row)
  }
  return [...last.values()]
}

/** Ids of one look-up: parameters travel in the address of a request to the server. */
const LOOK_UP = 500

/** Before its events: after them, a suspect would look like a duplicate of itself when the batch is repeated. */
async function recordBroken(database: Database, suspects: Sorted['suspects']): Promise<void> {
  if (suspects.length === 0) return
  const known = new Set<string>()
  for (let at = 0; at < suspects.length; at += LOOK_UP) {
    const some = suspects.slice(at, at + LOOK_UP).map(({ event }) => event)
    const rows = await database.rows<{ id: string }>(
      `SELECT id FROM events WHERE day IN {days:Array(Int32)} AND key IN
        (SELECT reinterpretAsUInt128(sipHash128(arrayJoin({ids:Array(String)}), 'counted')))`,
      { days: [...new Set(some.map(({ day }) => day))], ids: some.map(({ id }) => id) },
    )
    for (const { id } of rows) known.add(id)
  }
  const broken = suspects.filter(({ event }) => !known.has(event.id))
  await database.insert(
    'broken_promises',
    broken.map(({ event: { id, day, node, at_ms }, promised_ms }) => ({ id, day, node, at_ms, promised_ms })),
  )
}

/** People who were erased come without their hash, also when it was while this ran. */
async function insertEvents(database: Database, events: readonly LoggedEvent[]): Promise<void> {
  const before = await erasedUsers(database)
  const rows = events.map(event => (before.has(sha256(event.user)) ? { ...event, user: '' } : event))
  await database.insert('events', rows)
  const after = await erasedUsers(database)
  if (after.size === before.size) return
  const missed = new Set(rows.map(({ user }) => user).filter(user => after.has(sha256(user))))
  for (const user of missed) await blankUsers(database, user)
}

export const sha256 = (user: string): string => createHash('sha256').update(user).digest('hex')
