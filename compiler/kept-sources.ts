/** Files that a resident compiler has read, for as long as the disk says that they are what they were. */
import type { Stats } from 'node:fs'
import type { SourceFile } from './load.ts'

/** A file of the tree, not yet read. */
export interface Found {
  path: string
  stats: Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino' | 'dev'>
}
interface Kept extends Found {
  source: SourceFile
  isSettled: boolean
}
/** One walk of the tree. */
export interface KeptRun {
  /** The file as it is now: what is kept of it, or read anew. While its bytes stay, it stays the same object. */
  of(file: Found, read: () => SourceFile): SourceFile
}

/**
 * A file that is written twice within one tick of the file system's clock may show the same times for both (Git calls
 * it racily clean). So a file's times are believed only if, before it was read, the tree already held something newer
 * by more than a tick; Linux ticks every 10 ms or faster, others may write whole seconds.
 */
const TICK_MS = 20
const SECOND_MS = 2000

export class KeptSources {
  #known: ReadonlyMap<string, Kept> = new Map()

  /** @param found all files of the tree, before any of them is read; those that are gone are forgotten */
  since(found: readonly Found[]): KeptRun {
    const newest_ms = found.reduce((newest, { stats }) => Math.max(newest, changed_ms(stats)), 0)
    const known = this.#known
    const next = new Map<string, Kept>()
    this.#known = next
    return {
      of: ({ path, stats }, read) => {
        const before = known.get(path)
        const kept =
          before?.isSettled && isSame(before.stats, stats) ? before : readAnew(path, stats, newest_ms, before, read)
        next.set(path, kept)
        return kept.source
      },
    }
  }
}

function readAnew(
  path: string,
  { size, mtimeMs, ctimeMs, ino, dev }: Found['stats'],
  newest_ms: number,
  before: Kept | undefined,
  read: () => SourceFile,
): Kept {
  const stats = { size, mtimeMs, ctimeMs, ino, dev } // of a Stats with its dates, this is a third
  const fresh = read()
  const source = before?.source.blob_id === fresh.blob_id ? before.source : fresh
  const changed = changed_ms(stats)
  return { path, stats, source, isSettled: newest_ms - changed > (changed % 1000 === 0 ? SECOND_MS : TICK_MS) }
}

const changed_ms = ({ mtimeMs, ctimeMs }: Found['stats']): number => Math.max(mtimeMs, ctimeMs)

const isSame = (a: Found['stats'], b: Found['stats']): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino && a.dev === b.dev
