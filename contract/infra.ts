/** Names and numbers that the code and the infrastructure share. A port here is the default of the program that listens. */

export const PORTS = {
  bidder: 8080,
  bidderAdmin: 8081,
  notices: 8090,
  noticesAdmin: 8091,
  edge: 10_000,
  edgeAdmin: 9901,
  kafka: 9092,
  redis: 6379,
  postgres: 5432,
  clickhouse: 8123,
  otlp: 4317,
  otlpMetrics: 8888,
  loki: 3100,
} as const

export const PATHS = { bid: '/openrtb2/', live: '/healthz', ready: '/readyz', metrics: '/metrics' } as const

/** What a bidder's /metrics says, without the prefix `flightplan_`; histograms by their base name. */
export const METRICS = [
  'answers_with_bid_total',
  'bids_total',
  'bid_price_nano_total',
  'malformed_requests_total',
  'no_bids_total',
  'faults_total',
  'decision_seconds',
  'workers',
  'ready',
  'release_info',
  'release_load_ms',
  'exchange_without_keys',
  'release_loads_total',
  'arm_auctions_total',
  'arm_answers_with_bid_total',
  'arm_bids_total',
  'arm_faults_total',
  'arm_late_total',
  'arm_offered_nano_total',
  'arm_decision_ms',
] as const
export type MetricName = (typeof METRICS)[number]
/** As Prometheus knows it. */
export const metricName = (name: MetricName) => `flightplan_${name}` as const
