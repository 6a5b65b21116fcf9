/** Which stores the environment names: Redis and Postgres by URL, each with a directory in its place otherwise. */
import { join } from 'node:path'
import type { Pool } from 'pg'
import { openDirectoryHot } from './directory-hot.ts'
import { openDirectoryStore } from './directory-store.ts'
import { migrate } from './migrate.ts'
import type { HotCopy, ReleaseStore } from './port.ts'
import { openPool, openPostgresStore } from './postgres-store.ts'
import { openRedisHot } from './redis-hot.ts'

export interface StoreUrls {
  redisUrl: string | null
  databaseUrl: string | null
  /** Holds `hot` and `record` for what has no URL; null: what has no URL is not there. */
  storeDir: string | null
}

export interface Stores {
  hot: HotCopy | null
  store: ReleaseStore | null
  /** Brings the database to the schema; nothing to do for a directory. Names of what was applied. */
  migrate(): Promise<string[]>
  close(): Promise<void>
}

/** Null: the environment names none. */
export function storeUrls(environment: Readonly<Record<string, string | undefined>>): StoreUrls | null {
  const [redisUrl, databaseUrl, storeDir] = ['REDIS_URL', 'DATABASE_URL', 'STORE_DIR'].map(
    name => environment[name] || null,
  )
  if (!redisUrl && !databaseUrl && !storeDir) return null
  return { redisUrl: redisUrl ?? null, databaseUrl: databaseUrl ?? null, storeDir: storeDir ?? null }
}

/** While a store is away its fault comes with each try to connect. */
const TELL_EVERY_MS = 60_000

function seldom(tell: (text: string) => void): (text: string) => void {
  const toldAt = new Map<string, number>()
  return text => {
    const now = performance.now()
    if (now - (toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return
    if (toldAt.size > 100) toldAt.clear()
    toldAt.set(text, now)
    tell(text)
  }
}

/** Connects when first used. @param tell told when a connection breaks, seldom; calls reject on their own */
export function openStores(urls: StoreUrls, random: () => number, tell: (text: string) => void): Stores {
  const onFault = seldom(tell)
  const { redisUrl, databaseUrl, storeDir } = urls
  const pool: Pool | null = databaseUrl ? openPool(databaseUrl, text => onFault(`Postgres: ${text}`)) : null
  const hot = redisUrl
    ? openRedisHot(redisUrl, random, text => onFault(`Redis: ${text}`))
    : storeDir
      ? openDirectoryHot(join(storeDir, 'hot'))
      : null
  const store = pool ? openPostgresStore(pool) : storeDir ? openDirectoryStore(join(storeDir, 'record')) : null
  return {
    hot,
    store,
    migrate: async () => (pool ? migrate(pool) : []),
    async close() {
      await Promise.all([hot?.close(), store?.close()])
    },
  }
}
