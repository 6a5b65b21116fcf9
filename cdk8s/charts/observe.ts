/** Prometheus rules and monitors, and Grafana's dashboards (its sidecar takes ConfigMaps with this label). */
import type { Chart } from 'cdk8s'
import { add, type CustomResource, configMap, selectorOf } from '../object.ts'
import { DASHBOARDS, dashboardJson } from '../observe/dashboards.ts'
import { ruleGroups } from '../observe/rules.ts'
import { INTERVAL, JOBS } from '../observe/scrape.ts'

export function observe(chart: Chart): void {
  const apiVersion = 'monitoring.coreos.com/v1'
  add<CustomResource>(chart, {
    apiVersion,
    kind: 'PrometheusRule',
    metadata: { name: 'flightplan' },
    spec: ruleGroups(),
  })
  for (const { job, portName, path } of JOBS)
    add<CustomResource>(chart, {
      ...{ apiVersion, kind: 'ServiceMonitor', metadata: { name: job } },
      spec: { selector: selectorOf(job), endpoints: [{ port: portName, path, interval: INTERVAL }] },
    })
  for (const name of Object.keys(DASHBOARDS))
    configMap(chart, `dashboard-${name}`, { [`${name}.json`]: dashboardJson(name) }, { grafana_dashboard: '1' })
}
