import assert from 'node:assert/strict'
import type { Auction } from '../../auction.ts'
import { type CompiledFacts, compileFacts } from '../../judge/facts.ts'
import { parseAuction } from '../../parse/parse.ts'

/** Our id in the vendor list, as the TC strings of these tests are written. */
export const OURS = 32

export function auctionOf(fields: object): Auction {
  const auction = parseAuction(JSON.parse(JSON.stringify({ id: 'a', imp: [{ id: '1' }], ...fields })))
  assert.ok(auction)
  return auction
}

export function factsOf(
  parts: { sellers?: Record<string, string[]>; networks?: string[]; agents?: string[] } = {},
): CompiledFacts {
  const { sellers = {}, networks = [], agents = [] } = parts
  return compileFacts({ digest: 'sha256:test', sellers, invalid_traffic: { networks, agents } })
}
