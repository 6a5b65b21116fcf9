/**
 * Brings the hot copy to what the record says, and calls the bidders. It is the second half of every move, and also the
 * cure: after a crash in between, or when Redis has lost all, running it again ends in the same state.
 */
import type { ChannelRecord } from '@flightplan/contract/channel.ts'
import type { Manifest } from '@flightplan/contract/release.ts'
import { diff, maxPackedBytes, unpack } from '../release/delta.ts'
import type { TrustedKeys } from '../release/keys.ts'
import { openRecord, peekRecord } from '../release/record.ts'
import type { HotCopy, ReleaseStore, SealedManifest } from '../store/port.ts'

export interface Synced {
  record: ChannelRecord
  /** Files that the hot copy did not have, and their packed bytes. */
  files: number
  bytes: number
  /** Deltas made, by file name, in bytes. */
  deltas: Record<string, number>
  /** False: a newer record was there already. */
  announced: boolean
}

/** So many releases stay in the hot copy for a quick way back; older ones come from the record. */
const KEEP_RELEASES = 5
/** Below this a delta saves nothing worth a key. */
const MIN_DELTA_FILE_BYTES = 2048

/** Null: nothing was published. @throws Refused where the newest record is not ours; rejects when a store is away */
export async function syncHot(
  store: ReleaseStore,
  hot: HotCopy,
  channel: string,
  trusted: TrustedKeys,
): Promise<Synced | null> {
  const text = await store.pointer(channel)
  if (text === null) return null
  const record = openRecord(text, channel, trusted)
  const synced: Synced = { record, files: 0, bytes: 0, deltas: {}, announced: false }
  const lives = await recentLives(store, channel, record)
  for (const digest of [record.live, record.canary]) {
    if (digest === null) continue
    const sealed = await sealedOf(store, channel, digest)
    await copyFiles(store, hot, channel, filesOf(sealed), synced)
    const before = lives.find(live => live !== digest)
    if (before !== undefined) await makeDeltas(store, hot, channel, before, filesOf(sealed), synced)
    await hot.putManifest(channel, digest, sealed) // last: who sees it finds the rest
  }
  synced.announced = await hot.announce(channel, record.sequence, text)
  if (synced.announced) await forgetOld(store, hot, channel, [...lives, record.canary ?? record.live])
  return synced
}

/** Newest first, each once. */
async function recentLives(store: ReleaseStore, channel: string, record: ChannelRecord): Promise<string[]> {
  const entries = await store.history(channel, 4 * KEEP_RELEASES)
  const lives = entries.flatMap(({ text }) => peekRecord(text)?.live ?? [])
  return [...new Set([record.live, ...lives])].slice(0, KEEP_RELEASES)
}

async function sealedOf(store: ReleaseStore, channel: string, digest: string): Promise<SealedManifest> {
  const sealed = await store.manifest(channel, digest)
  if (!sealed) throw new Error(`the record has no release ${digest}`)
  return sealed
}

const filesOf = ({ manifest }: SealedManifest): Manifest['files'] =>
  (JSON.parse(Buffer.from(manifest).toString('utf8')) as Manifest).files // was verified when it was published

async function copyFiles(
  store: ReleaseStore,
  hot: HotCopy,
  channel: string,
  files: Manifest['files'],
  synced: Synced,
): Promise<void> {
  const contents = new Map(Object.values(files).map(({ sha256, bytes }) => [sha256, bytes]))
  const there = await hot.haveBlobs(channel, [...contents.keys()])
  for (const [sha256, bytes] of contents) {
    if (there.has(sha256)) continue
    const packed = await store.blob(channel, sha256, maxPackedBytes(bytes))
    if (!packed) throw new Error(`the record has no file ${sha256}`)
    await hot.putBlob(channel, sha256, packed)
    synced.files++
    synced.bytes += packed.length
  }
}

/** From the release that bidders hold now. Files that are equal need none, new ones can have none. */
async function makeDeltas(
  store: ReleaseStore,
  hot: HotCopy,
  channel: string,
  before: string,
  files: Manifest['files'],
  synced: Synced,
): Promise<void> {
  const old = filesOf(await sealedOf(store, channel, before))
  for (const [name, file] of Object.entries(files)) {
    const base = old[name]
    if (!base || base.sha256 === file.sha256 || file.bytes < MIN_DELTA_FILE_BYTES) continue
    if (await hot.delta(channel, base.sha256, file.sha256, maxPackedBytes(file.bytes))) continue
    const [from, to] = [await content(store, channel, base), await content(store, channel, file)]
    const delta = diff(from, to)
    synced.deltas[name] = delta.length
    await hot.putDelta(channel, base.sha256, file.sha256, delta)
  }
}

async function content(store: ReleaseStore, channel: string, { sha256, bytes }: Manifest['files'][string]) {
  const packed = await store.blob(channel, sha256, maxPackedBytes(bytes))
  if (!packed) throw new Error(`the record has no file ${sha256}`)
  return unpack(packed, bytes)
}

async function forgetOld(store: ReleaseStore, hot: HotCopy, channel: string, digests: readonly string[]) {
  const kept = [...new Set(digests)]
  const contents: string[] = []
  for (const digest of kept)
    contents.push(...Object.values(filesOf(await sealedOf(store, channel, digest))).map(({ sha256 }) => sha256))
  await hot.keepOnly(channel, kept, contents)
}
