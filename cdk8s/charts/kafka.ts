/** Kafka by Strimzi: KRaft, and one topic for each of `contract/events.ts`. */
import { TOPICS } from '@flightplan/contract/events.ts'
import { PORTS } from '@flightplan/contract/infra.ts'
import type { Chart } from 'cdk8s'
import { add, type CustomResource } from '../object.ts'
import type { World } from '../world.ts'

export const KAFKA = 'events'
const API = 'kafka.strimzi.io/v1'
const HOUR_MS = 3_600_000

export function kafka(chart: Chart, { environment: { kafka: size } }: World): void {
  const copies = Math.min(3, size.brokers)
  const enough = Math.max(1, copies - 1)
  const labels = { 'strimzi.io/cluster': KAFKA }
  add<CustomResource>(chart, {
    apiVersion: API,
    kind: 'KafkaNodePool',
    metadata: { name: 'brokers', labels },
    spec: {
      replicas: size.brokers,
      roles: ['controller', 'broker'],
      storage: { type: 'persistent-claim', size: size.disk, deleteClaim: false },
    },
  })
  add<CustomResource>(chart, {
    apiVersion: API,
    kind: 'Kafka',
    metadata: { name: KAFKA },
    spec: {
      kafka: {
        listeners: [{ name: 'plain', port: PORTS.kafka, type: 'internal', tls: false }],
        config: {
          'auto.create.topics.enable': false,
          'default.replication.factor': copies,
          'min.insync.replicas': enough,
          'offsets.topic.replication.factor': copies,
          'transaction.state.log.replication.factor': copies,
          'transaction.state.log.min.isr': enough,
        },
      },
      entityOperator: { topicOperator: {} },
    },
  })
  for (const { name, partitions } of Object.values(TOPICS))
    add<CustomResource>(chart, {
      apiVersion: API,
      kind: 'KafkaTopic',
      metadata: { name, labels },
      spec: {
        ...{ partitions, replicas: copies },
        config: { 'retention.ms': size.retention_hours * HOUR_MS, 'min.insync.replicas': enough },
      },
    })
}
