/** Brings the books to their events, a day at a time. */
import type { Database } from './clickhouse.ts'

/** Days that events touched since they were rolled, oldest first. */
export async function staleDays(database: Database): Promise<number[]> {
  const rows = await database.rows<{ day: number }>('SELECT day FROM stale_days ORDER BY day')
  return rows.map(({ day }) => day)
}

/**
 * Sums a day again from its deduplicated events. Touches are read first: what comes while it sums leaves the day stale,
 * never half counted. A kill leaves rows of a generation that nothing names; the next roll of the day drops them.
 * Two may roll the same day at once: each has a generation of its own, and the one that read later is named last.
 */
export async function rollDay(database: Database, day: number, { now_ms, random }: RollParts): Promise<void> {
  const [touched] = await database.rows<{ n: string }>('SELECT sum(n) AS n FROM touched WHERE day = {day:Int32}', {
    day,
  })
  const gen = (BigInt(now_ms()) << 20n) + BigInt(Math.floor(random() * 2 ** 20))
  const at = { day, gen: gen.toString() }
  await database.run(SUM_DAY, at)
  await database.run('INSERT INTO exposures SELECT {gen:UInt64}, * FROM exposures_live WHERE day = {day:Int32}', at)
  await database.insert('rolled', [{ ...at, touches: touched?.n ?? '0' }])
  await dropOldGenerations(database, day, gen - (KEEP_MS << 20n))
}

const SUM_DAY = `INSERT INTO books
  SELECT {gen:UInt64}, * EXCEPT (n, bid_nano_, price_nano_, unpriced, cost_nano_),
    sum(n), sum(bid_nano_), sum(price_nano_), sum(unpriced), sum(cost_nano_)
  FROM books_live WHERE day = {day:Int32} GROUP BY ALL`

export interface RollParts {
  now_ms(): number
  random(): number
}

/** A report may be reading the generation before, and another roll may be writing one. */
const KEEP_MS = 120_000n

async function dropOldGenerations(database: Database, day: number, before: bigint): Promise<void> {
  for (const table of ['books', 'exposures']) {
    const old = await database.rows<{ gen: string }>(
      `SELECT DISTINCT gen FROM ${table} WHERE day = {day:Int32} AND gen < {before:UInt64}`,
      { day, before: before.toString() },
    )
    for (const { gen } of old) await database.run(`ALTER TABLE ${table} DROP PARTITION (${day}, ${gen})`)
  }
}
