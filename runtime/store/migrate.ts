/** Brings a database to the schema of sql/postgres: each file once, in order, all in one transaction. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool, PoolClient } from 'pg'

const FOLDER = join(import.meta.dirname, '../../sql/postgres')
/** Any fixed number: two that start at once migrate one after the other. */
const LOCK = 7_226_001

/** Names of the files that were applied now. @throws Error where a file that was applied has changed since */
export async function migrate(pool: Pool, folder = FOLDER): Promise<string[]> {
  const client = await pool.connect()
  try {
    return await inTransaction(client, () => applyNew(client, folder))
  } finally {
    client.release()
  }
}

async function applyNew(client: PoolClient, folder: string): Promise<string[]> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK])
  await client.query(
    'create table if not exists schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
  )
  const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from schema_migrations')
  const known = new Map(rows.map(({ name, sha256 }) => [name, sha256]))
  const applied: string[] = []
  for (const name of readdirSync(folder)
    .filter(file => file.endsWith('.sql'))
    .sort()) {
    const sql = readFileSync(join(folder, name), 'utf8')
    const sha256 = createHash('sha256').update(sql).digest('hex')
    const before = known.get(name)
    if (before === sha256) continue
    if (before !== undefined)
      throw new Error(`${name} was applied to this database and has changed since: add a new file`)
    await client.query(sql)
    await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [name, sha256])
    applied.push(name)
  }
  return applied
}

/** Commits what `step` did, or nothing of it. */
export async function inTransaction<T>(client: PoolClient, step: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await step()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {}) // the first fault is the one to tell
    throw error
  }
}
