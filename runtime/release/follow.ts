/** Follows a channel: each new release is loaded, handed over, kept as last good and reported; a bad one changes nothing. */
import { keepLastGood } from './last-good.ts'
import { loadRelease } from './loader.ts'
import { REFUSALS, type Refusal, refusalOf } from './refusal.ts'
import type { LoadedRelease, VerifyOptions } from './verify.ts'
import { type Pointer, readPointer, watchChannel } from './watch.ts'

/** ACK: verified and in memory. LIVE: every worker serves it. NACK: refused, and the one before keeps serving. */
export type ReleaseEvent =
  | { kind: 'ack'; digest: string; load_ms: number; from: 'channel' | 'last_good'; counts: Record<string, number> }
  | { kind: 'live'; digest: string }
  | { kind: 'nack'; digest: string; code: Refusal['code']; error: string; text: string }
  | { kind: 'not_kept'; digest: string; text: string }

export interface FollowOptions {
  channelDir: string
  stateDir: string
  poll_ms: number
  random: () => number
  verify: VerifyOptions
  /** Gives every worker the release; resolves when each has swapped, rejects when all keep the one before. */
  activate(release: LoadedRelease): Promise<void>
  report(event: ReleaseEvent): void
}

export interface Follower {
  /** Resolves after the first try, from the channel or from disk; false: nothing could be loaded yet. */
  started: Promise<boolean>
  stop(): Promise<void>
}

export function followChannel(options: FollowOptions): Follower {
  let isServing = false
  const tryOne = async (pointer: Pointer, from: 'channel' | 'last_good'): Promise<void> => {
    const { dir, digest } = pointer
    const refuse = ({ code, text }: Refusal) =>
      options.report({ kind: 'nack', digest, code, error: REFUSALS[code], text })
    const release = await loadRelease(dir, digest, options.verify)
    if (!release.ok) return refuse(release)
    const { load_ms, manifest } = release
    options.report({ kind: 'ack', digest, load_ms, from, counts: manifest.counts })
    try {
      await options.activate(release)
    } catch (error) {
      return refuse(refusalOf(error, 'not_activated'))
    }
    isServing = true
    options.report({ kind: 'live', digest })
    if (from === 'channel') await keep(pointer)
  }
  const keep = ({ dir, digest }: Pointer): Promise<void> =>
    keepLastGood(options.stateDir, dir).catch(error =>
      options.report({ kind: 'not_kept', digest, text: String(error) }),
    )
  // One at a time, in order: a swap never overtakes another. Of several that wait only the newest is loaded.
  let waiting: Pointer | null = null
  const loadWaiting = async (): Promise<void> => {
    const next = waiting
    waiting = null
    if (next) await tryOne(next, 'channel')
  }
  let work = Promise.resolve()
  const watching = watchChannel(options.channelDir, options, pointer => {
    waiting = pointer
    work = work.then(loadWaiting)
  })
  const started = work.then(async () => {
    const kept = readPointer(options.stateDir)
    if (!isServing && kept) await tryOne(kept, 'last_good')
    return isServing
  })
  work = started.then(() => {})
  return {
    started,
    async stop() {
      watching.stop()
      waiting = null
      await work
    },
  }
}
