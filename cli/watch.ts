/** `flight build --watch`: builds again when a file of the repository changes, until it is told to stop. */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FOLDERS, isRead, ROOT_FILE } from '@flightplan/compiler/folders.ts'
import { Stop } from './exit.ts'

/** Editors and `git checkout` write many files in a row: a build waits until this long nothing changed … */
const QUIET_MS = 50
/** … but not for ever. */
const MOST_WAIT_MS = 1000
/** How often the tree is compiled where the system has no watchers left (Linux: fs.inotify.max_user_watches). */
const POLL_MS = 5000

/**
 * Runs `build` now and after each change. One build at a time; what changes meanwhile makes for one more. What the
 * system or a Stop refuses is told, and may be better after the next change; at the first build it is thrown.
 * @param tell one line for people
 */
export async function buildOnChange(
  root: string,
  stop: AbortSignal,
  tell: (line: string) => void,
  build: () => Promise<void>,
): Promise<void> {
  const tree = new TreeWatcher(root, tell)
  stop.addEventListener('abort', () => tree.close())
  try {
    tree.refresh() // before the build: what changes from here on is seen by it or makes for another
    await build()
    for (;;) {
      if (!stop.aborted) await tree.changed()
      if (stop.aborted) return
      tree.refresh()
      await build().catch(error => tell(refusalOf(error)))
    }
  } finally {
    tree.close()
  }
}

/** @throws what is no refusal: a fault of ours */
function refusalOf(error: unknown): string {
  if (error instanceof Stop || (error instanceof Error && 'syscall' in error)) return `no release: ${error.message}`
  throw error
}

/**
 * One watcher a folder: Node's own recursive watching takes one a file on Linux, and its default allows 8,192 where a
 * repository has 23,000.
 */
class TreeWatcher {
  readonly #root: string
  readonly #tell: (line: string) => void
  readonly #watchers = new Map<string, { watcher: FSWatcher; made: string }>()
  #isPolling = false
  #changed_at: number | null = null
  #wake: () => void = () => {}

  constructor(root: string, tell: (line: string) => void) {
    this.#root = root
    this.#tell = tell
  }

  /** Watches the folders that there are now. */
  refresh(): void {
    const folders = new Map(['', ...FOLDERS.flatMap(name => foldersBelow(this.#root, name))].map(this.#withMade))
    for (const [folder, { watcher, made }] of this.#watchers)
      if (folders.get(folder) !== made) {
        watcher.close()
        this.#watchers.delete(folder)
      }
    for (const [folder, made] of folders) if (!this.#watchers.has(folder) && !this.#isPolling) this.#watch(folder, made)
  }

  /** Resolves when something changed since the last time, and then nothing for a while; at once after {@link close}. */
  async changed(): Promise<void> {
    const poll = this.#isPolling ? setTimeout(() => this.#note(), POLL_MS) : null
    if (this.#changed_at === null) await new Promise<void>(resolve => (this.#wake = resolve))
    if (poll) clearTimeout(poll)
    for (const began = performance.now(); performance.now() - began < MOST_WAIT_MS; ) {
      const quiet_ms = performance.now() - (this.#changed_at ?? Number.NEGATIVE_INFINITY)
      if (quiet_ms >= QUIET_MS) break
      await sleep(QUIET_MS - quiet_ms)
    }
    this.#changed_at = null
  }

  close(): void {
    for (const { watcher } of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
    this.#wake()
  }

  /**
   * A folder that was removed and made again is another one, and needs another watcher. File systems give the number of
   * the inode that went to the next one: the time of its birth tells them apart.
   */
  readonly #withMade = (folder: string): [string, string] => {
    const found = statSync(join(this.#root, folder), { throwIfNoEntry: false, bigint: true })
    return [folder, `${found?.ino} ${found?.birthtimeNs}`]
  }

  #watch(folder: string, made: string): void {
    try {
      const watcher = watch(join(this.#root, folder), (_, name) => {
        if (folder !== '' ? isRead(name ?? '') : name === ROOT_FILE || FOLDERS.includes(name ?? '')) this.#note()
      })
      watcher.on('error', () => this.#note()) // the folder went: the next refresh forgets it
      this.#watchers.set(folder, { watcher, made })
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code !== 'ENOSPC' && code !== 'EMFILE') return // it went meanwhile
      this.#isPolling = true
      this.#tell(`the system has no watchers left (${code}): every ${POLL_MS / 1000} s the tree is read instead`)
    }
  }

  #note(): void {
    this.#changed_at = performance.now()
    this.#wake()
  }
}

function foldersBelow(root: string, folder: string): string[] {
  try {
    const inner = readdirSync(join(root, folder), { withFileTypes: true })
    const folders = inner.filter(entry => entry.isDirectory() && isRead(entry.name))
    return [folder, ...folders.flatMap(entry => foldersBelow(root, `${folder}/${entry.name}`))]
  } catch {
    return [] // not there, or gone meanwhile; what cannot be read the build reports
  }
}
