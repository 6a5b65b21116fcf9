import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { moveChannel, pinMove, publishMove, rollbackMove } from '../../publish/channel.ts'
import { syncHot } from '../../publish/sync.ts'
import { pauseOf } from '../../release/follow-remote.ts'
import { signRecord } from '../../release/record.ts'
import type { HotCopy } from '../../store/port.ts'
import { PRIVATE_KEY, resealed, shippedRelease, TRUSTED, temporaryDirectory } from '../release/shipped.ts'
import { record, until } from '../store/contract.ts'
import {
  CHANNEL,
  deed,
  directoryStores,
  head,
  partsOf,
  publish,
  rebuilt,
  SIGNING,
  startBidder,
} from './channel-scene.ts'

const release = await shippedRelease()
const second = rebuilt(release, 1)

test('follows by call, reports ACK and LIVE, takes a delta where it has the base, and nothing where it has the file', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  const state = join(folder, 'state')
  const { server, events, serves } = await startBidder(stores, state)
  assert.ok(await server.started, JSON.stringify(events))
  const said = async () => (await stores.hot.acks(CHANNEL))[0]
  await until(async () => (await said())?.state === 'live' && (await said())?.last_good === release.digest)
  const first = await said()
  assert.deepEqual([first?.digest, first?.serving, first?.sequence], [release.digest, release.digest, 1])
  assert.ok((first?.fetched_bytes ?? 0) > 100_000, 'all of it')

  await publish(stores, second) // only the manifest differs
  await serves(second.digest)
  await until(async () => (await said())?.sequence === 2 && (await said())?.state === 'live')
  assert.equal((await said())?.fetched_bytes, 0)

  const golden = Buffer.concat([release.files.get('golden.ndjson') ?? Buffer.alloc(0), Buffer.from('\n')])
  const third = resealed(rebuilt(release, 2), { 'golden.ndjson': golden })
  const synced = await publish(stores, third)
  assert.ok((synced?.deltas['golden.ndjson'] ?? 1e9) < 1000, JSON.stringify(synced?.deltas))
  await serves(third.digest)
  await until(async () => (await said())?.sequence === 3 && (await said())?.state === 'live')
  assert.ok(((await said())?.fetched_bytes ?? 1e9) < 1000, 'a delta')
  await until(async () => !existsSync(join(state, 'incoming'))) // removed behind the report
  await server.close()
})

test('a bad release is refused with its reason and never tried again; the one before keeps serving', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  const { server, of } = await startBidder(stores, join(folder, 'state'))
  assert.ok(await server.started)
  // Sealed by our key and whole, but the golden auctions do not come out: what no publisher's check let through.
  const bad = resealed(release, { 'golden.ndjson': Buffer.from('{"exchange":"alpha","request":{}}\n') })
  await publish(stores, bad)
  await until(() => of('release_nack').length > 0)
  await sleep(500) // several polls
  assert.equal(of('release_nack').length, 1)
  await until(async () => (await stores.hot.acks(CHANNEL))[0]?.state === 'nack')
  const nack = (await stores.hot.acks(CHANNEL))[0]
  assert.deepEqual(
    [nack?.digest, nack?.sequence, nack?.serving, nack?.code],
    [bad.digest, 2, release.digest, 'golden_mismatch'],
  )
  assert.equal(nack?.last_good, release.digest)
  await server.close()
})

test('size limits: a release over the budget is refused before a byte of it is fetched (FP5003)', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  let blobs = 0
  const countBlobs: HotCopy['blob'] = (...args) => {
    blobs++
    return stores.hot.blob(...args)
  }
  const hot: HotCopy = { ...stores.hot, blob: countBlobs }
  const { server, of } = await startBidder({ hot, store: stores.store }, join(folder, 'state'), { budget_bytes: 1000 })
  assert.equal(await server.started, false)
  assert.match(JSON.stringify(of('release_refused')[0]?.data), /FP5003.*1000 are allowed/)
  assert.equal(blobs, 0)
  await server.close()
})

