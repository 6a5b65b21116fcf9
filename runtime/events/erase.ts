/** Takes a person out of the event log. Money stays: the events remain, without the hash that made them a person's. */
import { createHash } from 'node:crypto'
import type { Database } from './clickhouse.ts'
import { type RollParts, rollDay } from './roll.ts'

export interface Erased {
  /** Events that named the person, by kind. */
  events: { kind: string; n: number }[]
  /** Rolled again, since reach counts people. Days since 1970. */
  days: number[]
}

/** SHA-256 of those who were erased: a replay of the log must not bring them back, and the list must not name them. */
export async function erasedUsers(database: Database): Promise<Set<string>> {
  const rows = await database.rows<{ user_sha256: string }>('SELECT DISTINCT user_sha256 FROM erased')
  return new Set(rows.map(({ user_sha256 }) => user_sha256))
}

/** Rewrites the parts that name the person; returns once they are written. */
export async function blankUsers(database: Database, user: string): Promise<void> {
  await database.run("ALTER TABLE events UPDATE user = '' WHERE user = {user:String} SETTINGS mutations_sync = 2", {
    user,
  })
}

interface Found {
  kind: string
  day: number
  n: string
}

/** What {@link eraseUser} would change. */
export async function eventsOf(database: Database, user: string): Promise<Erased> {
  return summary(await find(database, user))
}

/**
 * @param user the keyed hash, as the events have it. May be repeated; the second time removes nothing.
 * @param reason kept with the hash of the hash, for the record
 */
export async function eraseUser(database: Database, user: string, reason: string, parts: RollParts): Promise<Erased> {
  const user_sha256 = createHash('sha256').update(user).digest('hex')
  // First, so that what arrives from now on comes without.
  await database.insert('erased', [{ user_sha256, at_ms: parts.now_ms(), reason }])
  const found = await find(database, user)
  if (found.length > 0) await blankUsers(database, user)
  const { events, days } = summary(found)
  await database.insert(
    'touched',
    days.map(day => ({ day, n: 1 })),
  )
  for (const day of days) await rollDay(database, day, parts)
  await dropGenerationsOf(database, days)
  return { events, days }
}

const find = (database: Database, user: string): Promise<Found[]> =>
  database.rows(
    'SELECT toString(kind) AS kind, day, count() AS n FROM events WHERE user = {user:String} GROUP BY kind, day',
    { user },
  )

function summary(found: readonly Found[]): Erased {
  const days = [...new Set(found.map(({ day }) => day))].sort((a, b) => a - b)
  const kinds = Map.groupBy(found, ({ kind }) => kind)
  const events = [...kinds].map(([kind, rows]) => ({ kind, n: rows.reduce((sum, { n }) => sum + Number(n), 0) }))
  return { events: events.sort((a, b) => a.kind.localeCompare(b.kind)), days }
}

/** Older generations still count the person. */
async function dropGenerationsOf(database: Database, days: readonly number[]): Promise<void> {
  for (const day of days) {
    const old = await database.rows<{ gen: string }>(
      `SELECT DISTINCT gen FROM exposures WHERE day = {day:Int32}
        AND gen NOT IN (SELECT argMax(gen, (touches, gen)) FROM rolled WHERE day = {day:Int32})`,
      { day },
    )
    for (const { gen } of old) await database.run(`ALTER TABLE exposures DROP PARTITION (${day}, ${gen})`)
  }
}
