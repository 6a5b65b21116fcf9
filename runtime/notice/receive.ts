/**
 * A notice from its query to its answer: judged, told from those that came before, written, and answered only when it is
 * durable. What cannot be written is answered with 503, and the sender comes again.
 */
import type { EventKind, LoggedEvent } from '@flightplan/contract/events.ts'
import { type Judge, judge, type Verdict } from './judge.ts'
import type { NodeLog } from './log.ts'
import type { Progress } from './marks.ts'
import type { Seen } from './seen.ts'
import { SpoolBusy } from './spool.ts'
import type { TokenClaims } from './token.ts'

/** Counted events, once each as far as this node knows, after they are durable. Must not throw; it is not waited for. */
export type OnBooked = (events: readonly LoggedEvent[]) => void

export interface ReceiverParts extends Omit<Judge, 'now_ms'> {
  log: NodeLog
  seen: Seen
  progress: Progress
  now_ms(): number
  /** Where a click leads; null: no release that this node knows has the creative. */
  landing(claims: TokenClaims, token: string): string | null
  onBooked: OnBooked
  tally: NoticeTally
}

export interface NoticeAnswer {
  status: 200 | 204 | 302 | 400 | 401 | 404 | 503
  location?: string
  isPixel?: true
}

/** Counts by kind and result; `forged`, `busy` and the like by themselves. */
export interface NoticeTally {
  results: Map<`${EventKind} ${LoggedEvent['result']}`, number>
  refused: Map<string, number>
}

export const newNoticeTally = (): NoticeTally => ({ results: new Map(), refused: new Map() })

const count = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)

const STATUS = { forged: 400, malformed: 400, unknown_path: 404, no_key: 401 } as const

export type Receiver = (path: string, query: URLSearchParams, conversionKey: string) => Promise<NoticeAnswer>

export function createReceiver(parts: ReceiverParts): Receiver {
  return async (path, query, conversionKey) => {
    const verdict = judge(path, query, conversionKey, { ...parts, now_ms: parts.now_ms() })
    if ('refused' in verdict) {
      count(parts.tally.refused, verdict.refused)
      return { status: STATUS[verdict.refused] }
    }
    try {
      await once(parts, verdict.event)
    } catch (error) {
      if (!(error instanceof SpoolBusy)) throw error
      count(parts.tally.refused, 'busy')
      return { status: 503 }
    }
    return answerOf(parts, verdict, query.get('t') ?? '')
  }
}

/** The second of two equal notices is answered when the first is durable, and is not written again. */
async function once({ seen, log, progress, tally, onBooked }: ReceiverParts, event: LoggedEvent): Promise<void> {
  const key = `${event.id} ${event.result}`
  const before = seen.of(key)
  if (before) {
    await before
    return void count(tally.results, `${event.kind} duplicate`)
  }
  const written = progress.begin(event.at_ms)
  const durable = log.append([event]).finally(written)
  seen.add(key, durable)
  try {
    await durable
  } catch (error) {
    seen.forget(key)
    throw error
  }
  count(tally.results, `${event.kind} ${event.result}`)
  if (event.result === 'counted') onBooked([event])
}

function answerOf({ landing }: ReceiverParts, { answer, claims }: Verdict, token: string): NoticeAnswer {
  if (answer === 'pixel') return { status: 200, isPixel: true }
  const location = answer === 'redirect' ? landing(claims, token) : null
  return location === null ? { status: 204 } : { status: 302, location }
}
