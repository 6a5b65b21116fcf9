/** Closed loop: what each server answers per second of its own CPU, in interleaved series. */
import { closedLoop } from '../load/client.ts'
import { type Deck, deckOf } from './requests.ts'
import { cpu_us, type Server } from './server.ts'
import { median } from './statistics.ts'

export const CONNECTIONS = 32
const HOST = '127.0.0.1'

export interface Capacity {
  name: string
  /** Medians over the series; `ratio` to the first server, in the same series. */
  perCpuSecond: number
  ratio: number
  perSecond: number
  answered: number
  /** Share of the answers with status 200. The world's exchanges get 204 for a no-bid, so each is a bid. */
  bidShare: number
}

interface Series {
  perCpuSecond: number
  perSecond: number
  answered: number
  bids: number
}

/** One series for warming up (a fresh bidder costs 230 µs a request, and 145 after ten seconds of V8 compiling it), then `series` that count. What else the machine does weighs on all servers alike. */
export async function measureCapacity(
  servers: readonly Server[],
  requests: readonly Buffer[],
  { series, warm_ms, duration_ms }: { series: number; warm_ms: number; duration_ms: number },
): Promise<Capacity[]> {
  const rows = servers.map(server => ({ server, deck: deckOf(requests), series: [] as Series[] }))
  for (let round = 0; round <= series; round++)
    for (const row of rows) {
      const one = await loaded(row.server, row.deck, round === 0 ? warm_ms : duration_ms)
      if (round > 0) row.series.push(one)
    }
  const reference = rows[0]?.series ?? []
  return rows.map(row => ({ name: row.server.name, ...summary(row.series, reference) }))
}

async function loaded({ name, port, pid }: Server, deck: Deck, duration_ms: number): Promise<Series> {
  const before_us = cpu_us(pid)
  const target = { host: HOST, port, connections: CONNECTIONS, requests: deck.requests(), duration_ms }
  const { answered, statuses, wall_ms } = await closedLoop(target)
  const used_us = cpu_us(pid) - before_us
  deck.used(answered)
  onlyAnswers(name, statuses)
  const bids = statuses.get(200) ?? 0
  return { perCpuSecond: (answered * 1e6) / used_us, perSecond: (answered * 1000) / wall_ms, answered, bids }
}

/** @throws Error for a lost connection (0) or any status but 200 and 204: such a run measures something else */
export function onlyAnswers(name: string, statuses: ReadonlyMap<number, number>): void {
  const others = [...statuses].filter(([status]) => status !== 200 && status !== 204)
  if (others.length > 0)
    throw new Error(`${name} answered ${others.map(([status, n]) => `${n} × ${status}`).join(', ')}`)
}

function summary(series: readonly Series[], reference: readonly Series[]): Omit<Capacity, 'name'> {
  const answered = series.reduce((sum, one) => sum + one.answered, 0)
  return {
    perCpuSecond: median(series.map(one => one.perCpuSecond)),
    ratio: median(series.map((one, i) => one.perCpuSecond / (reference[i]?.perCpuSecond ?? Number.NaN))),
    perSecond: median(series.map(one => one.perSecond)),
    answered,
    bidShare: series.reduce((sum, one) => sum + one.bids, 0) / answered,
  }
}
