/** What this bidder says of its channel: each change at once, and all of it anew every few seconds as a sign of life. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { AckReport } from '@flightplan/contract/channel.ts'
import type { HotCopy } from '../store/port.ts'
import { readPointer } from './watch.ts'

export interface Reporter {
  say(change: Partial<AckReport>): void
  stop(): void
}

/** Signs of life; the fleet's view calls a bidder stale after some of them. */
export const REPORT_EVERY_MS = 5000

export interface ReporterOptions {
  hot: HotCopy | null
  channel: string
  bidder: string
  stateDir: string
  random: () => number
  now_ms: () => number
}

export function openReporter({ hot, channel, bidder, stateDir, random, now_ms }: ReporterOptions): Reporter {
  let report: AckReport = {
    ...{ bidder, channel, state: 'nack', digest: '', sequence: 0, load_ms: 0, code: 'not_fetched', text: 'starting' },
    ...{ serving: '', from: 'last_good', fetched_bytes: 0, last_good: '', last_good_at_ms: 0, at_ms: 0 },
  }
  // One after the other, so that an older word never comes last; while one is on its way only the newest waits.
  let isSending = false
  let isDirty = false
  const send = (): void => {
    isDirty = true
    if (isSending) return
    isSending = true
    void drain().then(() => {
      isSending = false
    })
  }
  const drain = async (): Promise<void> => {
    while (isDirty && hot) {
      isDirty = false
      report = { ...report, ...lastGoodOf(stateDir), at_ms: now_ms() }
      await hot.ack(report).catch(() => {}) // said again soon; that it could not be is the store's fault to tell
    }
  }
  const timer = setInterval(send, REPORT_EVERY_MS * (0.75 + random() / 2))
  return {
    say(change) {
      report = { ...report, ...change }
      send()
    },
    stop: () => clearInterval(timer),
  }
}

function lastGoodOf(stateDir: string): Pick<AckReport, 'last_good' | 'last_good_at_ms'> {
  const kept = readPointer(stateDir)
  if (!kept) return { last_good: '', last_good_at_ms: 0 }
  try {
    return { last_good: kept.digest, last_good_at_ms: Math.round(statSync(join(stateDir, 'current')).mtimeMs) }
  } catch {
    return { last_good: '', last_good_at_ms: 0 }
  }
}
