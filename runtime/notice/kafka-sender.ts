/** kafkajs, idempotent, acks=all (docs/adr/0006-kafkajs.md). */
import { TOPICS } from '@flightplan/contract/events.ts'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import type { Sender } from './kafka-log.ts'
import type { Line } from './lines.ts'

/** Short: while it waits, events are in the spool already. An idempotent producer has to retry at least once. */
const IMPATIENT = { connectionTimeout: 1000, requestTimeout: 5000, retry: { retries: 2, initialRetryTime: 50 } }

export function openKafkaSender(brokers: readonly string[], node: string): Sender {
  const kafka = new Kafka({ clientId: node, brokers: [...brokers], logLevel: logLevel.NOTHING, ...IMPATIENT })
  const producer = kafka.producer({
    ...{ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false },
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  let connected: Promise<void> | null = null
  const connect = () => {
    connected ??= producer.connect().catch(error => {
      connected = null
      throw error
    })
    return connected
  }
  return {
    async send(lines) {
      await connect()
      await producer.sendBatch({ acks: -1, topicMessages: byTopic(lines) })
    },
    async mark(text) {
      await connect()
      const topicMessages = Object.values(TOPICS).map(({ name, partitions }) => ({
        topic: name,
        messages: Array.from({ length: partitions }, (_, partition) => ({ partition, key: '', value: text })),
      }))
      await producer.sendBatch({ acks: -1, topicMessages })
    },
    close: () => producer.disconnect(),
  }
}

function byTopic(lines: readonly Line[]) {
  const topics = new Map<string, { key: string; value: string }[]>()
  for (const { topic, key, text } of lines) {
    const messages = topics.get(topic) ?? []
    messages.push({ key, value: text.trimEnd() })
    topics.set(topic, messages)
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}
