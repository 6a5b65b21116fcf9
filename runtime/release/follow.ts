/** Follows a channel: each new release is loaded, handed over, kept as last good and reported; a bad one changes nothing. */
import { keepLastGood } from './last-good.ts'
import { type TakeOptions, takeRelease } from './take.ts'
import { type Pointer, readPointer, watchChannel } from './watch.ts'

export interface FollowOptions extends TakeOptions {
  channelDir: string
  stateDir: string
  poll_ms: number
  random: () => number
}

export interface Follower {
  /** Resolves after the first try, from the channel or from disk; false: nothing could be loaded yet. */
  started: Promise<boolean>
  stop(): Promise<void>
}

export function followChannel(options: FollowOptions): Follower {
  let isServing = false
  const tryOne = async (pointer: Pointer, from: 'channel' | 'last_good'): Promise<void> => {
    if (!(await takeRelease(pointer, from, options))) return
    isServing = true
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
