/** A channel in stores, a bidder that follows it, and what a test needs to publish and to break things. */
import { createSecretKey } from 'node:crypto'
import { join } from 'node:path'
import { after } from 'node:test'
import { type Release, sealRelease } from '@flightplan/compiler/release.ts'
import { headOf, moveChannel, publishMove, type Signing } from '../../publish/channel.ts'
import { syncHot } from '../../publish/sync.ts'
import { startServer } from '../../serve/server.ts'
import { openDirectoryHot } from '../../store/directory-hot.ts'
import { openDirectoryStore } from '../../store/directory-store.ts'
import type { HotCopy, ReleaseParts, ReleaseStore } from '../../store/port.ts'
import { PRIVATE_KEY, TRUSTED } from '../release/shipped.ts'
import { until } from '../store/contract.ts'

export const CHANNEL = 'live'
export const SIGNING: Signing = { privateKey: PRIVATE_KEY, trusted: TRUSTED }
export const deed = (reason = 'test') => ({ who: 'ada@buyer.example', at_ms: Date.now(), reason })

export function partsOf({ digest, files, manifest }: Release): ReleaseParts {
  const file = (name: string): Uint8Array => files.get(name) ?? new Uint8Array()
  const listed = Object.keys(manifest.files).map(name => [name, file(name)] as const)
  return {
    ...{ digest, manifest: file('manifest.json'), signature: file('manifest.sig'), bundle: null },
    files: new Map(listed),
  }
}

/** Another digest, the same contents. */
export function rebuilt(of: Release, minutes: number): Release {
  const contents = new Map(Object.keys(of.manifest.files).map(name => [name, of.files.get(name) ?? new Uint8Array()]))
  const origin = { ...of.manifest, built_at_ms: of.manifest.built_at_ms + minutes * 60_000 }
  return sealRelease(contents, origin, of.manifest.counts, PRIVATE_KEY)
}

export interface Stores {
  store: ReleaseStore
  hot: HotCopy
}

export const directoryStores = (folder: string): Stores => ({
  store: openDirectoryStore(join(folder, 'record')),
  hot: openDirectoryHot(join(folder, 'hot')),
})

export async function publish({ store, hot }: Stores, release: Release) {
  await store.putRelease(partsOf(release), deed())
  await moveChannel(store, CHANNEL, 'publish', deed(), SIGNING, publishMove(release.digest))
  return syncHot(store, hot, CHANNEL, TRUSTED)
}

export const head = ({ store }: Stores) => headOf(store, CHANNEL, TRUSTED)

export type Event = { event: string; data: Record<string, unknown> | undefined }

/** A bidder with one worker in this process. */
export async function startBidder(stores: Partial<Stores>, stateDir: string, more: { budget_bytes?: number } = {}) {
  const events: Event[] = []
  const server = await startServer({
    config: {
      ...{ host: '127.0.0.1', port: 0, adminPort: 0, workers: 1, server: 'strict', factsFile: null },
      ...{ profilesFile: null, secretsDir: null, channelDir: '', stateDir, trusted: TRUSTED },
      ...{ tokenKey: createSecretKey(Buffer.alloc(32, 1)), noticeUrl: 'https://notice.example' },
      ...{
        release_budget_bytes: more.budget_bytes ?? 1 << 28,
        poll_ms: 100,
        canary_report_ms: 200,
        drain_delay_ms: 0,
        drain_ms: 2000,
      },
    },
    remote: { channel: CHANNEL, bidder: 'b-1', hot: stores.hot ?? null, store: stores.store ?? null },
    ...{ secrets: () => 'x', random: Math.random, now_ms: Date.now },
    log: (_, event, data) => void events.push({ event, data }),
  })
  after(() => server.close()) // also where a test fails
  const of = (name: string) => events.filter(({ event }) => event === name)
  const serves = (digest: string) => until(() => of('release_live').at(-1)?.data?.['digest'] === digest, 10_000)
  return { server, events, of, serves }
}
