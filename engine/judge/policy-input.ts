import type { Auction } from '../auction.ts'
import type { PolicyInput } from '../types.ts'
import { adsTxt, type CompiledFacts, isInvalidTraffic } from './facts.ts'
import { type Memo, scopeMemo } from './memo.ts'
import { judgePrivacy } from './privacy.ts'

const HOUR_MS = 3_600_000

/**
 * What the request policy sees of an auction. It is made before {@link redact}, as the policy decides what may be
 * used; of the personal fields only `ip` has a part in it, as a yes or no about invalid traffic.
 *
 * @param vendorId our id in the Global Vendor List
 * @param memo of {@link createMemo}; saves decoding consent strings again, changes nothing
 */
export function policyInput(
  auction: Auction,
  exchange: string,
  vendorId: number,
  facts: CompiledFacts,
  now_ms: number,
  memo?: Memo,
): PolicyInput {
  if (memo !== undefined) scopeMemo(memo, vendorId, facts)
  const { chain, device, inventory } = auction
  return {
    exchange,
    test: auction.test,
    channel: auction.channel ?? '',
    geo: { country: device.geo.country, region: device.geo.region },
    privacy: judgePrivacy(auction, vendorId, memo),
    supply: {
      complete: chain === null ? null : chain.complete,
      hops: chain === null ? 0 : chain.nodes.length,
      ads_txt: adsTxt(auction, facts),
    },
    traffic: { invalid: isInvalidTraffic(auction, facts, memo) },
    content: {
      rating: inventory.content.rating,
      categories: wellFormed(inventory.categories),
      livestream: inventory.content.livestream,
    },
    device: { type: device.type, os: device.os.toWellFormed() },
    hour_utc: Math.floor(now_ms / HOUR_MS) % 24,
  }
}

/** OPA's JSON reader refuses half of a surrogate pair (`"\ud800"`), and a policy that cannot answer forbids the bid. */
const wellFormed = (texts: string[]): string[] =>
  texts.every(text => text.isWellFormed()) ? texts : texts.map(text => text.toWellFormed())
