/** Which request goes where, how fast it must be, and how many of them an exchange may send. */
import { PATHS } from '@flightplan/contract/infra.ts'
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'
import type { World } from '../world.ts'
import { bidClusterOf } from './clusters.ts'

/** An answer that comes later is of no use to anybody. */
const BUDGET_MS = 99
const DEFAULT_QPS = 10_000
/** The bidders shed by themselves, with a no-bid; the edge only cuts what is far beyond. */
const FLOOD = 2
export const RATE_LIMIT = 'envoy.filters.http.local_ratelimit'

const ms = (duration: string | undefined, otherwise: number): number =>
  duration?.endsWith('ms') ? Number.parseInt(duration, 10) : duration ? Number.parseFloat(duration) * 1000 : otherwise

/** What the exchange waits, less the way back, and never above our own budget. */
export const timeoutOf = ({ deadline }: Exchange): number =>
  Math.min(BUDGET_MS, ms(deadline?.default, 100) - ms(deadline?.network, 20))

export function bidRoute({ environment }: World, exchange: Exchange): object {
  const { bidder, edge } = environment
  const qps = exchange.capacity?.max_qps ?? DEFAULT_QPS
  const tokens = Math.ceil((FLOOD * qps * bidder.replicas.min) / edge.replicas.min)
  const bucket = { max_tokens: tokens, tokens_per_fill: Math.ceil(tokens / 10), fill_interval: '0.1s' }
  return {
    name: bidClusterOf(exchange.exchange),
    match: { path: `${PATHS.bid}${exchange.exchange}` },
    // No retry_policy: a bid that is made twice is money that is promised twice.
    route: { cluster: bidClusterOf(exchange.exchange), timeout: `${timeoutOf(exchange) / 1000}s` },
    typed_per_filter_config: { [RATE_LIMIT]: rateLimit(`rate_${exchange.exchange}`, bucket) },
  }
}

function rateLimit(stat_prefix: string, token_bucket: object): object {
  const always = (key: string) => ({
    runtime_key: `${stat_prefix}.${key}`,
    default_value: { numerator: 100, denominator: 'HUNDRED' },
  })
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    ...{ stat_prefix, token_bucket, filter_enabled: always('enabled'), filter_enforced: always('enforced') },
  }
}

/** Notices may be sent again: each is counted once. */
export const NOTICE_ROUTE = {
  name: 'notices',
  match: { safe_regex: { regex: '/n/.*' } },
  route: { cluster: 'notices', timeout: '2s' },
}
