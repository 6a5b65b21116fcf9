/** Envoy in front of bidders and notices. */
import { createHash } from 'node:crypto'
import { PORTS } from '@flightplan/contract/infra.ts'
import type { Chart } from 'cdk8s'
import { stringify } from 'yaml'
import { envoyConfig } from '../envoy/config.ts'
import { configMap } from '../object.ts'
import { autoscaler, deployment, resources, service } from '../workload.ts'
import type { World } from '../world.ts'

export const EDGE = 'edge'

export function edge(chart: Chart, world: World): void {
  const { edge: size } = world.environment
  const text = stringify(envoyConfig(world), { aliasDuplicateObjects: false })
  // Its name follows its bytes: a change rolls the pods, and a rollback finds the config that it had.
  const name = `${EDGE}-${createHash('sha256').update(text).digest('hex').slice(0, 10)}`
  configMap(chart, name, { 'envoy.yaml': text })
  deployment(chart, {
    app: EDGE,
    replicas: size.replicas.min,
    grace_s: 30,
    container: {
      image: 'envoyproxy/envoy:distroless-v1.40.0',
      args: ['--config-path', '/etc/envoy/envoy.yaml', '--drain-time-s', '10'],
      ports: [
        { name: 'http', containerPort: PORTS.edge },
        { name: 'admin', containerPort: PORTS.edgeAdmin },
      ],
      resources: resources(size.cpu, size.memory),
      readinessProbe: { httpGet: { path: '/ready', port: PORTS.edgeAdmin }, periodSeconds: 2 },
      lifecycle: { preStop: { sleep: { seconds: 10 } } },
      volumeMounts: [{ name: 'config', mountPath: '/etc/envoy', readOnly: true }],
    },
    volumes: [{ name: 'config', configMap: { name } }],
  })
  service(
    chart,
    EDGE,
    { http: PORTS.edge, admin: PORTS.edgeAdmin },
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
  )
  // The admin port is for Prometheus alone: never on the load balancer.
  service(chart, EDGE, { admin: PORTS.edgeAdmin }, {}, 'edge-admin')
  autoscaler(chart, EDGE, size.replicas)
}
