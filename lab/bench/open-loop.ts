/** Open loop: the highest offered rate at which 99.9% of all requests are answered within 20 ms of when they were due. */
import { openLoop } from '../load/client.ts'
import { onlyAnswers } from './capacity.ts'
import type { Deck } from './requests.ts'
import type { Server } from './server.ts'

/** Enough that a stall of 10 ms at 6,000/s finds a free connection, as behind a proxy that pools them. */
export const OPEN_CONNECTIONS = 64
const IN_TIME_US = 20_000
const SHARE = 0.999

export interface OpenRun {
  offered_per_s: number
  delivered_per_s: number
  unanswered: number
  p50_us: number
  p99_us: number
  p999_us: number
  /** p99 of how late the client itself was: of the size of the latencies, it means that the client is the limit. */
  clientLag_us: number
}

export async function offer(server: Server, deck: Deck, rate_per_s: number, duration_ms: number): Promise<OpenRun> {
  const target = { host: '127.0.0.1', port: server.port, connections: OPEN_CONNECTIONS, requests: deck.requests() }
  const result = await openLoop({ ...target, duration_ms, rate_per_s })
  deck.used(result.answered)
  onlyAnswers(server.name, result.statuses)
  const { p50_us, p99_us, p999_us } = result.latency.summary()
  return {
    offered_per_s: rate_per_s,
    delivered_per_s: (result.answered * 1000) / result.wall_ms,
    unanswered: result.unanswered,
    ...{ p50_us, p99_us, p999_us },
    clientLag_us: result.clientLag.quantile_us(0.99),
  }
}

/** A late or missing answer counts in the quantiles, so this is all there is to ask. */
const isInTime = (run: OpenRun): boolean => run.p999_us <= IN_TIME_US

/** Bisects between nothing and a little above what the closed loop reached. Null: not even the lowest rate tried was held. */
export async function highestRate(
  server: Server,
  deck: Deck,
  { capacity_per_s, steps, duration_ms }: { capacity_per_s: number; steps: number; duration_ms: number },
): Promise<OpenRun | null> {
  let [low, high] = [0, capacity_per_s * 1.2]
  let best: OpenRun | null = null
  for (let step = 0; step < steps; step++) {
    const run = await offer(server, deck, Math.round((low + high) / 2), duration_ms)
    if (isInTime(run)) best = run
    if (isInTime(run)) low = run.offered_per_s
    else high = run.offered_per_s
  }
  return best
}

export const IN_TIME = `${SHARE * 100}% within ${IN_TIME_US / 1000} ms`
