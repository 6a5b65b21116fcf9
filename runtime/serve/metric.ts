/** What prom-client's registries hand to one another. */
import { type MetricName, metricName } from '@flightplan/contract/infra.ts'

export interface Sample {
  value: number
  labels: Record<string, string>
  metricName?: string
}

export interface Metric {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  aggregator: 'sum'
  values: Sample[]
}

export const metric = (type: Metric['type'], name: MetricName, help: string, values: Sample[]): Metric => ({
  ...{ name: metricName(name), help, type, aggregator: 'sum', values },
})
