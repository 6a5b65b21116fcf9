/** The hot copy as a directory: for one machine, and for bidders that share a volume. */
import { type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AckReport } from '@flightplan/contract/channel.ts'
import type { CanaryReport } from '@flightplan/contract/rollout.ts'
import { createDurably, readIfThere, writeDurably } from './durable.ts'
import type { HotCopy } from './port.ts'

/**
 * ```
 * <root>/<channel>/records/<sequence>   the newest one is the pointer
 *                  releases/<digest>.{manifest,signature}  blobs/<sha256>  deltas/<from>-<to>  acks/<bidder>  canaries/<bidder>
 * ```
 */
export function openDirectoryHot(root: string): HotCopy {
  const at = (...parts: string[]): string => join(root, ...parts)
  const bounded = async (file: string, max_bytes: number): Promise<Uint8Array | null> => {
    const bytes = (await sizeOf(file)) > max_bytes ? null : await readIfThere(file)
    return bytes
  }
  return {
    name: 'directory',
    async pointer(channel) {
      const newest = (await sequences(at(channel, 'records'))).at(-1)
      const bytes = newest === undefined ? null : await readIfThere(at(channel, 'records', String(newest)))
      return bytes?.toString('utf8') ?? null
    },
    async manifest(channel, digest) {
      const manifest = await readIfThere(at(channel, 'releases', `${digest}.manifest`))
      const signature = await readIfThere(at(channel, 'releases', `${digest}.signature`))
      return manifest && signature ? { manifest, signature } : null
    },
    blob: (channel, sha256, max_bytes) => bounded(at(channel, 'blobs', sha256), max_bytes),
    delta: (channel, from, to, max_bytes) => bounded(at(channel, 'deltas', `${from}-${to}`), max_bytes),
    async putManifest(channel, digest, { manifest, signature }) {
      await writeDurably(at(channel, 'releases', `${digest}.manifest`), manifest)
      await writeDurably(at(channel, 'releases', `${digest}.signature`), signature)
    },
    async haveBlobs(channel, sha256) {
      const there = new Set(await names(at(channel, 'blobs')))
      return new Set(sha256.filter(one => there.has(one)))
    },
    putBlob: (channel, sha256, packed) => writeDurably(at(channel, 'blobs', sha256), packed),
    putDelta: (channel, from, to, delta) => writeDurably(at(channel, 'deltas', `${from}-${to}`), delta),
    async announce(channel, sequence, text) {
      const records = at(channel, 'records')
      const before = await sequences(records)
      const newest = before.at(-1) ?? 0
      if (sequence > newest) await createDurably(join(records, String(sequence)), text)
      else await writeDurably(join(records, String(newest)), (await readIfThere(join(records, String(newest)))) ?? '') // a call
      for (const old of before.slice(0, -1)) await rm(join(records, String(old)), { force: true })
      return sequence >= newest
    },
    subscribe(channel, onCall) {
      let watcher: FSWatcher | null = null
      let isClosed = false
      void mkdir(at(channel, 'records'), { recursive: true }).then(
        () => {
          if (isClosed) return
          watcher = watch(at(channel, 'records'), { persistent: false }, onCall)
          watcher.on('error', () => watcher?.close())
        },
        () => {}, // a hint only: the poll tells as well
      )
      return {
        close() {
          isClosed = true
          watcher?.close()
        },
      }
    },
    ack: report => writeDurably(at(report.channel, 'acks', report.bidder), JSON.stringify(report)),
    async acks(channel) {
      const files = await names(at(channel, 'acks'))
      const texts = await Promise.all(files.map(name => readIfThere(at(channel, 'acks', name))))
      return texts.flatMap(text => (text ? [JSON.parse(text.toString('utf8')) as AckReport] : [])) // written by ack()
    },
    reportCanary: report => writeDurably(at(report.channel, 'canaries', report.bidder), JSON.stringify(report)),
    async canaryReports(channel) {
      const files = await names(at(channel, 'canaries'))
      const texts = await Promise.all(files.map(name => readIfThere(at(channel, 'canaries', name))))
      return texts.flatMap(text => (text ? [JSON.parse(text.toString('utf8')) as CanaryReport] : [])) // by reportCanary()
    },
    async dropAck(channel, bidder) {
      for (const folder of ['acks', 'canaries']) await rm(at(channel, folder, bidder), { force: true })
    },
    async keepOnly(channel, digests, sha256) {
      const keep = new Set<string>([...sha256, ...digests.flatMap(one => [`${one}.manifest`, `${one}.signature`])])
      const drop = async (folder: string, isKept: (name: string) => boolean): Promise<number> => {
        const gone = (await names(at(channel, folder))).filter(name => !isKept(name))
        for (const name of gone) await rm(at(channel, folder, name), { force: true })
        return gone.length
      }
      await drop('releases', name => keep.has(name))
      await drop('deltas', name => keep.has(name.split('-')[1] ?? ''))
      return drop('blobs', name => keep.has(name))
    },
    async close() {},
  }
}

/** Without files that are still being written. */
async function names(folder: string): Promise<string[]> {
  const all = await readdir(folder).catch(() => [])
  return all.filter(name => !name.endsWith('.tmp'))
}

async function sequences(folder: string): Promise<number[]> {
  const numbers = (await names(folder)).filter(name => /^\d+$/.test(name)).map(Number)
  return numbers.sort((a, b) => a - b)
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0
}
