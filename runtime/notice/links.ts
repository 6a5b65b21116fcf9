/** The URLs of a bid. None of them needs escaping in JSON: the notice URL is checked, tokens are base64url. */
import type { ExchangeRules } from '@flightplan/engine/exchange.ts'
import type { BidLinks } from '@flightplan/engine/respond.ts'
import type { BilledBy, Tokens } from './token.ts'

/** What the notice URL may be; the environment's NOTICE_URL is refused otherwise. */
export const NOTICE_URL = /^https?:\/\/[A-Za-z0-9.:[\]_-]+(?:\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$/

/**
 * `t` is the token, `p` the price in the exchange's own macro, `r` and `m` why and by how much a bid lost. `burl` is sent
 * only where it is what bills; the markup's billing URL is always there (`billedBy` in the token says which one counts).
 */
export function linksOf(base: string, bidId: string, tokens: Tokens, exchange: ExchangeRules, by: BilledBy): BidLinks {
  const price = exchange.priceMacro
  const bill = `${base}/n/b?t=${tokens.bill}&p=${price}`
  return {
    bidId,
    nurl: exchange.sendsWin ? `${base}/n/w?t=${tokens.win}&p=${price}` : null,
    burl: by === 'burl' ? `${bill}&s=burl` : null,
    lurl: exchange.sendsLoss
      ? `${base}/n/l?t=${tokens.loss}&p=${price}&r=\${AUCTION_LOSS}&m=\${AUCTION_MIN_TO_WIN}`
      : null,
    clickUrl: `${base}/n/c?t=${tokens.click}`,
    billingUrl: `${bill}&s=markup`,
  }
}
