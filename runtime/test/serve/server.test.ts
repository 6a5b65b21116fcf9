import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Release, sealRelease } from '@flightplan/compiler/release.ts'
import { writeRelease } from '@flightplan/compiler/write.ts'
import type { Secrets } from '../../secrets.ts'
import type { Config } from '../../serve/config.ts'
import { startServer } from '../../serve/server.ts'
import { PRIVATE_KEY, shippedRelease, TRUSTED, temporaryDirectory } from '../release/shipped.ts'
import { goldensOf } from './one-thread.ts'

const release = await shippedRelease()
const requests = goldensOf(release).filter(({ expect }) => expect.bids.length > 0)

type Event = { event: string; data: Record<string, unknown> | undefined }

/** Of every exchange: one that its codec can use. */
const KEY = Buffer.alloc(32, 1).toString('base64')

async function start(directory: string, changes: Partial<Config> = {}, secrets: Secrets = () => KEY) {
  const events: Event[] = []
  const config: Config = {
    ...{
      host: '127.0.0.1',
      port: 0,
      adminPort: 0,
      workers: 2,
      server: 'strict',
      factsFile: null,
      profilesFile: null,
      secretsDir: null,
    },
    ...{ channelDir: join(directory, 'channel'), stateDir: join(directory, 'state'), trusted: TRUSTED },
    ...{ tokenKey: createSecretKey(Buffer.alloc(32, 1)), noticeUrl: 'https://notice.example' },
    ...{
      release_budget_bytes: 1 << 28,
      poll_ms: 50,
      canary_report_ms: 200,
      drain_delay_ms: 0,
      drain_ms: 2000,
      ...changes,
    },
  }
  const log = (_: string, event: string, data?: Record<string, unknown>) => void events.push({ event, data })
  const server = await startServer({ config, secrets, log, random: () => 0.5, now_ms: Date.now })
  const told = async (event: string, n = 1): Promise<Event> => {
    for (let waited_ms = 0; waited_ms < 10_000; waited_ms += 20) {
      const found = events.filter(one => one.event === event)[n - 1]
      if (found) return found
      await sleep(20)
    }
    throw new Error(`no ${event}: ${JSON.stringify(events)}`)
  }
  const ask = async (i: number): Promise<{ status: number; text: string }> => {
    const { exchange, request } = requests[i % requests.length]! // remainder
    const url = `http://127.0.0.1:${server.port}/openrtb2/${exchange}`
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(request) })
    return { status: answer.status, text: await answer.text() }
  }
  const admin = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`http://127.0.0.1:${server.adminPort}${path}`, init)
    return { status: answer.status, text: await answer.text() }
  }
  return { server, events, told, ask, admin }
}

/** Another digest, the same contents. */
function rebuilt(of: Release, minutes: number): Release {
  const contents = new Map([...of.files].filter(([name]) => !name.startsWith('manifest.')))
  const origin = { ...of.manifest, built_at_ms: of.manifest.built_at_ms + minutes * 60_000 }
  return sealRelease(contents, origin, of.manifest.counts, PRIVATE_KEY)
}

