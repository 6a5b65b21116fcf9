/** Redis Cluster: the hot copy of releases and the books of money. No operator: one StatefulSet, joined once by a Job. */
import { PORTS } from '@flightplan/contract/infra.ts'
import type { Chart } from 'cdk8s'
import { add, configMap, labelsOf, selectorOf } from '../object.ts'
import { HARDENED, POD_SECURITY, resources, service } from '../workload.ts'
import type { World } from '../world.ts'

export const REDIS = 'redis'
const IMAGE = 'redis:7.4.2'
const BUS = PORTS.redis + 10_000

/** `noeviction`, and each write to disk: what is kept here is money. */
const CONF = `port ${PORTS.redis}
cluster-enabled yes
cluster-config-file /data/nodes.conf
cluster-node-timeout 5000
appendonly yes
appendfsync always
maxmemory-policy noeviction
dir /data
`

export function redis(chart: Chart, { environment: { redis: size } }: World): void {
  const replicas = size.masters * (1 + size.replicas)
  configMap(chart, REDIS, { 'redis.conf': CONF })
  service(chart, REDIS, { redis: PORTS.redis, bus: BUS }, { clusterIP: 'None', publishNotReadyAddresses: true })
  const container = {
    ...{ name: REDIS, image: IMAGE, securityContext: HARDENED, resources: resources(1, size.memory) },
    args: ['redis-server', '/etc/redis/redis.conf'],
    ports: [{ name: 'redis', containerPort: PORTS.redis }],
    readinessProbe: { exec: { command: ['redis-cli', '-p', String(PORTS.redis), 'ping'] }, periodSeconds: 5 },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'config', mountPath: '/etc/redis', readOnly: true },
    ],
  }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } },
  }
  const pod = { automountServiceAccountToken: false, securityContext: POD_SECURITY }
  add(chart, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: REDIS, labels: labelsOf(REDIS) },
    spec: {
      ...{ serviceName: REDIS, replicas, podManagementPolicy: 'Parallel', selector: selectorOf(REDIS) },
      template: {
        metadata: { labels: labelsOf(REDIS) },
        spec: { ...pod, containers: [container], volumes: [{ name: 'config', configMap: { name: REDIS } }] },
      },
      volumeClaimTemplates: [claim],
    },
  })
  const hosts = Array.from({ length: replicas }, (_, i) => `${REDIS}-${i}.${REDIS}:${PORTS.redis}`)
  const join = [
    'redis-cli',
    '--cluster',
    'create',
    ...hosts,
    '--cluster-replicas',
    String(size.replicas),
    '--cluster-yes',
  ]
  add(chart, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'redis-join', labels: labelsOf('redis-join') },
    spec: {
      backoffLimit: 5,
      template: {
        metadata: { labels: labelsOf('redis-join') },
        spec: {
          ...pod,
          restartPolicy: 'OnFailure',
          containers: [
            { name: 'join', image: IMAGE, args: join, securityContext: HARDENED, resources: resources(0.1, '64Mi') },
          ],
        },
      },
    },
  })
}
