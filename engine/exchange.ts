/** An exchange's YAML with its defaults filled in: what the path of a bid reads. Opened once per snapshot. */
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'

export interface ExchangeRules {
  id: string
  stopped: boolean
  test: boolean
  default_ms: number
  /** Network and headroom together: what tmax loses before we may work. */
  reserve_ms: number
  max_qps: number
  currencies: readonly string[]
  bidCurrency: string
  seats: ReadonlyMap<string, string>
  defaultSeat: string
  priceMacro: string
  billOn: Exchange['notices']['bill_on']
  sendsWin: boolean
  sendsLoss: boolean
  audit: 'none' | 'before_bid' | 'after_first_bid'
  dsa: 'when_asked' | 'always' | 'never'
  /** The id by which our profile store knows this exchange's users; null: the first that the request has. */
  userId: 'buyeruid' | 'id' | 'ifa' | null
  noBidStatus: 200 | 204
  gzipResponse: boolean
  quirks: ReadonlySet<string>
  zone: string
}

/** `100ms`, `2s` → milliseconds. The schema allows nothing else (contract/schema/scalars.ts Duration). */
export function duration_ms(text: string): number {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[found?.[2] ?? '']
  if (!found || unit === undefined) throw new RangeError(`"${text}" is no duration`)
  return Number(found[1]) * unit
}

export function openExchange(yaml: Exchange): ExchangeRules {
  return {
    id: yaml.exchange,
    stopped: yaml.status === 'stopped',
    test: yaml.status === 'test',
    default_ms: duration_ms(yaml.deadline?.default ?? '100ms'),
    reserve_ms: duration_ms(yaml.deadline?.network ?? '20ms') + duration_ms(yaml.deadline?.headroom ?? '5ms'),
    max_qps: yaml.capacity?.max_qps ?? Number.POSITIVE_INFINITY,
    currencies: yaml.currencies.request,
    bidCurrency: yaml.currencies.bid,
    seats: new Map(Object.entries(yaml.seats ?? {})),
    defaultSeat: yaml.default_seat,
    priceMacro: yaml.price.macro ?? '${AUCTION_PRICE}',
    billOn: yaml.notices.bill_on,
    sendsWin: yaml.notices.win === 'informational',
    sendsLoss: yaml.notices.loss ?? false,
    audit: yaml.audit ?? 'none',
    dsa: yaml.requires?.dsa ?? 'when_asked',
    userId: yaml.ids?.user ?? null,
    noBidStatus: yaml.protocol?.no_bid ?? 204,
    gzipResponse: yaml.protocol?.gzip?.includes('response') ?? false,
    quirks: new Set(yaml.quirks ?? []),
    zone: yaml.timezone ?? 'UTC',
  }
}

/** Bid currency (docs/bid-rules.md "Request" 5), or null when the request takes none that we bid in. */
export function bidCurrency(exchange: ExchangeRules, allowed: readonly string[]): string | null {
  if (allowed.includes(exchange.bidCurrency)) return exchange.bidCurrency
  return allowed.find(currency => exchange.currencies.includes(currency)) ?? null
}

export const seatOf = (exchange: ExchangeRules, advertiser: string): string =>
  exchange.seats.get(advertiser) ?? exchange.defaultSeat
