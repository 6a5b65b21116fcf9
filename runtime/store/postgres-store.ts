/** The record in Postgres (sql/postgres). */
import { createHash } from 'node:crypto'
import type { AckReport } from '@flightplan/contract/channel.ts'
import type { Manifest } from '@flightplan/contract/release.ts'
import pg, { type PoolClient } from 'pg'
import { pack } from '../release/delta.ts'
import { peekRecord } from '../release/record.ts'
import { inTransaction } from './migrate.ts'
import type { ConfigChange, Deed, HistoryEntry, ReleaseParts, ReleaseStore, RolloutEntry } from './port.ts'

const CONNECT_TIMEOUT_MS = 2000
/** Of one statement; a file of a release is at most some hundred megabytes. */
const QUERY_TIMEOUT_MS = 30_000
const MAX_CONNECTIONS = 2

/** @param onFault an idle connection was lost; the next call opens another */
export function openPool(url: string, onFault: (text: string) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 10_000,
  })
  // The pool tells of connections that idle. One in use tells itself, beside rejecting what it is asked: unheard, a
  // server that is killed in the middle of a transaction would end this process (seen in the chaos).
  pool.on('connect', client => client.on('error', error => onFault(error.message)))
  return pool.on('error', error => onFault(error.message))
}

export function openPostgresStore(pool: pg.Pool): ReleaseStore {
  const transaction = async <T>(step: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    let isBroken = true
    try {
      const result = await inTransaction(client, () => step(client))
      isBroken = false
      return result
    } finally {
      client.release(isBroken)
    }
  }
  const one = async <T>(sql: string, values: unknown[]): Promise<T | null> => {
    const { rows } = await pool.query(sql, values)
    return (rows[0] as T | undefined) ?? null // columns as the statement names them
  }
  return {
    name: 'postgres',
    async pointer(channel) {
      const row = await one<{ record: string }>(NEWEST, [channel])
      return row?.record ?? null
    },
    manifest: (_, digest) => one('select manifest, signature from releases where digest = $1', [digest]),
    async blob(_, sha256, max_bytes) {
      const sql = 'select packed from blobs where sha256 = $1 and length(packed) <= $2'
      return (await one<{ packed: Buffer }>(sql, [sha256, max_bytes]))?.packed ?? null
    },
    delta: async () => null,
    async bundle(digest) {
      const row = await one<{ opa_bundle: Buffer | null }>('select opa_bundle from releases where digest = $1', [
        digest,
      ])
      return row?.opa_bundle ?? null
    },
    putRelease: (parts, deed) => transaction(client => insertRelease(client, parts, deed)),
    append: (channel, verb, deed, next) =>
      transaction(async client => {
        await client.query('insert into channels (channel) values ($1) on conflict do nothing', [channel])
        await client.query('select from channels where channel = $1 for update', [channel])
        const { rows } = await client.query<{ record: string }>(NEWEST, [channel])
        const head = rows[0]?.record ?? null
        const text = next(head)
        if (text !== null) await insertRecord(client, channel, verb, deed, text)
        return text ?? head
      }),
    async history(channel, limit) {
      const sql = `select sequence, verb, record, who, at, reason from channel_records where channel = $1
        order by sequence desc limit $2`
      const { rows } = await pool.query(sql, [channel, limit])
      return rows.map(
        ({ sequence, verb, record, who, at, reason }): HistoryEntry => ({
          ...{ sequence: Number(sequence), verb, text: record, who, at_ms: at.getTime(), reason },
        }),
      )
    },
    async putAcks(acks) {
      for (const ack of acks) {
        const { channel, bidder, sequence, digest, state, at_ms } = ack
        await pool.query(UPSERT_ACK, [channel, bidder, sequence, digest, state, new Date(at_ms), ack])
      }
    },
    async acks(channel) {
      const { rows } = await pool.query('select report from acks where channel = $1 order by bidder', [channel])
      return rows.map(({ report }) => report as AckReport) // written by putAcks
    },
    putConfigChanges: changes =>
      transaction(async client => {
        for (const { digest, path, commit, change, author, at_ms } of changes)
          await client.query(
            `insert into config_changes (digest, path, commit, change, author, at) values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing`,
            [digest, path, commit, change, author, new Date(at_ms)],
          )
      }),
    async configChanges(path, limit) {
      const sql = `select * from config_changes where $1 = '' or path = $1 order by at desc, path limit $2`
      const { rows } = await pool.query(sql, [path, limit])
      return rows.map(
        ({ digest, commit, path, change, author, at }): ConfigChange => ({
          ...{ digest, commit, path, change, author, at_ms: at.getTime() },
        }),
      )
    },
    async putRollout(rollout, after, { who, at_ms, reason }) {
      const { channel, id, phase } = rollout
      const { rowCount } = await pool.query(INSERT_ROLLOUT, [
        ...[channel, after + 1, id, phase, rollout, who, new Date(at_ms), reason],
      ])
      return rowCount === 1
    },
    async rollouts(channel, limit) {
      const sql =
        'select revision, state, who, at, reason from rollouts where channel = $1 order by revision desc limit $2'
      const { rows } = await pool.query(sql, [channel, limit])
      return rows.map(
        ({ revision, state, who, at, reason }): RolloutEntry => ({
          ...{ revision: Number(revision), rollout: state, who, at_ms: at.getTime(), reason }, // written by putRollout
        }),
      )
    },
    close: () => pool.end(),
  }
}

