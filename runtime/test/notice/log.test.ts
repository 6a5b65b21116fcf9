/** What both event logs promise; and what the one over Kafka does when Kafka goes and comes back. */
import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import { openKafkaLog, type Sender } from '../../notice/kafka-log.ts'
import type { Line } from '../../notice/lines.ts'
import type { NodeLog } from '../../notice/log.ts'
import { openSpool, type Spool, SpoolBusy } from '../../notice/spool.ts'
import { openSpoolLog } from '../../notice/spool-log.ts'
import { someEvent } from '../events/event.ts'
import { unpluggedDisk } from './unplugged.ts'

const now_ms = () => 1_800_000_000_000
const event = (n: number) => someEvent({ id: `n${n}:bill`, campaign: `c${n % 3}` })

/** A place that acknowledges, refuses, or never answers. */
function place() {
  const taken: string[] = []
  const marks: string[] = []
  const state = { mode: 'up' as 'up' | 'refuses' | 'silent' }
  const reach = async () => {
    if (state.mode === 'refuses') throw new Error('no broker')
    if (state.mode === 'silent') await new Promise(() => {})
  }
  const sender: Sender = {
    async send(lines: readonly Line[]) {
      await reach()
      taken.push(...lines.map(({ text }) => text))
    },
    async mark(text) {
      await reach()
      marks.push(text)
    },
    async close() {},
  }
  return { sender, taken, marks, state }
}

const idsOf = (texts: readonly string[]): string[] =>
  texts.map(text => JSON.parse(text) as LoggedEvent).flatMap(({ id }) => (id ? [id] : [])) // lines of ours

async function spooled(spool: Spool): Promise<string[]> {
  const segments = await Promise.all((await spool.seal()).map(name => spool.read(name)))
  return segments.flatMap(bytes => bytes.toString('utf8').split('\n').filter(Boolean))
}

async function kafkaLog() {
  const { sender, taken, marks, state } = place()
  const spool = await openSpool({ disk: unpluggedDisk().disk, now_ms })
  const log = openKafkaLog({ sender, spool, log: () => {}, patience_ms: 20, retry_ms: 10 })
  return { log, spool, taken, marks, state, all: async () => idsOf([...taken, ...(await spooled(spool))]) }
}

const LOGS: Record<string, () => Promise<{ log: NodeLog; all(): Promise<string[]> }>> = {
  async spool() {
    const spool = await openSpool({ disk: unpluggedDisk().disk, now_ms })
    return { log: openSpoolLog(spool), all: async () => idsOf(await spooled(spool)) }
  },
  kafka: kafkaLog,
  async 'kafka that refuses'() {
    const made = await kafkaLog()
    made.state.mode = 'refuses'
    return made
  },
  async 'kafka that is silent'() {
    const made = await kafkaLog()
    made.state.mode = 'silent'
    return made
  },
}

for (const [name, open] of Object.entries(LOGS))
  describe(`event log: ${name}`, () => {
    it('has what it acknowledged, and refuses once it is closed', async () => {
      const { log, all } = await open()
      await Promise.all(Array.from({ length: 500 }, (_, n) => log.append([event(n)])))
      assert.ok(log.offer([]))
      const ids = new Set(await all())
      for (let n = 0; n < 500; n++) assert.ok(ids.has(event(n).id), event(n).id)
      await log.close()
      await assert.rejects(log.append([event(1)]), SpoolBusy)
    })
  })

test('Kafka goes silent: events are in the spool, and nothing is promised', async () => {
  const { log, taken, marks, state } = await kafkaLog()
  await log.append([event(0)])
  await log.mark({ mark: 'a', complete_ms: 1 })
  assert.equal(marks.length, 1)
  state.mode = 'silent'
  for (let n = 1; n < 50; n++) await log.append([event(n)])
  assert.deepEqual(idsOf(taken), [event(0).id])
  assert.ok(log.held_ms() !== null && log.figures().kafka_up === 0)
  await log.mark({ mark: 'a', complete_ms: 2 })
  assert.equal(marks.length, 1, 'nothing is promised while the spool holds events')
  await log.close()
})

test('the spool of an earlier life is sent first', async () => {
  const { disk } = unpluggedDisk()
  const before = await openSpool({ disk, now_ms })
  await openSpoolLog(before).append([event(1), event(2)])
  await before.close()
  const { sender, taken } = place()
  const spool = await openSpool({ disk, now_ms })
  const log = openKafkaLog({ sender, spool, log: () => {}, retry_ms: 5 })
  await log.append([event(3)])
  for (let n = 0; n < 100 && log.figures().kafka_up === 0; n++) await sleep(10)
  await log.append([event(4)])
  await sleep(30)
  assert.deepEqual(
    idsOf(taken).sort(),
    [1, 2, 3, 4].map(n => event(n).id),
  )
  assert.equal(spool.figures().segments, 0)
  assert.equal(log.held_ms(), null)
  await log.close()
})

test('Kafka goes, and comes back: nothing is missing, the spool is empty, marks go out again', async () => {
  const { log, spool, taken, marks, state } = await kafkaLog()
  await log.append([event(0)])
  state.mode = 'refuses'
  for (let n = 1; n < 50; n++) await log.append([event(n)])
  assert.equal(log.figures().kafka_up, 0)
  state.mode = 'up'
  for (let n = 0; n < 200 && log.figures().kafka_up === 0; n++) await sleep(10)
  await log.append([event(50)])
  await log.mark({ mark: 'a', complete_ms: 3 })
  assert.deepEqual(new Set(idsOf(taken)), new Set(Array.from({ length: 51 }, (_, n) => event(n).id)))
  assert.deepEqual([spool.figures().segments, log.held_ms(), marks.length], [0, null, 1])
  await log.close()
})
