/** A whole fleet on one machine: real Redis, real Postgres, bidder processes, and the publisher's side of the channel. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Release } from '@flightplan/compiler/release.ts'
import type { AckReport } from '@flightplan/contract/channel.ts'
import { moveChannel, publishMove } from '@flightplan/runtime/publish/channel.ts'
import { type Synced, syncHot } from '@flightplan/runtime/publish/sync.ts'
import { openStores } from '@flightplan/runtime/store/open.ts'
import type { HotCopy, ReleaseStore } from '@flightplan/runtime/store/port.ts'
import { type FleetBidder, startFleetBidder } from './bidders.ts'
import type { Service } from './child.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './services.ts'
import { partsOf, SIGNING } from './world.ts'

export const CHANNEL = 'live'

export interface Fleet {
  redis: Service
  postgres: Service
  folder: string
  bidders: FleetBidder[]
  store: ReleaseStore
  hot: HotCopy
  stop(): Promise<void>
}

export async function startFleet(bidders: number): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'flightplan-fleet-'))
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  const urls = { redisUrl: redis.url, databaseUrl: postgres.url, storeDir: null }
  const stores = openStores(urls, Math.random, () => {})
  await stores.migrate()
  const { store, hot } = stores
  if (!store || !hot) throw new Error('both have a URL')
  const named = Array.from({ length: bidders }, (_, i) => `bidder-${i + 1}`)
  const started: FleetBidder[] = []
  for (const name of named)
    started.push(await startFleetBidder(name, { redis: redis.url, postgres: postgres.url }, join(folder, name)))
  return {
    ...{ redis, postgres, folder, bidders: started, store, hot },
    async stop() {
      await Promise.all(started.map(bidder => bidder.stop()))
      await stores.close()
      await Promise.all([redis.stop(), postgres.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const deed = () => ({ who: 'lab', at_ms: Date.now(), reason: 'lab' })

/** What `flight publish` does, in this process. */
export async function publish({ store, hot }: Pick<Fleet, 'store' | 'hot'>, release: Release): Promise<Synced> {
  await store.putRelease(partsOf(release), deed())
  await moveChannel(store, CHANNEL, 'publish', deed(), SIGNING, publishMove(release.digest))
  const synced = await syncHot(store, hot, CHANNEL, SIGNING.trusted)
  if (!synced) throw new Error('nothing was published')
  return synced
}

const ASK_EVERY_MS = 25

/** Until so many have said that they serve the record; how long that took, and the reports. @throws Error in time */
export async function untilServed(hot: HotCopy, sequence: number, bidders: number, wait_ms: number) {
  const began_ms = performance.now()
  for (;;) {
    const acks: AckReport[] = await hot.acks(CHANNEL).catch(() => [])
    const serving = acks.filter(ack => ack.state === 'live' && ack.sequence === sequence)
    const took_ms = performance.now() - began_ms
    if (serving.length >= bidders) return { took_ms, acks: serving }
    if (took_ms > wait_ms) {
      const told = acks.map(({ bidder, state, sequence: at, code, text }) => `${bidder} ${state} ${at} ${code} ${text}`)
      throw new Error(
        `${serving.length} of ${bidders} serve record ${sequence} after ${wait_ms} ms: ${told.join('; ')}`,
      )
    }
    await sleep(ASK_EVERY_MS)
  }
}