test('an old record, a forged one, one of another channel and garbage are refused, also after a restart', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  const old = (await publish(stores, release)) && (await stores.store.pointer(CHANNEL))
  await publish(stores, second)
  const state = join(folder, 'state')
  const shown = { text: await stores.hot.pointer(CHANNEL) }
  const hot: HotCopy = { ...stores.hot, pointer: async () => shown.text }
  let bidder = await startBidder({ hot }, state)
  assert.ok(await bidder.server.started)
  await bidder.server.close()
  const fixed = { format: 1, channel: CHANNEL, canary: null, share_ppm: 0, pinned: false, made_at_ms: 1, reason: '' }
  const cases: [string, string | null, RegExp][] = [
    ['replayed', old, /record 1 of live is older than 2/],
    ['two of one number', signRecord({ ...fixed, sequence: 2, live: release.digest }, PRIVATE_KEY), /two records 2/],
    ['by another key', record(CHANNEL, 9, release.digest), /not trusted here/],
    [
      'another channel',
      signRecord({ ...fixed, channel: 'other', sequence: 9, live: release.digest }, PRIVATE_KEY),
      /of channel .*other/,
    ],
    ['changed', (shown.text ?? '').replace('"sequence":2', '"sequence":9'), /does not have the signature/],
    [
      'a manifest signature',
      `{}\n${Buffer.from(release.files.get('manifest.sig') ?? []).toString()}`,
      /does not have the signature/,
    ],
    ['garbage', 'x'.repeat(100_000), /more than 16384/],
    [
      'share above 1',
      signRecord({ ...fixed, sequence: 9, live: release.digest, share_ppm: 1_000_001 }, PRIVATE_KEY),
      /share_ppm/,
    ],
  ]
  for (const [name, text, why] of cases) {
    shown.text = text
    bidder = await startBidder({ hot }, state)
    assert.ok(await bidder.server.started, `${name}: the last good release serves`)
    assert.match(JSON.stringify(bidder.of('release_refused')[0]?.data), why, name)
    assert.deepEqual(
      bidder.of('release_live').map(({ data }) => data?.['digest']),
      [second.digest],
      name,
    )
    await bidder.server.close()
  }
})

test('a hot copy from an old backup: the newer record is taken from the store', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  const old = await stores.hot.pointer(CHANNEL)
  const hot: HotCopy = { ...stores.hot, pointer: async () => old }
  const state = join(folder, 'state')
  await publish(stores, second)
  const before = await startBidder({ store: stores.store }, state)
  assert.ok(await before.server.started)
  await before.server.close()
  const third = rebuilt(release, 3)
  await publish(stores, third)
  const { server, serves } = await startBidder({ hot, store: stores.store }, state)
  await serves(third.digest)
  await server.close()
})

test('cold start: with every store down the last good release serves; without a disk too there is none, and no crash', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  const state = join(folder, 'state')
  const before = await startBidder(stores, state)
  assert.ok(await before.server.started)
  await until(() => existsSync(join(state, 'current')))
  await before.server.close()
  const down = async () => {
    throw new Error('connect ECONNREFUSED')
  }
  const hot: HotCopy = { ...stores.hot, pointer: down, manifest: down, blob: down, ack: down }
  const cold = await startBidder({ hot, store: { ...stores.store, pointer: down } }, state)
  assert.ok(await cold.server.started)
  assert.equal(cold.of('release_ack')[0]?.data?.['from'], 'last_good')
  await cold.server.close()
  const hanging: HotCopy = { ...stores.hot, pointer: () => new Promise(() => {}) }
  const slow = await startBidder({ hot: hanging }, state)
  assert.ok(await slow.server.started, 'stores that do not answer at all')
  await slow.server.close()
  const empty = await startBidder({ hot }, join(folder, 'other'))
  assert.equal(await empty.server.started, false)
  await empty.server.close()
})

