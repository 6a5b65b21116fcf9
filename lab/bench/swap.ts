/** A new release under load: what fails, and how late the answers of that second are. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openLoop } from '../load/client.ts'
import { OPEN_CONNECTIONS } from './open-loop.ts'
import type { Deck } from './requests.ts'
import type { Server } from './server.ts'
import { quantile } from './statistics.ts'

export interface Swap {
  rate_per_s: number
  /** Lost connections, other statuses than 200 and 204, and requests without an answer. */
  failed: number
  /** From the change of the pointer until every worker serves the new release. */
  took_ms: number
  before_p99_ms: number
  /** The worst second that touches the load or the swap: the strictest reading of "the second of the swap". */
  worst_p99_ms: number
}

export interface SwapPlan {
  rate_per_s: number
  /** Before the change, and after the swap. */
  around_ms: number
  /** The longest that loading the release may take. */
  load_ms: number
  flip(): void
  /** Resolves when the new release serves. */
  live: Promise<void>
}

const SECOND_MS = 1000
const STEP_MS = 100

export async function measureSwap(server: Server, deck: Deck, plan: SwapPlan): Promise<Swap> {
  const due: number[] = []
  const took: number[] = []
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
  plan.flip()
  const live_ms = await Promise.race([plan.live.then(() => performance.now()), load.then(() => Number.NaN)])
  const { statuses, unanswered } = await load
  if (Number.isNaN(live_ms)) throw new Error(`${server.name} did not swap within ${plan.around_ms + plan.load_ms} ms`)
  const p99Of = (from_ms: number) =>
    quantile(
      took.filter((_, i) => due[i]! >= from_ms && due[i]! < from_ms + SECOND_MS),
      0.99,
    ) // one each
  const worst = windows(flipped_ms, live_ms).map(p99Of)
  return {
    rate_per_s: plan.rate_per_s,
    failed: unanswered + countOthers(statuses),
    took_ms: live_ms - flipped_ms,
    before_p99_ms: p99Of(flipped_ms - SECOND_MS),
    worst_p99_ms: Math.max(...worst),
  }
}

/** Seconds, a tenth apart, from the one that begins with the change to the one that begins with the swap. */
function windows(flipped_ms: number, live_ms: number): number[] {
  return Array.from({ length: Math.ceil((live_ms - flipped_ms) / STEP_MS) + 1 }, (_, i) => flipped_ms + i * STEP_MS)
}

function countOthers(statuses: ReadonlyMap<number, number>): number {
  return [...statuses].reduce((sum, [status, n]) => sum + (status === 200 || status === 204 ? 0 : n), 0)
}
