/** When to call somebody. Each alert has a page in docs/runbook.md. Expressions name metrics of `contract/infra.ts`. */
import { type MetricName, metricName } from '@flightplan/contract/infra.ts'

export interface Rule {
  alert: string
  expr: string
  for: string
  severity: 'page' | 'ticket'
  summary: string
}

const of = (name: MetricName, suffix = '') => `${metricName(name)}${suffix}`
/** Share of decisions that may take longer than 20 ms. */
const SLOW_BUDGET = 0.001
const slowShare = (window: string) =>
  `(1 - sum(rate(${of('decision_seconds', '_bucket')}{le="0.02"}[${window}])) / sum(rate(${of('decision_seconds', '_count')}[${window}])))`
/** Both windows: the long one says that it matters, the short one that it is still going on. */
const burn = (factor: number, long: string, short: string) =>
  `${slowShare(long)} > ${factor * SLOW_BUDGET} and ${slowShare(short)} > ${factor * SLOW_BUDGET}`

export const RULES: readonly Rule[] = [
  {
    alert: 'BiddersNotReady',
    expr: `sum(${of('ready')}) / count(${of('ready')}) < 0.7 or absent(${of('ready')})`,
    ...{ for: '1m', severity: 'page', summary: 'Less than 70% of the bidders are ready' },
  },
  {
    alert: 'NoBidsAtAll',
    expr: `sum(rate(${of('decision_seconds', '_count')}[5m])) > 10 and sum(rate(${of('answers_with_bid_total')}[5m])) == 0`,
    ...{ for: '5m', severity: 'page', summary: 'Requests come, and none gets a bid' },
  },
  {
    alert: 'BidderFaults',
    expr: `sum(rate(${of('faults_total')}[5m])) / sum(rate(${of('decision_seconds', '_count')}[5m])) > 0.01`,
    ...{ for: '5m', severity: 'page', summary: 'Over 1% of requests end in a fault of our own' },
  },
  {
    alert: 'DecisionsSlowFast',
    expr: burn(14.4, '1h', '5m'),
    ...{ for: '2m', severity: 'page', summary: 'Decisions over 20 ms spend 2% of the month’s budget in an hour' },
  },
  {
    alert: 'DecisionsSlowSlowly',
    expr: burn(6, '6h', '30m'),
    ...{ for: '15m', severity: 'ticket', summary: 'Decisions over 20 ms spend 5% of the month’s budget in six hours' },
  },
  {
    alert: 'ReleaseRefused',
    expr: `sum by (code) (increase(${of('release_loads_total')}{result="nack"}[10m])) > 0`,
    ...{ for: '0m', severity: 'page', summary: 'A bidder refused a release: {{ $labels.code }}' },
  },
  {
    alert: 'ReleasesDiffer',
    expr: `count(count by (release) (${of('release_info')})) > 1`,
    ...{ for: '10m', severity: 'ticket', summary: 'Bidders serve different releases for ten minutes' },
  },
  {
    alert: 'ExchangeWithoutKeys',
    expr: `max by (exchange) (${of('exchange_without_keys')}) > 0`,
    ...{ for: '5m', severity: 'page', summary: '{{ $labels.exchange }} gets no bid: a price key of it is missing' },
  },
  {
    alert: 'MalformedRequests',
    expr: `sum by (exchange) (rate(${of('malformed_requests_total')}[10m])) > 1`,
    ...{ for: '10m', severity: 'ticket', summary: '{{ $labels.exchange }} sends what is no bid request' },
  },
]

/** As Prometheus and the PrometheusRule resource take it. */
export const ruleGroups = () => ({
  groups: [
    {
      name: 'flightplan',
      rules: RULES.map(({ severity, summary, ...rule }) => ({
        ...rule,
        labels: { severity },
        annotations: { summary, runbook: `docs/runbook.md#${rule.alert.toLowerCase()}` },
      })),
    },
  ],
})
