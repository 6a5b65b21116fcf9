/**
 * Kafka as the event log, and the spool while it is away. One group is sent at a time, of all that wait. A group that
 * Kafka does not acknowledge soon goes to the spool, and so does what follows until the spool has been sent; then order
 * within a campaign is kept but for the tail of the spool. What is sent twice has one id, and counts once.
 */
import { type LoggedEvent, TOPICS } from '@flightplan/contract/events.ts'
import { unframed } from './frame.ts'
import { type Line, lineOf, markText, topicOf } from './lines.ts'
import type { NodeLog } from './log.ts'
import { type Spool, SpoolBusy } from './spool.ts'

/** The way to Kafka. */
export interface Sender {
  /** Resolves when all are acknowledged by all replicas; rejects when that is not known of each. */
  send(lines: readonly Line[]): Promise<void>
  /** To each partition of each topic. */
  mark(text: string): Promise<void>
  close(): Promise<void>
}

export interface KafkaLogParts {
  sender: Sender
  spool: Spool
  log(level: 'info' | 'warn', event: string, data?: Record<string, unknown>): void
  /** How long a group may wait for Kafka before it goes to the spool. Default: 100 ms, half of what an answer may take. */
  patience_ms?: number
  /** How often Kafka is tried while it is away. Default: 1 s. */
  retry_ms?: number
}

interface Waiting {
  lines: readonly Line[]
  done(): void
  failed(error: unknown): void
}

const WAITING_BYTES = 8 << 20
const OFFER_SHARE = 0.8
/** Messages of one request to Kafka: about half a megabyte, of which a broker takes one. */
const SEND = 800
/** A segment that takes longer is sent again. */
const DRAIN_MS = 60_000
/** A segment is named by its beginning; an event that began a moment before may be the first in it. */
const NAMED_LATE_MS = 60_000

export function openKafkaLog({ sender, spool, log, patience_ms = 100, retry_ms = 1000 }: KafkaLogParts): NodeLog {
  let isUp = spool.figures().segments === 0
  let isClosed = false
  let queue: Waiting[] = []
  let queued_bytes = 0
  let sending: Promise<void> | null = null
  let draining: Promise<void> | null = null
  const counts = { sent: 0, drained: 0 }
  const stop = new AbortController()

  const sendAll = async (lines: readonly Line[]) => {
    for (let at = 0; at < lines.length; at += SEND) await sender.send(lines.slice(at, at + SEND))
    counts.sent += lines.length
  }
  const fallBack = async (lines: readonly Line[], error: unknown) => {
    if (isUp) log('warn', 'kafka_away', { error: error instanceof Error ? error.message : String(error) })
    isUp = false
    draining ??= drain().finally(() => {
      draining = null
    })
    if (lines.length > 0) await spool.append(lines.map(({ text }) => text).join(''))
  }
  const work = async () => {
    while (queue.length > 0) {
      const group = queue
      queue = []
      const lines = group.flatMap(entry => entry.lines)
      try {
        if (!isUp) await spool.append(lines.map(({ text }) => text).join(''))
        else await within(sendAll(lines), patience_ms).catch(error => fallBack(lines, error))
        for (const { done } of group) done()
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
      queued_bytes -= bytesOf(lines)
    }
    sending = null
  }
  const enqueue = (entry: Waiting) => {
    queue.push(entry)
    queued_bytes += bytesOf(entry.lines)
    sending ??= work()
  }
  const hasRoom = (lines: readonly Line[], share: number) =>
    !isClosed && queued_bytes + bytesOf(lines) <= WAITING_BYTES * share
  const queued = (lines: readonly Line[]): Promise<void> =>
    hasRoom(lines, 1)
      ? new Promise((done, failed) => enqueue({ lines, done, failed }))
      : Promise.reject(new SpoolBusy(isClosed ? 'closed' : 'full'))

  /** Kafka may be silent: the end does not wait for it, and what is not acknowledged stays in the spool. */
  const unlessStopped = (asked: Promise<void>) => within(asked, DRAIN_MS, stop.signal)

  /** Sends what is sealed, oldest first; a segment goes when all of it is acknowledged. */
  const drainOnce = async (): Promise<number> => {
    const names = await spool.seal()
    for (const name of names) {
      const lines = linesOf(await spool.read(name))
      await unlessStopped(sendAll(lines))
      counts.drained += lines.length
      await spool.remove(name)
    }
    return names.length
  }
  /** Until what was written meanwhile is little; then new events go past it, and it is sent as the last. */
  async function drain(): Promise<void> {
    while (!isUp && !stop.signal.aborted) {
      await pause(retry_ms, stop.signal)
      try {
        while ((await drainOnce()) > 1 && !stop.signal.aborted) {}
        isUp = true
        await drainOnce()
        log('info', 'kafka_back', { drained: counts.drained })
      } catch {
        isUp = false // still away: the next turn tries again
      }
    }
  }
  if (!isUp) draining = drain()
  return {
    append: events => {
      const lines = events.map(lineOf)
      return isUp ? queued(lines) : spool.append(lines.map(({ text }) => text).join(''))
    },
    offer(lines) {
      if (!isUp) return spool.offer(lines.map(({ text }) => text).join(''))
      if (!hasRoom(lines, OFFER_SHARE)) return false
      enqueue({ lines, done() {}, failed() {} })
      return true
    },
    /** Behind all that was given before it; while Kafka is away nothing can be promised. */
    async mark(mark) {
      await queued([])
      if (isUp) await within(sender.mark(markText(mark).trimEnd()), patience_ms * 20)
    },
    held_ms() {
      const { oldest_ms } = spool.figures()
      return oldest_ms === null ? null : oldest_ms - NAMED_LATE_MS
    },
    figures: () => ({ spool: spool.figures(), kafka_up: isUp ? 1 : 0, ...counts }),
    async close() {
      isClosed = true
      stop.abort()
      await sending
      await draining
      await sender.close().catch(() => {})
      await spool.close()
    },
  }
}

const bytesOf = (lines: readonly Line[]): number => lines.reduce((sum, { text }) => sum + text.length, 0)

/** Lines that are no events any more go on as they are: the reader keeps them with what it rejects. Marks were of the spool. */
function linesOf(segment: Buffer): Line[] {
  return segment
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((text): Line[] => {
      if (unframed(text) === null) return [{ topic: TOPICS.notices.name, key: '', text }]
      const event = JSON.parse(text) as Partial<LoggedEvent> // our own line, its CRC holds
      return event.kind ? [{ topic: topicOf(event.kind), key: event.campaign ?? '', text }] : []
    })
}

async function within<T>(asked: Promise<T>, wait_ms: number, signal?: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${wait_ms} ms`)), wait_ms)
    signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
    if (signal?.aborted) reject(new Error('stopped')) // an event of before is not told again
  })
  for (const one of [asked, late]) one.catch(() => {}) // told by the race, or too late to matter
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

const pause = (wait_ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, wait_ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
