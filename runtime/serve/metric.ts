/** What prom-client's registries hand to one another. */
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

export const metric = (type: Metric['type'], name: string, help: string, values: Sample[]): Metric => ({
  ...{ name: `flightplan_${name}`, help, type, aggregator: 'sum', values },
})
