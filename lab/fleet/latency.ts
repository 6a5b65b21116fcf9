/**
 * Publish to served: so many releases, one after the other, to a fleet under load. Each time counts from the first byte to
 * the record until the last bidder has said that every worker serves it.
 */

import { quantile } from '../bench/statistics.ts'
import type { FleetBidder } from './bidders.ts'
import { type Fleet, publish, untilServed } from './fleet.ts'
import { type LoadTally, startLoad } from './load.ts'
import { buildRelease, priceOf } from './world.ts'

export interface Latency {
  releases: number
  p50_ms: number
  p95_ms: number
  max_ms: number
  /** Sent to one bidder for one release, the mean after the first. */
  fetched_bytes: number
  load: LoadTally
}

const WAIT_MS = 20_000

/** @param expected all who report, which may be more than the bidders under load */
export async function measureLatency(
  fleet: Fleet,
  releases: number,
  expected: number = fleet.bidders.length,
  loaded: readonly FleetBidder[] = fleet.bidders,
): Promise<Latency> {
  const prices = new Map<string, number>()
  const took_ms: number[] = []
  let fetched = 0
  const next = async (n: number): Promise<number> => {
    const release = await buildRelease(n)
    prices.set(release.digest.slice(0, 16), priceOf(n))
    const began_ms = performance.now()
    const { record } = await publish(fleet, release)
    const { acks } = await untilServed(fleet.hot, record.sequence, expected, WAIT_MS)
    const took = performance.now() - began_ms
    if (n > 0) fetched += acks.reduce((sum, ack) => sum + ack.fetched_bytes, 0) / acks.length
    return took
  }
  await next(0) // the whole release, to a fleet that has none
  const load = startLoad(loaded, prices)
  for (let n = 1; n <= releases; n++) took_ms.push(await next(n))
  const tally = await load.stop()
  const [p50_ms, p95_ms, max_ms] = [0.5, 0.95, 1].map(q => quantile(took_ms, q))
  return {
    releases,
    p50_ms: p50_ms ?? 0,
    p95_ms: p95_ms ?? 0,
    max_ms: max_ms ?? 0,
    fetched_bytes: fetched / releases,
    load: tally,
  }
}
