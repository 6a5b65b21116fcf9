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
  const at_ppm = (hash32(salt, exchange, auctionId) / WHOLE) * MILLION
  if (at_ppm < share_ppm) return 'canary'
  return at_ppm < 2 * share_ppm ? 'control' : null
}
