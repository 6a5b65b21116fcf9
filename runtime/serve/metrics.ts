/** /metrics: the tallies of all workers and the process's own figures, in Prometheus' text format. */
import { metricName } from '@flightplan/contract/infra.ts'
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { type Comparison, ofArms } from './arm-metrics.ts'
import { type Metric, metric, type Sample } from './metric.ts'
import { FAULTS, LATENCY_S, reasonsOf, type Tally } from './tally.ts'

/** What the process knows beside the tallies. */
export interface ProcessFigures {
  workers: number
  ready: boolean
  release: string
  facts: string
  loads: { ack: number; nack: Record<string, number> }
  load_ms: number
  /** Exchanges that get no bid because a price key of theirs is missing or malformed. */
  withoutKeys: readonly string[]
}

export function openMetrics(): (tally: Tally, figures: ProcessFigures, canary: Comparison | null) => Promise<string> {
  const own = new Registry()
  collectDefaultMetrics({ register: own })
  return async (tally, figures, canary) => {
    const ours = [...ofTraffic(tally), latency(tally), ...ofProcess(figures), ...(canary ? ofArms(canary) : [])]
    // Typed for what a cluster sends, which is this (prom-client lib/cluster.js).
    const registry = AggregatorRegistry.aggregate([ours] as unknown as object[])
    return `${await registry.metrics()}\n${await own.metrics()}`
  }
}

function ofTraffic({ exchanges, faults }: Tally): Metric[] {
  const each = (value: (row: NonNullable<ReturnType<typeof exchanges.get>>) => number): Sample[] =>
    Array.from(exchanges, ([exchange, row]) => ({ value: value(row), labels: { exchange } }))
  const noBids = [...exchanges].flatMap(([exchange, row]) =>
    reasonsOf(row).map(([reason, value]) => ({ value, labels: { exchange, reason } })),
  )
  return [
    metric(
      'counter',
      'answers_with_bid_total',
      'Requests answered with at least one bid',
      each(row => row.answered),
    ),
    metric(
      'counter',
      'bids_total',
      'Bids made',
      each(row => row.bids),
    ),
    metric(
      'counter',
      'bid_price_nano_total',
      'Sum of bid prices, nano of the bid currency',
      each(row => row.price_nano),
    ),
    metric(
      'counter',
      'malformed_requests_total',
      'Requests answered with 400',
      each(row => row.malformed),
    ),
    metric('counter', 'no_bids_total', 'Requests answered with no bid, by reason', noBids),
    metric(
      'counter',
      'faults_total',
      'Faults of our own, answered with no bid or by a fallback',
      FAULTS.map(kind => ({ value: faults[kind], labels: { kind } })),
    ),
  ]
}

function latency({ latency: buckets, latency_sum_s }: Tally): Metric {
  const name = metricName('decision_seconds')
  let count = 0
  const values = Array.from(buckets, (n, i) => {
    count += n
    return {
      value: count,
      labels: { le: i < LATENCY_S.length ? String(LATENCY_S[i]) : '+Inf' },
      metricName: `${name}_bucket`,
    }
  })
  const rest = [
    { value: latency_sum_s, labels: {}, metricName: `${name}_sum` },
    { value: count, labels: {}, metricName: `${name}_count` },
  ]
  return metric('histogram', 'decision_seconds', 'From the whole body to the answer', [...values, ...rest])
}

function ofProcess({ workers, ready, release, facts, loads, load_ms, withoutKeys }: ProcessFigures): Metric[] {
  const nacks = Object.entries(loads.nack).map(([code, value]) => ({ value, labels: { result: 'nack', code } }))
  return [
    metric('gauge', 'workers', 'Serving threads that are alive', [{ value: workers, labels: {} }]),
    metric('gauge', 'ready', '1 when /readyz says 200', [{ value: Number(ready), labels: {} }]),
    metric('gauge', 'release_info', 'The release that serves, and the facts', [
      { value: 1, labels: { release, facts } },
    ]),
    metric('gauge', 'release_load_ms', 'Time to load and verify the release that serves', [
      { value: load_ms, labels: {} },
    ]),
    metric(
      'gauge',
      'exchange_without_keys',
      '1: the exchange gets no bid, since a price key of it is missing or malformed',
      withoutKeys.map(exchange => ({ value: 1, labels: { exchange } })),
    ),
    metric('counter', 'release_loads_total', 'Releases loaded or refused', [
      { value: loads.ack, labels: { result: 'ack', code: '' } },
      ...nacks,
    ]),
  ]
}
