/**
 * What a notice is worth: its path and query → the event to write, or why there is none. Pure; docs/notices.md has the
 * table of all outcomes, and a test runs it.
 */

import type { KeyObject } from 'node:crypto'
import { EVENT_KINDS, type EventKind, type LoggedEvent } from '@flightplan/contract/events.ts'
import { SETTLE_MS } from '@flightplan/contract/marks.ts'
import { bidEvent } from './event.ts'
import type { NoticePrice, PriceCodec } from './price-codec.ts'
import { type NoticeKind, type TokenClaims, verifyToken } from './token.ts'

export interface Judge {
  key: KeyObject
  node: string
  now_ms: number
  /** Null: no release that this node knows has the exchange. */
  codec(exchange: string): PriceCodec | null
  /** Of server-to-server conversions; null: none are taken. */
  isConversionKey(given: string): boolean
}

export interface Verdict {
  event: LoggedEvent
  claims: TokenClaims
  /** How the answer looks: a redirect, a picture, or nothing. */
  answer: 'redirect' | 'pixel' | 'empty'
}

export type Refusal = { refused: 'forged' | 'malformed' | 'unknown_path' | 'no_key' }

interface Endpoint {
  kind: EventKind
  token: NoticeKind
  answer: Verdict['answer']
}

/**
 * `v`, `i`, `x` and `s` come from the markup and the page behind it, as the click does, and take its token: none of them
 * moves a budget. The token of a bill must not travel to a landing page.
 */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['/n/w', { kind: 'win', token: 'win', answer: 'empty' }],
  ['/n/b', { kind: 'bill', token: 'bill', answer: 'empty' }],
  ['/n/l', { kind: 'loss', token: 'loss', answer: 'empty' }],
  ['/n/c', { kind: 'click', token: 'click', answer: 'redirect' }],
  ['/n/v', { kind: 'video', token: 'click', answer: 'pixel' }],
  ['/n/i', { kind: 'view', token: 'click', answer: 'pixel' }],
  ['/n/x', { kind: 'conversion', token: 'click', answer: 'pixel' }],
  ['/n/s', { kind: 'conversion', token: 'click', answer: 'empty' }],
])

/** VAST 4.2 §3.14.1, linear; what else a player sends is a mistake in the markup. */
export const VIDEO_EVENTS = [
  ...['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete', 'mute', 'unmute', 'pause', 'resume', 'rewind'],
  ...['skip', 'playerExpand', 'playerCollapse', 'fullscreen', 'exitFullscreen', 'closeLinear', 'close', 'error'],
]
const CONVERSION = /^[a-z0-9][a-z0-9_-]{0,63}$/
const ORDER = /^[A-Za-z0-9._-]{0,64}$/

export function judge(path: string, query: URLSearchParams, conversionKey: string, by: Judge): Verdict | Refusal {
  const endpoint = ENDPOINTS.get(path)
  if (!endpoint) return { refused: 'unknown_path' }
  if (path === '/n/s' && !by.isConversionKey(conversionKey)) return { refused: 'no_key' }
  const claims = verifyToken(endpoint.token, query.get('t') ?? '', by.key)
  if (!claims) return { refused: 'forged' }
  const what = whatOf(endpoint.kind, query)
  if (!what) return { refused: 'malformed' }
  const event = eventOf(endpoint.kind, what, claims, query, by)
  const isMarkup = endpoint.kind === 'bill' && query.get('s') === 'markup'
  return { event, claims, answer: isMarkup ? 'pixel' : endpoint.answer }
}

interface What {
  what: string
  /** Behind the kind in the id. */
  suffix: string
}

/** Null: the notice does not say what it has to. */
function whatOf(kind: EventKind, query: URLSearchParams): What | null {
  if (kind === 'loss') return { what: /^\d{1,5}$/.exec(query.get('r') ?? '')?.[0] ?? '', suffix: '' }
  if (kind === 'video') {
    const what = query.get('e') ?? ''
    return VIDEO_EVENTS.includes(what) ? { what, suffix: `:${what}` } : null
  }
  if (kind === 'view') return { what: 'viewable', suffix: ':viewable' }
  if (kind !== 'conversion') return { what: kind, suffix: '' }
  const [what, order] = [query.get('c') ?? '', query.get('o') ?? '']
  if (!CONVERSION.test(what) || !ORDER.test(order)) return null
  return { what, suffix: order === '' ? `:${what}` : `:${what}:${order}` }
}

function eventOf(kind: EventKind, { what, suffix }: What, claims: TokenClaims, query: URLSearchParams, by: Judge) {
  const bid = bidEvent(claims, by.node)
  const price = priceOf(kind, claims, query, by)
  const event: LoggedEvent = {
    ...{ ...bid, id: `${bid.id.slice(0, -4)}:${kind}${suffix}`, kind, what, at_ms: by.now_ms, ...price },
    result: resultOf(kind, claims, query, price.price, price.price_nano !== null, by.now_ms),
  }
  return event
}

type Price = Pick<LoggedEvent, 'price' | 'price_nano' | 'cost_nano'>

/**
 * A price above our own bid cannot be what the auction cleared at, and anybody may have written it into the link: then the
 * bid is what counts. A loss tells what others paid, and may lie above it.
 */
function priceOf(kind: EventKind, claims: TokenClaims, query: URLSearchParams, by: Judge): Price {
  const own = { price_nano: null, cost_nano: claims.cost_nano }
  if (kind !== 'win' && kind !== 'bill' && kind !== 'loss') return { ...own, price: 'none' }
  const found = by.codec(claims.exchange)?.(query.get('p') ?? '') ?? UNREADABLE
  if (found.kind === 'none') return { ...own, price: found.why === 'audit' ? 'audit' : 'missing' }
  if (found.kind === 'invalid') return { ...own, price: 'invalid' }
  if (kind === 'loss') return { ...own, price: 'ok', price_nano: found.nano }
  if (found.nano > claims.price_nano) return { ...own, price: 'invalid', price_nano: claims.price_nano }
  return { price: 'ok', price_nano: found.nano, cost_nano: costAt(found.nano, claims) }
}

const UNREADABLE: NoticePrice = { kind: 'invalid', why: 'malformed' }

/** Fees and exchange rate are those of the bid; rounded up, as its own cost was (engine/cost.ts). */
function costAt(price_nano: number, { price_nano: bid_nano, cost_nano }: TokenClaims): number {
  if (price_nano === bid_nano || bid_nano === 0) return cost_nano
  const bid = BigInt(bid_nano)
  return Number((BigInt(cost_nano) * BigInt(price_nano) + bid - 1n) / bid) // below cost_nano
}

function resultOf(
  kind: EventKind,
  claims: TokenClaims,
  query: URLSearchParams,
  price: LoggedEvent['price'],
  isSaid: boolean,
  now_ms: number,
): LoggedEvent['result'] {
  if (claims.test) return 'test'
  if (now_ms - claims.issued_ms > SETTLE_MS[kind]) return 'late'
  if (price === 'audit') return 'unbillable'
  if (kind !== 'bill') return 'counted'
  // Openrtb.md §4: what was not told must not be booked. A price above the bid was told, and counts as the bid.
  if (!isSaid) return 'unbillable'
  const isBurl = query.get('s') === 'burl'
  return isBurl === (claims.billedBy === 'burl') ? 'counted' : 'unbillable'
}

/** Kinds that notices make. */
export const NOTICED_KINDS = EVENT_KINDS.filter(kind => kind !== 'bid' && kind !== 'no_bid')
