/** Grafana dashboards: rows of panels, a query each. */
import { type MetricName, metricName } from '@flightplan/contract/infra.ts'

interface Panel {
  title: string
  expr: string
  unit: string
  legend: string
}
const rate = (name: MetricName, by: string, suffix = '') => `sum by (${by}) (rate(${metricName(name)}${suffix}[1m]))`
const quantile = (q: number) => `histogram_quantile(${q}, ${rate('decision_seconds', 'le', '_bucket')})`

export const DASHBOARDS: Record<string, readonly Panel[]> = {
  fleet: [
    {
      title: 'Requests',
      expr: `sum(rate(${metricName('decision_seconds')}_count[1m]))`,
      unit: 'reqps',
      legend: 'requests',
    },
    {
      title: 'Answers with a bid',
      expr: rate('answers_with_bid_total', 'exchange'),
      unit: 'reqps',
      legend: '{{exchange}}',
    },
    { title: 'Bids', expr: rate('bids_total', 'exchange'), unit: 'ops', legend: '{{exchange}}' },
    { title: 'Decision p50', expr: quantile(0.5), unit: 's', legend: 'p50' },
    { title: 'Decision p99', expr: quantile(0.99), unit: 's', legend: 'p99' },
    { title: 'No-bids by reason', expr: rate('no_bids_total', 'reason'), unit: 'reqps', legend: '{{reason}}' },
    { title: 'Faults', expr: rate('faults_total', 'kind'), unit: 'ops', legend: '{{kind}}' },
    { title: 'Malformed', expr: rate('malformed_requests_total', 'exchange'), unit: 'reqps', legend: '{{exchange}}' },
    { title: 'Ready', expr: `sum(${metricName('ready')})`, unit: 'short', legend: 'bidders' },
    { title: 'Workers', expr: `sum(${metricName('workers')})`, unit: 'short', legend: 'threads' },
  ],
  release: [
    {
      title: 'Bidders per release',
      expr: `count by (release) (${metricName('release_info')})`,
      unit: 'short',
      legend: '{{release}}',
    },
    {
      title: 'Loads and refusals',
      expr: `sum by (result, code) (${metricName('release_loads_total')})`,
      unit: 'short',
      legend: '{{result}} {{code}}',
    },
    { title: 'Time to load', expr: `max(${metricName('release_load_ms')})`, unit: 'ms', legend: 'slowest' },
    { title: 'Bid price, nano', expr: rate('bid_price_nano_total', 'exchange'), unit: 'short', legend: '{{exchange}}' },
    {
      title: 'Exchanges without keys',
      expr: `max by (exchange) (${metricName('exchange_without_keys')})`,
      unit: 'short',
      legend: '{{exchange}}',
    },
  ],
}

const [COLUMNS, HEIGHT, GRID] = [2, 8, 24] as const

export function dashboardJson(name: string): string {
  const width = GRID / COLUMNS
  const panels = (DASHBOARDS[name] ?? []).map(({ title, expr, unit, legend }, i) => ({
    ...{ id: i + 1, type: 'timeseries', title, datasource: { type: 'prometheus', uid: 'prometheus' } },
    gridPos: { x: (i % COLUMNS) * width, y: Math.floor(i / COLUMNS) * HEIGHT, w: width, h: HEIGHT },
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: [{ refId: 'A', expr, legendFormat: legend }],
  }))
  const page = { uid: `flightplan-${name}`, title: `Flightplan: ${name}`, schemaVersion: 39, refresh: '10s' }
  return `${JSON.stringify({ ...page, time: { from: 'now-1h', to: 'now' }, panels }, null, 2)}\n`
}
