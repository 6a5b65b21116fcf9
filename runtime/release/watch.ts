/** Where a channel points to, and when that changes. Looking is cheap, so both a poll and the system's hint do it. */
import { type FSWatcher, readFileSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'

/** What `current` says. `dir` is where the release lies; `digest` the hex of the sha256 of its manifest. */
export interface Pointer {
  digest: string
  dir: string
}

/** The pointer of a channel directory; null: empty, unreadable, or no digest. Never throws. */
export function readPointer(channelDir: string): Pointer | null {
  try {
    const text = readFileSync(join(channelDir, 'current'), 'latin1').trim()
    const digest = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1]
    return digest === undefined ? null : { digest, dir: join(channelDir, text) }
  } catch {
    return null
  }
}

/**
 * Two sights of one pointer are equal unless it, or the release itself, changed: a release that was refused because it
 * was not copied whole is looked at again when it is.
 */
function sightOf(pointer: Pointer): string {
  try {
    const { mtimeMs, size, ino } = statSync(join(pointer.dir, 'manifest.json'))
    return `${pointer.digest} ${mtimeMs} ${size} ${ino}`
  } catch {
    return pointer.digest
  }
}

export interface WatchOptions {
  poll_ms: number
  /** In [0, 1): bidders that all poll in step would hit the store in step. */
  random: () => number
}

export interface ChannelWatch {
  stop(): void
}

/** Calls `onChange` with the pointer now, if there is one, and each time that it changes; never twice for one sight. */
export function watchChannel(channelDir: string, options: WatchOptions, onChange: (to: Pointer) => void): ChannelWatch {
  let seen = ''
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const pointer = readPointer(channelDir)
    const sight = pointer ? sightOf(pointer) : seen
    if (isStopped || !pointer || sight === seen) return
    seen = sight
    onChange(pointer)
  }
  const poll = () => {
    look()
    timer = setTimeout(poll, options.poll_ms * (0.75 + options.random() / 2))
  }
  poll()
  const hint = watchDirectory(channelDir, look)
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
      hint?.close()
    },
  }
}

/** A hint only: network file systems give none, and a directory that is not there yet cannot be watched. */
function watchDirectory(dir: string, look: () => void): FSWatcher | null {
  try {
    const watcher = watch(dir, { persistent: false }, (_, name) => {
      if (name === null || name === 'current') look()
    })
    return watcher.on('error', () => watcher.close())
  } catch {
    return null
  }
}