test('a damaged file in the hot copy comes from the store; a damaged base gives the whole file', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  const { sha256 } = release.manifest.files['snapshot.bin'] ?? { sha256: '' }
  const file = join(folder, 'stores/hot/live/blobs', sha256)
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1 // within
  writeFileSync(file, bytes)
  const state = join(folder, 'state')
  const one = await startBidder(stores, state)
  assert.ok(await one.server.started, JSON.stringify(one.events))
  await until(() => existsSync(join(state, 'current')))
  await one.server.close()
  writeFileSync(join(state, release.digest, 'snapshot.bin'), 'damaged')
  await publish(stores, second)
  const two = await startBidder(stores, state)
  await two.serves(second.digest)
  await two.server.close()
})

test('a file that no store has yet: tried again with growing, jittered pauses until it is there', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(join(folder, 'stores'))
  await publish(stores, release)
  let isThere = false
  const blob: HotCopy['blob'] = async (...args) => (isThere ? stores.hot.blob(...args) : null)
  const { server, of, serves } = await startBidder({ hot: { ...stores.hot, blob } }, join(folder, 'state'))
  assert.equal(await server.started, false)
  assert.match(JSON.stringify(of('release_refused')[0]?.data), /FP5010.*no store gave/)
  await until(async () => (await stores.hot.acks(CHANNEL))[0]?.code === 'not_fetched')
  isThere = true
  await serves(release.digest)
  await server.close()
})

test('pauses: a poll is jittered by a quarter, retries double to half a minute and never come in step', () => {
  assert.deepEqual([pauseOf(0, 1000, () => 0), pauseOf(0, 1000, () => 1)], [750, 1250])
  const [low, high] = [0, 1].map(r => [1, 2, 3, 50].map(fails => pauseOf(fails, 1000, () => r)))
  assert.deepEqual(low, [125, 250, 500, 15_000])
  assert.deepEqual(high, [250, 500, 1000, 30_000])
})

test('moves: publish twice is once, a pin holds, a rollback pins, and each is one record of the history', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(folder)
  await publish(stores, release)
  await publish(stores, release)
  assert.equal((await head(stores))?.sequence, 1)
  await publish(stores, second)
  const move = (verb: string, how: Parameters<typeof moveChannel>[5]) =>
    moveChannel(stores.store, CHANNEL, verb, deed(verb), SIGNING, how)
  await move('rollback', rollbackMove(release.digest))
  const rolledBack = await head(stores)
  assert.deepEqual([rolledBack?.sequence, rolledBack?.live, rolledBack?.pinned], [3, release.digest, true])
  await assert.rejects(move('publish', publishMove(second.digest)), /pinned to .*: rollback/)
  assert.equal((await move('publish', publishMove(release.digest)))?.sequence, 3, 'what serves already')
  await move('unpin', pinMove(false))
  await move('publish', publishMove(second.digest))
  const verbs = (await stores.store.history(CHANNEL, 10)).map(({ verb }) => verb)
  assert.deepEqual(verbs, ['publish', 'unpin', 'rollback', 'publish', 'publish'])
})

test('a publisher that died between record and hot copy: running it again ends in the same state', async () => {
  const folder = temporaryDirectory()
  const stores = directoryStores(folder)
  await publish(stores, release)
  await stores.store.putRelease(partsOf(second), deed())
  await moveChannel(stores.store, CHANNEL, 'publish', deed(), SIGNING, publishMove(second.digest)) // and no more
  assert.notEqual(await stores.hot.pointer(CHANNEL), await stores.store.pointer(CHANNEL))
  await publish(stores, second)
  assert.equal(await stores.hot.pointer(CHANNEL), await stores.store.pointer(CHANNEL))
  assert.equal((await head(stores))?.sequence, 2)
  rmSync(join(folder, 'hot'), { recursive: true }) // and where the hot copy lost all
  const synced = await syncHot(stores.store, stores.hot, CHANNEL, TRUSTED)
  assert.equal(synced?.files, Object.keys(second.manifest.files).length)
  assert.equal(await stores.hot.pointer(CHANNEL), await stores.store.pointer(CHANNEL))
})
