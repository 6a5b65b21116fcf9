/** Which release decides an auction while a canary is on: by a hash, so that every bidder and every retry agree. */
import type { Arm } from '@flightplan/contract/rollout.ts'
import { hash32 } from '@flightplan/engine/hash.ts'

const WHOLE = 0x1_0000_0000
const MILLION = 1_000_000

/**
 * Null: neither. The canary and its control are of one size, side by side on the same line, so that what differs between
 * them is the release alone.
 * @param salt of the canary: another one has other auctions
 */
export function armOf(salt: string, share_ppm: number, exchange: string, auctionId: string): Arm | null {
  const at_ppm = (mixed(hash32(salt, exchange, auctionId)) / WHOLE) * MILLION
  if (at_ppm < share_ppm) return 'canary'
  return at_ppm < 2 * share_ppm ? 'control' : null
}

/** murmur3's finaliser: arms of a third of a point more or less than their share would look like a fault of the split. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
