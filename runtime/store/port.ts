/**
 * Where releases are kept. The record (Postgres) is the truth and the history; the hot copy (Redis) is what bidders
 * read, and may be lost at any time: it is made again from the record. Both also exist as plain directories.
 */
import type { AckReport } from '@flightplan/contract/channel.ts'
import type { CanaryReport } from '@flightplan/contract/rollout.ts'
import type { Rollout } from '../rollout/rollout.ts'

/** A release as it is published. File contents are as in its directory, not packed. */
export interface ReleaseParts {
  digest: string
  manifest: Uint8Array
  signature: Uint8Array
  /** The OPA bundle beside it; null where the release has none. */
  bundle: Uint8Array | null
  files: ReadonlyMap<string, Uint8Array>
}

export interface SealedManifest {
  manifest: Uint8Array
  signature: Uint8Array
}

/** What a bidder reads, from wherever it can. Methods reject when the store cannot be reached, in bounded time. */
export interface ReleaseSource {
  readonly name: 'redis' | 'postgres' | 'directory'
  /** The channel's newest record, as signed; null: nothing was published. */
  pointer(channel: string): Promise<string | null>
  manifest(channel: string, digest: string): Promise<SealedManifest | null>
  /** A file, packed (release/delta.ts), by the sha256 of its content. More than `max_bytes` are never fetched: null. */
  blob(channel: string, sha256: string, max_bytes: number): Promise<Uint8Array | null>
  /** From the one content to the other; null: there is none. */
  delta(channel: string, from_sha256: string, to_sha256: string, max_bytes: number): Promise<Uint8Array | null>
  close(): Promise<void>
}

/** Who does something, when and why. */
export interface Deed {
  who: string
  at_ms: number
  reason: string
}

export interface HistoryEntry extends Deed {
  sequence: number
  verb: string
  /** The signed record. */
  text: string
}

/** One file of the configuration that a release changed against the one before it on the channel. */
export interface ConfigChange {
  digest: string
  commit: string
  path: string
  change: 'A' | 'M' | 'D'
  author: string
  at_ms: number
}

/** One state of a rollout. States of a channel are numbered from 1, whichever rollouts they are of. */
export interface RolloutEntry extends Deed {
  revision: number
  rollout: Rollout
}

export interface ReleaseStore extends ReleaseSource {
  /** All of it or nothing; false: it was there already. */
  putRelease(parts: ReleaseParts, deed: Deed): Promise<boolean>
  /** The signed OPA bundle of a release; null: no such release, or it has none. */
  bundle(digest: string): Promise<Uint8Array | null>
  /**
   * Adds a record to a channel, one writer at a time: `next` gets the newest record and returns the one to follow it, or
   * null to leave the channel as it is. Returns the newest record afterwards.
   * @throws Error of `next`; then nothing is written
   */
  append(
    channel: string,
    verb: string,
    deed: Deed,
    next: (head: string | null) => string | null,
  ): Promise<string | null>
  /** Newest first. */
  history(channel: string, limit: number): Promise<HistoryEntry[]>
  /** Mirrors what bidders said: the newest report of each. */
  putAcks(acks: readonly AckReport[]): Promise<void>
  acks(channel: string): Promise<AckReport[]>
  /** Idempotent per digest and path. */
  putConfigChanges(changes: readonly ConfigChange[]): Promise<void>
  /** Newest first; of one path, or of all with ''. */
  configChanges(path: string, limit: number): Promise<ConfigChange[]>
  /** Keeps the state that follows state `after` of the channel (0: the first). False: another was first, look again. */
  putRollout(rollout: Rollout, after: number, deed: Deed): Promise<boolean>
  /** States of all rollouts of a channel, newest first. */
  rollouts(channel: string, limit: number): Promise<RolloutEntry[]>
}

export interface HotCopy extends ReleaseSource {
  putManifest(channel: string, digest: string, sealed: SealedManifest): Promise<void>
  /** Of these contents, those that are there. */
  haveBlobs(channel: string, sha256: readonly string[]): Promise<ReadonlySet<string>>
  putBlob(channel: string, sha256: string, packed: Uint8Array): Promise<void>
  putDelta(channel: string, from_sha256: string, to_sha256: string, delta: Uint8Array): Promise<void>
  /**
   * Moves the pointer, if the sequence is higher than the one there, and calls subscribers in any case: to say it
   * again is how a lost call is made good. False: a newer record is there.
   */
  announce(channel: string, sequence: number, text: string): Promise<boolean>
  /** Told at each announcement, with nothing: whoever is called looks itself. Calls may be lost; poll as well. */
  subscribe(channel: string, onCall: () => void): Subscription
  ack(report: AckReport): Promise<void>
  acks(channel: string): Promise<AckReport[]>
  /** What a bidder counts while a canary is on; the newest word of each. */
  reportCanary(report: CanaryReport): Promise<void>
  canaryReports(channel: string): Promise<CanaryReport[]>
  /** Forgets a bidder that is gone. */
  dropAck(channel: string, bidder: string): Promise<void>
  /** Removes all but these releases and the contents that they list. Returns how many contents went. */
  keepOnly(channel: string, digests: readonly string[], sha256: readonly string[]): Promise<number>
}

export interface Subscription {
  close(): void
}
