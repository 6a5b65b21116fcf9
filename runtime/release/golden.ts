/** Golden auctions: what the compiler recorded must come out of these bytes, this policy and this engine. */
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import { openGolden, sortedOutcome } from '@flightplan/engine/golden.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'

/** The first golden auction that is decided otherwise than recorded, in words; null when all agree. */
export function goldenMismatch(snapshot: Snapshot, policy: Policy, goldens: readonly GoldenAuction[]): string | null {
  const decideGolden = openGolden(snapshot, policy)
  for (const [i, golden] of goldens.entries()) {
    const found = decideGolden(golden)
    if (!found) return `golden auction ${i + 1} is no bid request`
    const [wanted, got] = [JSON.stringify(sortedOutcome(golden.expect)), JSON.stringify(found)]
    if (wanted !== got) return `golden auction ${i + 1} on ${golden.exchange}: expected ${wanted}, decided ${got}`
  }
  return null
}

/** @throws RangeError, SyntaxError where it is no list of golden auctions */
export function parseGoldens(bytes: Uint8Array): GoldenAuction[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean)
  if (lines.length === 0) throw new RangeError('golden.ndjson holds no auction: the release proves nothing')
  return lines.map(line => JSON.parse(line) as GoldenAuction) // covered by the signature
}
