/** The bidders: stateless but for the last good release, which an emptyDir keeps over a restart of the container. */
import { PATHS, PORTS } from '@flightplan/contract/infra.ts'
import type { Chart } from 'cdk8s'
import { bidClusterOf } from '../envoy/clusters.ts'
import { keyName, keysOf } from '../price-keys.ts'
import { autoscaler, deployment, resources, service } from '../workload.ts'
import type { World } from '../world.ts'

export const BIDDER = 'bidder'
/** Not ready, yet serving: longer than Envoy's active health check needs to see it. */
const DRAIN_DELAY_MS = 5000
const DRAIN_MS = 5000

/** What the process reads (`runtime/serve/config.ts`, `runtime/store/open.ts`), secrets apart. */
export const bidderEnvironment = ({ environment }: World): Record<string, string> => ({
  HOST: '0.0.0.0',
  PORT: String(PORTS.bidder),
  ADMIN_PORT: String(PORTS.bidderAdmin),
  WORKERS: String(environment.bidder.workers),
  STATE_DIR: '/state',
  SECRETS_DIR: '/secrets',
  CHANNEL: 'live',
  NOTICE_URL: `https://${environment.domain}`,
  DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
  DRAIN_MS: String(DRAIN_MS),
})
/** Variables that come from the Secret `bidder`. */
export const BIDDER_SECRETS = ['REDIS_URL', 'DATABASE_URL', 'FLIGHT_TRUSTED_KEYS', 'TOKEN_KEY'] as const

export function bidder(chart: Chart, world: World): void {
  const { registry, version, bidder: size } = world.environment
  const probe = (path: string) => ({ httpGet: { path, port: PORTS.bidderAdmin }, periodSeconds: 2 })
  const env = Object.entries(bidderEnvironment(world)).map(([name, value]) => ({ name, value }))
  const secrets = BIDDER_SECRETS.map(name => ({ name, valueFrom: { secretKeyRef: { name: BIDDER, key: name } } }))
  const id = { name: 'BIDDER_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }
  const priceKeys = world.exchanges.flatMap(keysOf).map(path => ({ key: keyName(path), path }))
  deployment(chart, {
    app: BIDDER,
    replicas: size.replicas.min,
    grace_s: Math.ceil((DRAIN_DELAY_MS + DRAIN_MS) / 1000) + 5,
    container: {
      image: `${registry}/runtime:${version}`,
      ports: [
        { name: 'http', containerPort: PORTS.bidder },
        { name: 'admin', containerPort: PORTS.bidderAdmin },
      ],
      env: [...env, id, ...secrets],
      resources: resources(size.cpu, size.memory),
      startupProbe: { ...probe(PATHS.live), failureThreshold: 60 },
      readinessProbe: { ...probe(PATHS.ready), failureThreshold: 1 },
      livenessProbe: { ...probe(PATHS.live), failureThreshold: 5 },
      volumeMounts: [
        { name: 'state', mountPath: '/state' },
        { name: 'secrets', mountPath: '/secrets', readOnly: true },
      ],
    },
    volumes: [
      { name: 'state', emptyDir: { sizeLimit: '4Gi' } },
      { name: 'secrets', secret: { secretName: 'price-keys', optional: true, items: priceKeys } },
    ],
  })
  // Envoy balances by itself and asks readiness itself: it must see each pod.
  const headless = { clusterIP: 'None', publishNotReadyAddresses: false }
  service(chart, BIDDER, { http: PORTS.bidder, admin: PORTS.bidderAdmin }, headless)
  autoscaler(chart, BIDDER, size.replicas, {
    ...{ metric: 'envoy_cluster_upstream_rq_active', label: 'envoy_cluster_name', average: size.in_flight },
    values: world.exchanges.map(({ exchange }) => bidClusterOf(exchange)),
  })
}
