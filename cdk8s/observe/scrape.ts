/** What is scraped: the ServiceMonitors of a cluster and the prometheus.yml of a laptop come from this one list. */
import { PATHS, PORTS } from '@flightplan/contract/infra.ts'

export const JOBS = [
  { job: 'bidder', portName: 'admin', port: PORTS.bidderAdmin, path: PATHS.metrics },
  { job: 'edge', portName: 'admin', port: PORTS.edgeAdmin, path: '/stats/prometheus' },
] as const
export const INTERVAL = '15s'

/** @param host where a job's Service is, by its name */
export const prometheusConfig = (host: (job: string) => string, rules: string) => ({
  global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL },
  rule_files: [rules],
  scrape_configs: JOBS.map(({ job, port, path }) => ({
    ...{ job_name: job, metrics_path: path },
    static_configs: [{ targets: [`${host(job)}:${port}`] }],
  })),
})