const NEWEST = 'select record from channel_records where channel = $1 order by sequence desc limit 1'
/** A mirror that comes late does not undo a newer one. */
const UPSERT_ACK = `insert into acks (channel, bidder, sequence, digest, state, at, report)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (channel, bidder) do update set sequence = excluded.sequence, digest = excluded.digest,
    state = excluded.state, at = excluded.at, report = excluded.report where acks.at < excluded.at`

/** No gaps: a state follows the newest one or none at all. */
const INSERT_ROLLOUT = `insert into rollouts (channel, revision, id, phase, state, who, at, reason)
  select $1::text, $2::bigint, $3::text, $4::text, $5::jsonb, $6::text, $7::timestamptz, $8::text
  where $2 = 1 + coalesce((select max(revision) from rollouts where channel = $1), 0)
  on conflict do nothing`

async function insertRelease(client: PoolClient, parts: ReleaseParts, deed: Deed): Promise<boolean> {
  const { digest, manifest, signature, bundle, files } = parts
  const { commit, tree, built_at_ms, compiler, counts } = JSON.parse(Buffer.from(manifest).toString()) as Manifest // verified
  const { rowCount } = await client.query(
    `insert into releases (digest, manifest, signature, opa_bundle, commit, tree, built_at, compiler, counts,
       published_by, published_at, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
    [
      ...[digest, Buffer.from(manifest), Buffer.from(signature), bundle && Buffer.from(bundle), commit, tree],
      ...[new Date(built_at_ms), compiler, counts, deed.who, new Date(deed.at_ms), deed.reason],
    ],
  )
  if (rowCount === 0) return false
  for (const [name, bytes] of files) {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const there = await client.query('select from blobs where sha256 = $1', [sha256])
    if (there.rowCount === 0)
      await client.query('insert into blobs (sha256, bytes, packed) values ($1, $2, $3) on conflict do nothing', [
        ...[sha256, bytes.length, Buffer.from(pack(bytes))],
      ])
    await client.query('insert into release_files (digest, name, sha256) values ($1, $2, $3)', [digest, name, sha256])
  }
  return true
}

async function insertRecord(client: PoolClient, channel: string, verb: string, deed: Deed, text: string) {
  const record = peekRecord(text)
  if (!record) throw new TypeError('what is to be appended is no record')
  const { sequence, live, canary, share_ppm, pinned } = record
  await client.query(
    `insert into channel_records (channel, sequence, verb, live, canary, share_ppm, pinned, record, who, at, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [channel, sequence, verb, live, canary, share_ppm, pinned, text, deed.who, new Date(deed.at_ms), deed.reason],
  )
  await client.query('update channels set sequence = $2 where channel = $1', [channel, sequence])
}
