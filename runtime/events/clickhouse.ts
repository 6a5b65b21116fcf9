/**
 * The ClickHouse of the environment: a server by URL, else the engine itself in this process on a folder (chdb, which
 * `npm ci --prefix lab/stack` installs). Both are the same client, so that what is tested here is what runs there.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'

const STACK = join(import.meta.dirname, '../../lab/stack/package.json')
const DDL = join(import.meta.dirname, '../../sql/clickhouse')

export interface ClickHousePlace {
  /** With database and credentials, as http://user:secret@host:8123/flightplan; null: the folder. */
  url: string | null
  /** One process at a time. */
  folder: string
}

export interface Database {
  /** Rows as JSON; 64-bit integers as decimal text, since JSON numbers end at 2^53. */
  rows<Row>(query: string, parameters?: Record<string, unknown>): Promise<Row[]>
  run(query: string, parameters?: Record<string, unknown>): Promise<void>
  insert(table: string, values: readonly object[]): Promise<void>
  close(): Promise<void>
}

/** Why the embedded engine cannot be used; null: it can. */
export function withoutChdb(): string | null {
  try {
    createRequire(STACK).resolve('chdb/connection')
    return null
  } catch {
    return 'chdb is not installed (npm ci --prefix lab/stack)'
  }
}

/** @throws Error where neither a server nor the engine is there */
export function openClickHouse({ url, folder }: ClickHousePlace): Database {
  const client = url ? createClient({ url, request_timeout: 120_000 }) : embedded(folder)
  return {
    rows: async (query, query_params = {}) =>
      (await client.query({ query, query_params, format: 'JSONEachRow', clickhouse_settings: QUOTED })).json(),
    run: async (query, query_params = {}) => void (await client.command({ query, query_params })),
    async insert(table, values) {
      if (values.length === 0) return
      await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: MANY_DAYS })
    },
    close: () => client.close(),
  }
}

const QUOTED = { output_format_json_quote_64bit_integers: 1 } as const
/** A replay of weeks comes in one batch; a day is a partition. */
const MANY_DAYS = { max_partitions_per_insert_block: '0' } as const

function embedded(folder: string): ClickHouseClient {
  const missing = withoutChdb()
  if (missing) throw new Error(`${missing}, and CLICKHOUSE_URL names no server`)
  mkdirSync(folder, { recursive: true })
  // The package is outside of the workspaces (548 MB), so its types are not at hand either.
  const { createChdbConnection } = createRequire(STACK)('chdb/connection')
  // `connection` is in the client since 1.23, marked experimental and left out of its types.
  const parts = { connection: createChdbConnection({ path: folder }) } as Parameters<typeof createClient>[0]
  return createClient(parts)
}

/** Brings the database to sql/clickhouse. All of it may run again at any time: tables if absent, views replaced. */
export async function migrate(database: Database): Promise<void> {
  for (const file of readdirSync(DDL).sort())
    for (const statement of statementsOf(readFileSync(join(DDL, file), 'utf8'))) await database.run(statement)
}

/** A statement ends with a semicolon at the end of a line. */
function statementsOf(sql: string): string[] {
  const bare = sql.replaceAll(/^\s*--.*$/gm, '')
  return bare.split(/;\s*$/m).filter(text => text.trim() !== '')
}
