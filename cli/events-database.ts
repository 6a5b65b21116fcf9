/** The database of the verbs that read events: CLICKHOUSE_URL, else the engine itself on a folder below the root. */
import { join } from 'node:path'
import { type Database, migrate, openClickHouse } from '@flightplan/runtime/events/clickhouse.ts'
import { EXIT, Stop } from './exit.ts'
import { openRoot } from './root.ts'

/** Opens it, brings it to the schema, and closes it again. */
export async function withEvents<T>(
  env: NodeJS.ProcessEnv,
  root: string,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const url = env['CLICKHOUSE_URL'] || null
  const folder = env['CLICKHOUSE_DIR'] || join(openRoot(root), '.flight/clickhouse')
  const database = await opened(url, folder)
  try {
    return await use(database)
  } finally {
    await database.close()
  }
}

async function opened(url: string | null, folder: string): Promise<Database> {
  const place = url ? `CLICKHOUSE_URL ${withoutSecret(url)}` : folder
  try {
    const database = openClickHouse({ url, folder })
    await migrate(database)
    return database
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Stop(EXIT.unreached, `${place}: ${reason}`)
  }
}

function withoutSecret(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'is no URL'
  }
}
