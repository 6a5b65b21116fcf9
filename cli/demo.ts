/** The burst of `npm start`: a few seconds of generated traffic, what came of it, and a request to try by hand. */

import { closedLoop, encodeRequest } from '@flightplan/lab/load/client.ts'
import { generateTraffic, type Traffic } from '@flightplan/lab/traffic/generate.ts'
import type { Config } from '@flightplan/runtime/serve/config.ts'
import type { BidServerHandle } from '@flightplan/runtime/serve/server.ts'
import { reasonsOf, type Tally } from '@flightplan/runtime/serve/tally.ts'

const SEED = 1
const REQUESTS = 5000
const BURST_MS = 3000
const CONNECTIONS = 8
const TOP_REASONS = 6

type Say = (line: string) => void

export async function runBurst(server: BidServerHandle, { host }: Config, say: Say): Promise<void> {
  const at_ms = Date.now()
  const traffic = Array.from({ length: REQUESTS }, (_, i) => generateTraffic(SEED, i, { at_ms }))
  // As test requests, which are decided as all others but never charged: the demo must not spend the day's budgets.
  const bodies = traffic.map(({ request }) => JSON.stringify({ ...request, test: 1 }))
  const requests = traffic.map(({ exchange }, i) => encodeRequest(pathOf(exchange), bodies[i]!)) // one body each
  const target = { host, port: server.port, connections: CONNECTIONS, requests, duration_ms: BURST_MS }
  const { answered, wall_ms, latency } = await closedLoop(target)
  const { p50_us, p99_us } = latency.summary()
  const tally = await server.tally()
  const { bids, withBid } = totals(tally)
  say(`\nBurst: ${answered.toLocaleString('en')} requests of generated traffic in ${(wall_ms / 1000).toFixed(1)} s`)
  say(`  speed    ${perSecond(answered, wall_ms)} requests/s · ${perSecond(bids, wall_ms)} bids/s`)
  say(`  bid rate ${((100 * withBid) / answered).toFixed(1)}% of requests got at least one bid`)
  say(`  latency  p50 ${ms(p50_us)} ms · p99 ${ms(p99_us)} ms, client and server on this machine`)
  say('  no bid   by reason:')
  for (const [reason, n] of topReasons(tally)) say(`    ${((100 * n) / answered).toFixed(1).padStart(5)}%  ${reason}`)
  const example = await shortestWithBid(traffic, `http://${host}:${server.port}`)
  if (example) say(`\nTry it (this one gets a bid):\n\n${curlOf(example, `http://${host}:${server.port}`)}`)
}

const pathOf = (exchange: string): string => `/openrtb2/${exchange}`
const perSecond = (n: number, wall_ms: number): string => Math.round((n * 1000) / wall_ms).toLocaleString('en')
const ms = (us: number): string => (us / 1000).toFixed(2)

function totals({ exchanges }: Tally): { bids: number; withBid: number } {
  const rows = [...exchanges.values()]
  return {
    bids: rows.reduce((sum, row) => sum + row.bids, 0),
    withBid: rows.reduce((sum, row) => sum + row.answered, 0),
  }
}

function topReasons({ exchanges }: Tally): [string, number][] {
  const sums = new Map<string, number>()
  for (const row of exchanges.values())
    for (const [reason, n] of reasonsOf(row)) sums.set(reason, (sums.get(reason) ?? 0) + n)
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, TOP_REASONS)
}

/** Short requests first: a person is to paste it. Test requests are left out, their answers are not real bids. */
async function shortestWithBid(traffic: readonly Traffic[], url: string): Promise<Traffic | null> {
  const real = traffic.filter(({ request, exchange }) => request['test'] !== 1 && exchange === 'alpha')
  const bySize = real.toSorted((a, b) => JSON.stringify(a.request).length - JSON.stringify(b.request).length)
  for (const candidate of bySize.slice(0, 1000)) if (await getsBid(candidate, url)) return candidate
  return null
}

async function getsBid({ exchange, request }: Traffic, url: string): Promise<boolean> {
  const answer = await fetch(`${url}${pathOf(exchange)}`, { method: 'POST', body: JSON.stringify(request) })
  const text = await answer.text()
  return answer.status === 200 && text.includes('"impid"')
}

function curlOf({ exchange, request }: Traffic, url: string): string {
  const quoted = JSON.stringify(request).replaceAll("'", "'\\''")
  return `curl -s ${url}${pathOf(exchange)} -H 'Content-Type: application/json' -d '${quoted}'`
}
