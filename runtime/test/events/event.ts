import type { LoggedEvent } from '@flightplan/contract/events.ts'

/** 2027-03-01 12:00 UTC. */
export const NOON_MS = Date.UTC(2027, 2, 1, 12)
export const DAY = Math.floor(NOON_MS / 86_400_000)

/** A counted billing of 0.005 € unless told otherwise. */
export function someEvent(more: Partial<LoggedEvent> = {}): LoggedEvent {
  return {
    ...{ id: 'n1:bill', kind: 'bill', at_ms: NOON_MS + 900, bid_ms: NOON_MS, day: DAY, exchange: 'alpha' },
    ...{ format: 'banner', advertiser: 'acme', campaign: 'spring', line_item: 'broad', creative: 'acme-300x250' },
    ...{ release: '0123456789abcdef', facts: 'fedcba9876543210', deal: false, currency: 'USD', bid_nano: 6_000_000 },
    ...{ price_nano: 4_500_000, price: 'ok', cost_nano: 5_000_000, order_currency: 'EUR', result: 'counted' },
    ...{ what: 'bill', user: 'a1b2', node: 'bidder-1', ...more },
  } as LoggedEvent // spreads of literals widen the unions
}
