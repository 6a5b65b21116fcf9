/**
 * Append-only segments on disk. Whatever waits is written in one go and made durable by one fsync, then all of it is
 * acknowledged; what comes meanwhile is the next group. So a slow disk makes groups larger and not the queue longer,
 * and beyond its bound the queue refuses.
 */
import type { Disk, SegmentFile } from './disk.ts'
import { wholeBytes } from './frame.ts'

/** The queue or the disk is full, or the disk is broken: ask again later. Nothing was acknowledged. */
export class SpoolBusy extends Error {
  override name = 'SpoolBusy'
}

export interface SpoolOptions {
  disk: Disk
  now_ms(): number
  /** A segment is closed beyond this. Default: 32 MiB. */
  segment_bytes?: number
  /** What may wait for its fsync. Default: 8 MiB. */
  waiting_bytes?: number
  /** All segments together. Default: 4 GiB. */
  total_bytes?: number
}

export interface Spool {
  /** Framed lines; resolves when they survive a power cut. Rejects with {@link SpoolBusy}. */
  append(lines: string): Promise<void>
  /** Framed lines that nobody waits for; false: refused. They leave room for those that somebody waits for. */
  offer(lines: string): boolean
  /** Closes the segment that is written, and names all that are closed, oldest first. */
  seal(): Promise<string[]>
  read(name: string): Promise<Buffer>
  /** Of a closed segment. */
  remove(name: string): Promise<void>
  figures(): SpoolFigures
  /** Writes what waits. */
  close(): Promise<void>
}

export interface SpoolFigures {
  bytes: number
  segments: number
  waiting_bytes: number
  syncs: number
  /** Writes or syncs that failed. */
  failures: number
  /** When the oldest segment was begun; null: there is none. */
  oldest_ms: number | null
}

interface Waiting {
  lines: string
  done(): void
  failed(error: Error): void
}

/** Share of both bounds that {@link Spool.offer} may fill. */
const OFFER_SHARE = 0.8
const MIB = 1 << 20

/** A torn tail is cut. What is open is closed: a reader may have read past what a power cut took from it. */
export async function openSpool({ disk, now_ms, ...bounds }: SpoolOptions): Promise<Spool> {
  const { segment_bytes = 32 * MIB, waiting_bytes = 8 * MIB, total_bytes = 4096 * MIB } = bounds
  const sizes = new Map<string, number>()
  for (const { name, bytes } of await disk.list()) sizes.set(name, bytes)
  const last = [...sizes.keys()].at(-1)
  if (last !== undefined) sizes.set(last, await mend(disk, last))
  let number = last === undefined ? 0 : Number(last.slice(16, 22))
  let total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  let waiting: Waiting[] = []
  let queued_bytes = 0
  const counts = { syncs: 0, failures: 0 }
  let current: { name: string; file: SegmentFile } | null = null
  let work: Promise<void> = Promise.resolve()
  let isWriting = false
  let isClosed = false

  const begin = async () => {
    number = (number + 1) % 1_000_000
    // Names must rise for readers, whatever the clock does.
    const newest = Number([...sizes.keys()].at(-1)?.slice(0, 15) ?? 0)
    const name = `${String(Math.max(newest, now_ms())).padStart(15, '0')}-${String(number).padStart(6, '0')}.ndjson`
    const file = await disk.create(name)
    sizes.set(name, 0)
    return { name, file }
  }
  const end = async () => {
    const ended = current
    current = null
    await ended?.file.close()
  }
  const store = async (bytes: Buffer) => {
    current ??= await begin()
    const { name, file } = current
    await file.write(bytes)
    await file.sync()
    counts.syncs++
    sizes.set(name, sizes.get(name)! + bytes.length) // set when it was begun
    total += bytes.length
    if (sizes.get(name)! >= segment_bytes) await end()
  }
  /** After a failed write or sync nobody knows what the file holds: it ends where it was last known to be durable. */
  const abandon = async () => {
    counts.failures++
    const name = current?.name
    await end().catch(() => {})
    if (name !== undefined) await disk.cut(name, sizes.get(name)!).catch(() => {}) // set when it was begun
  }
  const writeAll = async () => {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      const bytes = Buffer.from(group.length === 1 ? group[0]!.lines : group.map(({ lines }) => lines).join('')) // one there
      try {
        await store(bytes)
        for (const { done } of group) done()
      } catch (error) {
        await abandon()
        const busy = new SpoolBusy(error instanceof Error ? error.message : String(error))
        for (const { failed } of group) failed(busy)
      }
      for (const { lines } of group) queued_bytes -= lines.length
    }
    isWriting = false
  }
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const run = work.then(task)
    work = run.then(
      () => {},
      () => {},
    )
    return run
  }
  const enqueue = (entry: Waiting) => {
    waiting.push(entry)
    queued_bytes += entry.lines.length
    if (isWriting) return
    isWriting = true
    void inTurn(writeAll)
  }
  const hasRoom = (lines: string, share: number) =>
    !isClosed && queued_bytes + lines.length <= waiting_bytes * share && total + queued_bytes <= total_bytes * share
  return {
    append: lines =>
      hasRoom(lines, 1)
        ? new Promise((done, failed) => enqueue({ lines, done, failed }))
        : Promise.reject(new SpoolBusy(isClosed ? 'closed' : 'full')),
    offer(lines) {
      if (!hasRoom(lines, OFFER_SHARE)) return false
      enqueue({ lines, done() {}, failed() {} })
      return true
    },
    seal: () =>
      inTurn(async () => {
        await end()
        return [...sizes.keys()]
      }),
    read: name => disk.read(name),
    remove: name =>
      inTurn(async () => {
        await disk.remove(name)
        total -= sizes.get(name) ?? 0
        sizes.delete(name)
      }),
    figures: () => ({
      ...counts,
      ...{ bytes: total, segments: sizes.size, waiting_bytes: queued_bytes },
      oldest_ms: sizes.size === 0 ? null : Number([...sizes.keys()][0]?.slice(0, 15)),
    }),
    close() {
      isClosed = true
      return inTurn(async () => {
        await writeAll()
        await end()
      })
    },
  }
}

/** The size of the last segment once its tail is whole. */
async function mend(disk: Disk, name: string): Promise<number> {
  const segment = await disk.read(name)
  const whole = wholeBytes(segment)
  if (whole < segment.length) await disk.cut(name, whole)
  return whole
}