test('serves, swaps under load without a failed request, refuses a bad release, drains', async () => {
  const directory = temporaryDirectory()
  const channel = join(directory, 'channel')
  writeRelease(release, channel)
  const { server, told, ask, admin, events } = await start(directory)
  assert.ok(await server.started, JSON.stringify(events))
  assert.equal((await admin('/readyz')).status, 503, 'not before it is opened')
  server.open()
  assert.equal((await admin('/readyz')).status, 200)
  assert.equal((await admin('/healthz')).status, 200)

  const statuses = new Map<number, number>()
  let isOver = false
  const load = Array.from({ length: 4 }, async (_, lane) => {
    for (let i = lane; !isOver; i++) {
      const { status } = await ask(i)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  const second = rebuilt(release, 1)
  writeRelease(second, channel)
  assert.equal((await told('release_live', 2)).data?.['digest'], second.digest)

  const bad = rebuilt(release, 2)
  const dir = writeRelease({ ...bad, digest: bad.digest }, channel)
  assert.ok(dir)
  await told('release_live', 3)
  const broken = rebuilt(release, 3)
  const files = new Map(broken.files).set(
    'snapshot.bin',
    new Uint8Array(broken.files.get('snapshot.bin') ?? []).fill(0, 400, 500),
  )
  writeRelease({ ...broken, files }, channel)
  const nack = await told('release_nack')
  assert.equal(nack.data?.['code'], 'flipped_byte')
  await sleep(300)
  assert.equal(events.filter(({ event }) => event === 'release_nack').length, 1, 'not tried again until it changes')
  isOver = true
  await Promise.all(load)
  assert.deepEqual(
    [...statuses.keys()].filter(status => status !== 200 && status !== 204),
    [],
  )
  assert.ok((statuses.get(200) ?? 0) > 20, JSON.stringify([...statuses]))

  const { text } = await admin('/metrics')
  assert.match(text, new RegExp(`flightplan_release_info\\{release="${bad.digest}"`))
  assert.match(text, /flightplan_release_loads_total\{result="nack",code="flipped_byte"\} 1/)
  assert.match(text, /flightplan_decision_seconds_bucket\{le="\+Inf"\} \d+/)
  assert.match(text, /process_cpu_seconds_total/)
  const { exchange, request } = requests[0]! // not empty
  const explained = await admin(`/debug/explain?exchange=${exchange}`, {
    method: 'POST',
    body: JSON.stringify(request),
  })
  assert.equal(explained.status, 200, explained.text)
  assert.match(explained.text, /campaigns\//, 'it names files')
  assert.equal((await admin('/debug/explain', { method: 'POST', body: '{' })).status, 400)
  assert.equal((await admin('/nothing')).status, 404)

  const last = Array.from({ length: 8 }, (_, i) => ask(i))
  await Promise.all(last)
  await server.close()
  await assert.rejects(ask(0), 'nobody listens any more')
  assert.equal(
    events.filter(({ event }) => event === 'fault' || event === 'worker_died').length,
    0,
    JSON.stringify(events),
  )
})

test('a cold start with an empty channel serves the last good release; a bad channel too', async () => {
  const directory = temporaryDirectory()
  writeRelease(release, join(directory, 'channel'))
  const before = await start(directory, { workers: 1 })
  assert.ok(await before.server.started)
  for (let i = 0; i < 200 && !readdirSync(directory).includes('state'); i++) await sleep(10)
  await before.server.close() // waits for the copy
  assert.equal(readFileSync(join(directory, 'state/current'), 'utf8').trim(), release.digest)

  const empty = await start(directory, { workers: 1, channelDir: join(directory, 'nothing') })
  assert.ok(await empty.server.started)
  const ack = await empty.told('release_ack')
  assert.deepEqual([ack.data?.['digest'], ack.data?.['from']], [release.digest, 'last_good'])
  const answers = await Promise.all(requests.map((_, i) => empty.ask(i)))
  assert.ok(answers.some(({ status, text }) => status === 200 && text.includes('impid')))
  await empty.server.close()

  writeFileSync(join(directory, 'channel', release.digest, 'snapshot.bin'), 'damaged')
  const damaged = await start(directory, { workers: 1 })
  assert.ok(await damaged.server.started)
  await damaged.told('release_nack')
  assert.equal((await damaged.told('release_live')).data?.['digest'], release.digest)
  await damaged.server.close()
})

test('with no release at all it answers no-bids, is not ready, and takes the first one that comes', async () => {
  const directory = temporaryDirectory()
  const { server, ask, admin, told } = await start(directory, { workers: 1, server: 'node' })
  server.open()
  assert.equal(await server.started, false)
  assert.equal((await ask(0)).status, 204)
  assert.equal((await admin('/readyz')).status, 503)
  writeRelease(release, join(directory, 'channel'))
  await told('release_live')
  assert.equal((await admin('/readyz')).status, 200)
  await server.close()
})

test('an exchange whose price keys cannot be used gets no bid; log, metrics and explain say so, the others bid', async () => {
  const directory = temporaryDirectory()
  writeRelease(release, join(directory, 'channel'))
  const secrets: Secrets = reference => (reference === 'secret://boreal/e_key' ? 'short' : null)
  const { server, told, ask, admin } = await start(directory, { workers: 1 }, secrets)
  assert.ok(await server.started)
  assert.deepEqual((await told('secret_missing')).data, {
    exchange: 'boreal',
    ...{ missing: ['secret://boreal/i_key'], malformed: ['secret://boreal/e_key'] },
  })
  const boreal = requests.findIndex(({ exchange }) => exchange === 'boreal')
  assert.ok(boreal >= 0, 'some golden auction of boreal has a bid')
  await ask(boreal)
  const others = await Promise.all(requests.map((_, i) => ask(i)))
  assert.ok(others.some(({ text }) => text.includes('impid')))
  const { text } = await admin('/metrics')
  assert.match(text, /flightplan_exchange_without_keys\{exchange="boreal"\} 1/)
  assert.match(text, /flightplan_no_bids_total\{exchange="boreal",reason="exchange_stopped"\} [1-9]/)
  const body = JSON.stringify(requests[boreal]?.request)
  const explained = await admin('/debug/explain?exchange=boreal', { method: 'POST', body })
  assert.deepEqual(JSON.parse(explained.text), { reason: 'exchange_stopped' })
  await server.close()
})

test('explain: one at a time, beside the serving; /readyz and bids go on', async () => {
  const directory = temporaryDirectory()
  writeRelease(release, join(directory, 'channel'))
  const { server, ask, admin } = await start(directory, { workers: 1 })
  const { exchange, request } = requests[0]! // not empty
  const post = { method: 'POST', body: JSON.stringify(request) }
  const explain = () => admin(`/debug/explain?exchange=${exchange}`, post)
  assert.ok(await server.started)
  server.open()
  const both = Promise.all([explain(), explain()])
  assert.equal((await admin('/readyz')).status, 200)
  assert.ok([200, 204].includes((await ask(0)).status))
  assert.deepEqual((await both).map(({ status }) => status).sort(), [200, 429])
  assert.equal((await explain()).status, 200, 'the next one has its turn')
  await server.close()
})
