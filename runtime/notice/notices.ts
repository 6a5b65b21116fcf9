/** Notices and events of a process: the log, its marks, and the server that notices come to. */
import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { SnapshotMeta } from '@flightplan/contract/snapshot.ts'
import type { Secrets } from '../secrets.ts'
import type { BidBatch } from './bid-log.ts'
import { openDisk } from './disk.ts'
import { noticeMetrics } from './figures.ts'
import { openKafkaLog } from './kafka-log.ts'
import { openLandings } from './landing.ts'
import { lockFolder } from './lock.ts'
import type { NodeLog } from './log.ts'
import { openProgress } from './marks.ts'
import { openNoticeServer } from './notice-server.ts'
import { openPriceCodec, type PriceCodec, priceKey } from './price-codec.ts'
import { createReceiver, newNoticeTally, type OnBooked } from './receive.ts'
import { openSeen } from './seen.ts'
import { openSpool, type Spool } from './spool.ts'
import { openSpoolLog } from './spool-log.ts'

export interface NoticeConfig {
  /** 0: any. */
  port: number
  spoolDir: string
  /** This node's name in the event log; it must keep it when it starts again. */
  node: string
  /** Whether bids and no-bids are logged, and where all events go. */
  events: 'off' | 'spool' | 'kafka'
  brokers: readonly string[]
  /** Of server-to-server conversions; null: none are taken. */
  conversionKey: string | null
  /** One in this many no-bids of an exchange is logged. */
  noBidSample: number
}

export interface NoticeParts {
  host: string
  config: NoticeConfig
  tokenKey: KeyObject
  secrets: Secrets
  onBooked: OnBooked
  log(level: 'info' | 'warn' | 'error', event: string, data?: Record<string, unknown>): void
  now_ms(): number
}

/** What it has to know of a release that serves. */
export interface NoticedRelease {
  digest: string
  snapshot: SharedArrayBuffer
  exchanges: SnapshotMeta['exchanges']
}

export interface Notices {
  port: number
  learn(release: NoticedRelease): void
  /** Events of a serving thread. */
  take(thread: number, batch: BidBatch): void
  threadGone(thread: number): void
  metrics(): string
  /** Answers what is under way, writes what waits, and says that this node is done. */
  close(deadline_ms: number): Promise<void>
}

const MARK_EVERY_MS = 2000
/** Exact for the last 400,000 notices or, at fewer, for ten minutes: callers retry for one (openrtb.md §5). */
const SEEN = { ids: 200_000, age_ms: 600_000 }

/** Rejects when port or folder cannot be had. */
export async function openNotices({
  host,
  config,
  tokenKey,
  secrets,
  onBooked,
  log,
  now_ms,
}: NoticeParts): Promise<Notices> {
  const disk = await openDisk(config.spoolDir)
  const unlock = lockFolder(config.spoolDir, process.pid)
  const spool = await openSpool({ disk, now_ms })
  const events = await openLog(config, spool, log)
  const progress = openProgress()
  const seen = openSeen(SEEN, now_ms)
  const landings = openLandings()
  const codecs = new Map<string, PriceCodec>()
  const tally = newNoticeTally()
  const dropped = { bids: 0 }
  const fault = (error: unknown) =>
    log('error', 'notice_fault', { error: error instanceof Error ? error.message : 'not an error' })
  const promise = async (left?: true) => {
    const held_ms = events.held_ms()
    const complete_ms = Math.min(
      progress.complete_ms(now_ms()),
      held_ms === null ? Number.POSITIVE_INFINITY : held_ms - 1,
    )
    await events.mark({ mark: config.node, complete_ms, ...(left && { left }) })
  }
  await promise().catch(fault)
  const receive = createReceiver({
    ...{ log: events, seen, progress, tally, onBooked, now_ms, key: tokenKey, node: config.node },
    codec: exchange => codecs.get(exchange) ?? null,
    landing: landings.of,
    isConversionKey: given => config.conversionKey !== null && isSame(given, config.conversionKey),
  })
  const server = await openNoticeServer({ host, port: config.port }, receive, fault)
  const marking = setInterval(() => void promise().catch(fault), MARK_EVERY_MS).unref()
  return {
    port: server.port,
    learn({ digest, snapshot, exchanges }) {
      landings.learn(digest.replace(/^sha256:/, '').slice(0, 16), snapshot)
      for (const exchange of exchanges) codecs.set(exchange.exchange, codecOf(exchange, secrets))
    },
    take(thread, { lines, upTo_ms, dropped: lost }) {
      dropped.bids += lost
      if (lines.length > 0 && !events.offer(lines)) dropped.bids += lines.length
      progress.handedOver(thread, upTo_ms + 1)
    },
    threadGone: progress.left,
    metrics: () => noticeMetrics(tally, events.figures(), dropped.bids, seen.size()),
    async close(deadline_ms) {
      clearInterval(marking)
      await server.close(deadline_ms)
      if (events.held_ms() === null) await promise(true).catch(fault)
      await events.close()
      unlock()
    },
  }
}

async function openLog(config: NoticeConfig, spool: Spool, log: NoticeParts['log']): Promise<NodeLog> {
  if (config.events !== 'kafka') return openSpoolLog(spool)
  // Half a second to load: only where there is Kafka.
  const { openKafkaSender } = await import('./kafka-sender.ts')
  return openKafkaLog({ sender: openKafkaSender(config.brokers, config.node), spool, log })
}

function codecOf({ price }: SnapshotMeta['exchanges'][number], secrets: Secrets): PriceCodec {
  const [encryption, integrity] = [price.keys?.encryption, price.keys?.integrity].map(reference => {
    const secret = reference === undefined ? null : secrets(reference)
    return secret === null ? null : priceKey(secret)
  })
  return openPriceCodec(price.codec, price.unit, encryption && integrity ? { encryption, integrity } : null)
}

/** Hashes have one length, so how long it takes says nothing. */
function isSame(given: string, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(key))
}
