/**
 * Reads the topics of the event log as one of a consumer group. Where to read on is in ClickHouse beside what was read,
 * not in Kafka: a database restored from an older day reads again what it lacks.
 */
import { TOPICS } from '@flightplan/contract/events.ts'
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs'
import type { Batch, Ingest } from './ingest.ts'

export interface KafkaPlace {
  brokers: string[]
  /** Readers of one group share the partitions. */
  group: string
}

export interface Reader {
  /** Rejects when reading has failed for good. */
  failed: Promise<never>
  close(): Promise<void>
}

const NAMES: readonly string[] = Object.values(TOPICS).map(({ name }) => name)
/** Waits until this much is there: ClickHouse wants few and large inserts. A report shows an event within a minute. */
const FETCH = { minBytes: 1 << 20, maxWaitTimeInMs: 2000, maxBytesPerPartition: 4 << 20 }

export async function readKafka({ brokers, group }: KafkaPlace, ingest: Ingest): Promise<Reader> {
  const kafka = new Kafka({ clientId: 'flightplan-events', brokers, logLevel: logLevel.ERROR })
  await expectPartitions(kafka, ingest)
  const consumer = kafka.consumer({ groupId: group, ...FETCH })
  await consumer.connect()
  await consumer.subscribe({ topics: [...NAMES], fromBeginning: true })
  const failed = new Promise<never>((_, reject) => {
    consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart) reject(payload.error)
    })
  })
  const sought = new Set<string>()
  // What was known of a partition is not true any more once another reader has had it.
  consumer.on('consumer.group_join', () => sought.clear())
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: payload => takeBatch(payload, ingest, sought, at => consumer.seek(at)),
  })
  return { failed, close: () => consumer.disconnect() }
}

/** Partitions that nothing was read of hold the watermark too. */
async function expectPartitions(kafka: Kafka, ingest: Ingest): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [...NAMES] })
    for (const { name, partitions } of topics)
      await ingest.expect(
        name,
        partitions.map(({ partitionId }) => String(partitionId)),
      )
  } finally {
    await admin.disconnect()
  }
}

interface Place {
  topic: string
  partition: number
  offset: string
}

/** Kafka may begin elsewhere than where ClickHouse ends: then it is told once; what it no longer has is said, not hidden. */
async function takeBatch(
  { batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload,
  ingest: Ingest,
  sought: Set<string>,
  seek: (place: Place) => void,
): Promise<void> {
  const { topic, partition, messages } = batch
  const first = Number(messages[0]?.offset ?? 0)
  const next = await ingest.nextOf(topic, String(partition))
  const key = `${topic}/${partition}`
  const isGap = first > next
  if (isGap && !sought.has(key)) {
    sought.add(key)
    return seek({ topic, partition, offset: String(next) })
  }
  sought.add(key)
  if (!isRunning() || isStale()) return
  const gap = { position: next, text: '', why: `offsets ${next} to ${first - 1} are gone from Kafka` }
  const taken: Batch['messages'] = messages
    .filter(({ offset }) => Number(offset) >= next)
    .map(({ offset, value }) => ({ position: Number(offset), text: value?.toString('utf8') ?? '' }))
  const after = Number(batch.lastOffset()) + 1
  await ingest.write({ source: topic, part: String(partition), next: after, messages: taken, ...(isGap && { gap }) })
  resolveOffset(batch.lastOffset())
  await heartbeat()
}
