/** New releases under load: what fails, and how late the answers of that second are, beside the same seconds without one. */
import { cpSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLoop } from '../load/client.ts'
import { OPEN_CONNECTIONS } from './open-loop.ts'
import type { Deck } from './requests.ts'
import type { Server } from './server.ts'
import { median, quantile } from './statistics.ts'

/** Of several swaps: the sum of what failed, the median of all else. */
export interface Swap {
  rate_per_s: number
  swaps: number
  /** Lost connections, other statuses than 200 and 204, and requests without an answer. */
  failed: number
  /** From the change of the pointer until every worker serves the new release. */
  took_ms: number
  before_p99_ms: number
  /** The worst second that touches the load or the swap: the strictest reading of "the second of the swap". */
  worst_p99_ms: number
  /** The worst of as many seconds under the same load, just before, while nothing is swapped: what the machine does alone. */
  control_p99_ms: number
  /** How much later the worst second was than the second before; the median of these, not the difference of the medians. */
  added_ms: number
  controlAdded_ms: number
}

export interface SwapPlan {
  rate_per_s: number
  swaps: number
  /** Before each change, and after each swap. */
  around_ms: number
  /** The longest that loading the release may take. */
  load_ms: number
  /** Before the load: the next release, one that does not serve. */
  stage(): Staged
}

export interface Staged {
  flip(): void
  /** Resolves when the new release serves. */
  live: Promise<void>
}

/** Copies a release into a channel that does not point to it yet. */
export function putBeside(channel: string, { dir, digest }: { dir: string; digest: string }): void {
  cpSync(dir, join(channel, digest), { recursive: true })
}

/** Makes a release of the channel the current one, in one step. */
export function pointTo(channel: string, digest: string): void {
  const pointer = join(channel, 'current.next')
  writeFileSync(pointer, `${digest}\n`)
  renameSync(pointer, join(channel, 'current'))
}

type OneSwap = Omit<Swap, 'rate_per_s' | 'swaps'>

const SECOND_MS = 1000
const STEP_MS = 100

export async function measureSwaps(server: Server, deck: Deck, plan: SwapPlan): Promise<Swap> {
  const all: OneSwap[] = []
  for (let i = 0; i < plan.swaps; i++) all.push(await measureSwap(server, deck, plan))
  const middle = (of: keyof OneSwap) => median(all.map(one => one[of]))
  return {
    ...{ rate_per_s: plan.rate_per_s, swaps: plan.swaps, failed: all.reduce((sum, one) => sum + one.failed, 0) },
    ...{ took_ms: middle('took_ms'), before_p99_ms: middle('before_p99_ms') },
    ...{ worst_p99_ms: middle('worst_p99_ms'), control_p99_ms: middle('control_p99_ms') },
    ...{ added_ms: middle('added_ms'), controlAdded_ms: middle('controlAdded_ms') },
  }
}

async function measureSwap(server: Server, deck: Deck, plan: SwapPlan): Promise<OneSwap> {
  const due: number[] = []
  const took: number[] = []
  const { flip, live } = plan.stage()
  const load = openLoop({
    ...{ host: '127.0.0.1', port: server.port, connections: OPEN_CONNECTIONS, requests: deck.requests() },
    rate_per_s: plan.rate_per_s,
    duration_ms: 2 * plan.around_ms + plan.load_ms,
    onAnswer: (due_ms, latency_ms) => {
      due.push(due_ms)
      took.push(latency_ms)
    },
  })
  await sleep(plan.around_ms)
  const flipped_ms = performance.now()
  flip()
  const live_ms = await Promise.race([live.then(() => performance.now()), load.then(() => Number.NaN)])
  const { statuses, unanswered, answered } = await load
  deck.used(answered)
  if (Number.isNaN(live_ms)) throw new Error(`${server.name} did not swap within ${plan.around_ms + plan.load_ms} ms`)
  const p99Of = (from_ms: number) =>
    quantile(
      took.filter((_, i) => due[i]! >= from_ms && due[i]! < from_ms + SECOND_MS),
      0.99,
    ) // one each
  const worstOf = (from_ms: number, to_ms: number) => Math.max(...windows(from_ms, to_ms).map(p99Of))
  const took_ms = live_ms - flipped_ms
  const before_p99_ms = p99Of(flipped_ms - SECOND_MS)
  const worst_p99_ms = worstOf(flipped_ms, live_ms)
  // As many windows, the last of which ends with the change; it begins one second after the load at the earliest.
  const control_ms = Math.max(flipped_ms - plan.around_ms + SECOND_MS / 2, flipped_ms - SECOND_MS - took_ms)
  const control_p99_ms = worstOf(control_ms, flipped_ms - SECOND_MS)
  return {
    ...{ failed: unanswered + countOthers(statuses), took_ms, before_p99_ms, worst_p99_ms, control_p99_ms },
    added_ms: worst_p99_ms - before_p99_ms,
    controlAdded_ms: control_p99_ms - before_p99_ms,
  }
}

/** Seconds, a tenth apart, from the one that begins with the change to the one that begins with the swap. */
function windows(from_ms: number, to_ms: number): number[] {
  return Array.from({ length: Math.ceil((to_ms - from_ms) / STEP_MS) + 1 }, (_, i) => from_ms + i * STEP_MS)
}

function countOthers(statuses: ReadonlyMap<number, number>): number {
  return [...statuses].reduce((sum, [status, n]) => sum + (status === 200 || status === 204 ? 0 : n), 0)
}
