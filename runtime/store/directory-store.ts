/** The record as a directory: plain files, so that the whole product runs without a database. */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AckReport } from '@flightplan/contract/channel.ts'
import { pack } from '../release/delta.ts'
import { createDurably, readIfThere, writeDurably } from './durable.ts'
import type { ConfigChange, HistoryEntry, ReleaseStore, RolloutEntry } from './port.ts'

/** So many writers may be first before one gives up. */
const MAX_TRIES = 100

/**
 * ```
 * <root>/releases/<digest>.json   written last: a release without it is not there
 *        releases/<digest>.{manifest,signature,bundle}  blobs/<sha256>
 *        channels/<channel>/<sequence>.json   {@link HistoryEntry}
 *        acks/<channel>/<bidder>.json  changes/<digest>.json
 *        rollouts/<channel>/<revision>.json   {@link RolloutEntry}
 * ```
 */
export function openDirectoryStore(root: string): ReleaseStore {
  const at = (...parts: string[]): string => join(root, ...parts)
  const json = async <T>(...parts: string[]): Promise<T | null> => {
    const bytes = await readIfThere(at(...parts))
    return bytes && (JSON.parse(bytes.toString('utf8')) as T) // written below
  }
  /** Newest first. */
  const numbersIn = async (...folder: string[]): Promise<number[]> =>
    (await list(at(...folder))).map(name => Number(name.slice(0, -'.json'.length))).sort((a, b) => b - a)
  const entry = (channel: string, sequence: number) => json<HistoryEntry>('channels', channel, `${sequence}.json`)
  const head = async (channel: string): Promise<HistoryEntry | null> => {
    const newest = (await numbersIn('channels', channel))[0]
    return newest === undefined ? null : entry(channel, newest)
  }
  const isThere = async (digest: string) => (await json('releases', `${digest}.json`)) !== null
  return {
    name: 'directory',
    pointer: async channel => (await head(channel))?.text ?? null,
    async manifest(_, digest) {
      if (!(await isThere(digest))) return null
      const manifest = await readIfThere(at('releases', `${digest}.manifest`))
      const signature = await readIfThere(at('releases', `${digest}.signature`))
      return manifest && signature ? { manifest, signature } : null
    },
    async blob(_, sha256, max_bytes) {
      const bytes = await readIfThere(at('blobs', sha256))
      return bytes && bytes.length <= max_bytes ? bytes : null
    },
    delta: async () => null,
    bundle: digest => readIfThere(at('releases', `${digest}.bundle`)),
    async putRelease({ digest, manifest, signature, bundle, files }, deed) {
      if (await isThere(digest)) return false
      for (const bytes of files.values()) await createDurably(at('blobs', sha256Of(bytes)), pack(bytes))
      await writeDurably(at('releases', `${digest}.manifest`), manifest)
      await writeDurably(at('releases', `${digest}.signature`), signature)
      if (bundle) await writeDurably(at('releases', `${digest}.bundle`), bundle)
      return createDurably(at('releases', `${digest}.json`), JSON.stringify(deed))
    },
    async append(channel, verb, deed, next) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const before = await head(channel)
        const text = next(before?.text ?? null)
        if (text === null) return before?.text ?? null
        const sequence = (before?.sequence ?? 0) + 1
        const added: HistoryEntry = { sequence, verb, text, ...deed }
        // The file of a number can be made once only: whoever comes second looks again.
        if (await createDurably(at('channels', channel, `${sequence}.json`), JSON.stringify(added))) return text
      }
      throw new Error(`channel ${channel} is being written by others all the time`)
    },
    async history(channel, limit) {
      const newest = (await numbersIn('channels', channel)).slice(0, limit)
      const found = await Promise.all(newest.map(sequence => entry(channel, sequence)))
      return found.flatMap(one => one ?? [])
    },
    async putAcks(acks) {
      for (const ack of acks) {
        const before = await json<AckReport>('acks', ack.channel, `${ack.bidder}.json`)
        if (!before || before.at_ms < ack.at_ms)
          await writeDurably(at('acks', ack.channel, `${ack.bidder}.json`), JSON.stringify(ack))
      }
    },
    async acks(channel) {
      const found = await Promise.all(
        (await list(at('acks', channel))).map(name => json<AckReport>('acks', channel, name)),
      )
      return found.flatMap(one => one ?? [])
    },
    async putConfigChanges(changes) {
      for (const [digest, rows] of Map.groupBy(changes, change => change.digest))
        await createDurably(at('changes', `${digest}.json`), JSON.stringify(rows))
    },
    async configChanges(path, limit) {
      const files = await Promise.all((await list(at('changes'))).map(name => json<ConfigChange[]>('changes', name)))
      const rows = files.flatMap(rows => rows ?? []).filter(row => path === '' || row.path === path)
      return rows.sort((a, b) => b.at_ms - a.at_ms || (a.path < b.path ? -1 : 1)).slice(0, limit)
    },
    async putRollout(rollout, after, deed) {
      const added: RolloutEntry = { revision: after + 1, rollout, ...deed }
      if ((await numbersIn('rollouts', rollout.channel))[0] !== (after === 0 ? undefined : after)) return false
      return createDurably(at('rollouts', rollout.channel, `${after + 1}.json`), JSON.stringify(added))
    },
    async rollouts(channel, limit) {
      const newest = (await numbersIn('rollouts', channel)).slice(0, limit)
      const found = await Promise.all(newest.map(n => json<RolloutEntry>('rollouts', channel, `${n}.json`)))
      return found.flatMap(one => one ?? [])
    },
    async close() {},
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function list(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => name.endsWith('.json'))
}
