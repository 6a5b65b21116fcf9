/**
 * Golden auctions: requests of many kinds with what the engine decides about them, recorded in the release. A loader
 * decides them again with the same bytes and the same engine before it swaps (DESIGN 3).
 */
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import { openGolden } from '@flightplan/engine/golden.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { dealRequests } from './deal-requests.ts'

/** Each request on each exchange in turn, then requests for the deals of the tree; all at one moment. */
export function prove(
  snapshotBytes: Uint8Array,
  policy: Policy,
  requests: readonly unknown[],
  now_ms: number,
): GoldenAuction[] {
  const { buffer, byteLength } = snapshotBytes
  const snapshot = openSnapshot(byteLength === buffer.byteLength ? buffer : Uint8Array.from(snapshotBytes).buffer)
  const exchanges = snapshot.meta.exchanges.map(({ exchange }) => exchange)
  const general = requests.flatMap((request, i) => {
    const exchange = exchanges[i % exchanges.length]
    return exchange === undefined ? [] : [{ exchange, request }]
  })
  const decideGolden = openGolden(snapshot, policy)
  return [...general, ...dealRequests(snapshot)].map(({ exchange, request }) => {
    const expect = decideGolden({ exchange, now_ms, request })
    if (!expect) throw new TypeError('a golden request is no bid request') // ours: a fault of this package
    return { exchange, now_ms, seed: 0, request, expect }
  })
}
