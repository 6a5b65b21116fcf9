/** The claims of a bid → the event that says so. Notices start from it, so that all events of a bid agree. */
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import { idText } from './mint.ts'
import type { TokenClaims } from './token.ts'

/** @param node name of the process that writes it */
export function bidEvent(claims: TokenClaims, node: string): LoggedEvent {
  const slash = claims.lineItem.indexOf('/')
  return {
    ...{ id: `${idText(claims.nonce)}:bid`, kind: 'bid', at_ms: claims.issued_ms, bid_ms: claims.issued_ms },
    ...{ day: claims.day, exchange: claims.exchange, format: claims.format, advertiser: claims.advertiser },
    ...{ campaign: claims.lineItem.slice(0, slash), line_item: claims.lineItem.slice(slash + 1) },
    ...{ creative: claims.creative, release: claims.release, facts: claims.facts, deal: claims.deal },
    ...{ currency: claims.currency, bid_nano: claims.price_nano, price_nano: null, price: 'none' },
    ...{ cost_nano: claims.cost_nano, order_currency: claims.orderCurrency, what: 'bid' },
    ...{ result: claims.test ? 'test' : 'counted', user: userText(claims.user), node },
  }
}

const userText = (user: bigint): string => (user === 0n ? '' : user.toString(16).padStart(16, '0'))
