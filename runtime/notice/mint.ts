/** The ids and signed URLs of the bids of one decision. */
import type { KeyObject } from 'node:crypto'
import type { Auction } from '@flightplan/engine/auction.ts'
import type { ExchangeRules } from '@flightplan/engine/exchange.ts'
import type { BidLinks } from '@flightplan/engine/respond.ts'
import type { Bid, Decision } from '@flightplan/engine/types.ts'
import type { Serving } from '../serve/serving.ts'
import { linksOf } from './links.ts'
import { auctionHash, type BilledBy, mintTokens, type TokenClaims, userHash } from './token.ts'

export interface MintParts {
  nextId(): bigint
  notice: { url: string; key: KeyObject }
  /** Told of each bid; must not wait and never throws. */
  onBid?: ((claims: TokenClaims) => void) | undefined
}

/** 64 bits as 11 characters that need no escaping anywhere. */
export function idText(id: bigint): string {
  view.setBigUint64(0, id)
  return idBytes.toString('base64url')
}

const idBytes = Buffer.alloc(8)
const view = new DataView(idBytes.buffer, idBytes.byteOffset, idBytes.length)

/**
 * For `respond`. What is inside comes from the auction as the verdict left it, the decision, the clock and the id source:
 * two requests that differ only in personal fields that may not be used get the same bytes.
 */
export function mintLinks(parts: MintParts, serving: Serving, { selection }: Decision): (bid: Bid) => BidLinks {
  const { auction, exchange, now_ms } = selection
  const { snapshot } = serving.engine
  const rules = snapshot.exchangeByName.get(exchange)! // bids come from known exchanges
  const userId = auction.user.buyeruid || auction.user.id || auction.device.ifa
  const user = userId === '' ? 0n : userHash(userId, parts.notice.key)
  return bid => {
    const nonce = parts.nextId()
    const billedBy = billedByOf(rules, auction, bid)
    const { campaign } = bid.charge
    const order = snapshot.meta.orders[snapshot.campaign.order[campaign]!]! // a row of the tables
    const claims: TokenClaims = {
      ...{ nonce, billedBy, user, exchange, release: serving.release, facts: serving.facts, issued_ms: now_ms },
      day: serving.authority.day(campaign),
      price_nano: bid.price_nano,
      currency: bid.currency,
      cost_nano: bid.charge.cost_nano,
      auction: auctionHash(auction.id, bid.candidate.imp.id),
      test: auction.test || rules.test,
      deal: bid.deal !== null,
      lineItem: snapshot.strings.get(snapshot.line_item.id_str[bid.candidate.line_item]!), // a row of the table
      creative: snapshot.strings.get(snapshot.creative.id_str[bid.creative]!), // likewise
      format: bid.candidate.slot.format,
      advertiser: snapshot.meta.advertisers[snapshot.campaign.advertiser[campaign]!]!.id, // likewise
      orderCurrency: order.currency,
    }
    const tokens = mintTokens(claims, parts.notice.key)
    parts.onBid?.(claims)
    return linksOf(parts.notice.url, idText(nonce), tokens, rules, billedBy)
  }
}

const USUAL: Record<'banner' | 'video' | 'native' | 'audio', BilledBy> = {
  banner: 'pixel',
  video: 'vast_impression',
  native: 'imptracker',
  audio: 'vast_impression',
}

function billedByOf({ billOn }: ExchangeRules, { channel }: Auction, { candidate }: Bid): BilledBy {
  const { format } = candidate.slot
  const inApp = format === 'banner' && channel === 'app' ? billOn.app_banner : undefined
  return inApp ?? billOn[format] ?? USUAL[format]
}
