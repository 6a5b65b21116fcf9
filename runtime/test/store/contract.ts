/** What every record and every hot copy must do, real or embedded. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AckReport, type ChannelRecord, RECORD_FORMAT } from '@flightplan/contract/channel.ts'
import type { CanaryReport } from '@flightplan/contract/rollout.ts'
import { maxPackedBytes, pack, unpack } from '../../release/delta.ts'
import { peekRecord, signRecord } from '../../release/record.ts'
import { noCounts } from '../../rollout/counts.ts'
import { begin, DEFAULTS } from '../../rollout/rollout.ts'
import type { HotCopy, ReleaseParts, ReleaseStore } from '../../store/port.ts'

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const deed = { who: 'ada@buyer.example', at_ms: Date.UTC(2027, 0, 2, 3), reason: 'spring sale' }

export function someRelease(files: Record<string, string>): ReleaseParts {
  const contents = new Map(Object.entries(files).map(([name, text]) => [name, bytesOf(text)]))
  const listed = Object.fromEntries([...contents].map(([name, b]) => [name, { sha256: sha256(b), bytes: b.length }]))
  const origin = { format: 1, commit: 'c0ffee', tree: '7ea', built_at_ms: 5, compiler: '0', min_runtime: '0.1.0' }
  const manifest = bytesOf(JSON.stringify({ ...origin, files: listed, counts: { line_items: 2 } }))
  return {
    digest: sha256(manifest),
    manifest,
    signature: bytesOf('key c2ln\n'),
    bundle: bytesOf('tar'),
    files: contents,
  }
}

export function record(channel: string, sequence: number, live: string, more: Partial<ChannelRecord> = {}): string {
  const fixed = { format: RECORD_FORMAT, channel, sequence, live, canary: null, share_ppm: 0, pinned: false }
  return signRecord({ ...fixed, made_at_ms: 1, reason: '', ...more }, key)
}

export function ack(bidder: string, more: Partial<AckReport> = {}): AckReport {
  const digest = 'a'.repeat(64)
  return {
    ...{ bidder, channel: 'live', state: 'live', digest, sequence: 1, load_ms: 1.5, code: '', text: '' },
    ...{ serving: digest, from: 'redis', fetched_bytes: 3, last_good: digest, last_good_at_ms: 2, at_ms: 3, ...more },
  }
}

/** @param open a store on the same data at each call */
export function storeContract(name: string, skip: string | false, open: () => Promise<ReleaseStore>): void {
  describe(`record: ${name}`, { skip }, () => {
    it('keeps releases by content, whole and once', async () => {
      const store = await open()
      const first = someRelease({ 'snapshot.bin': 'one '.repeat(1000), 'debug.json': '{}' })
      assert.equal(await store.manifest('live', first.digest), null)
      assert.equal(await store.putRelease(first, deed), true)
      assert.equal(await store.putRelease(first, { ...deed, reason: 'again' }), false)
      const second = someRelease({ 'snapshot.bin': 'one '.repeat(1000), 'debug.json': '{"a":1}' })
      assert.equal(await store.putRelease({ ...second, bundle: null }, deed), true)
      const found = await store.manifest('live', first.digest)
      assert.deepEqual([...(found?.manifest ?? [])], [...first.manifest])
      assert.equal(Buffer.from(found?.signature ?? []).toString(), 'key c2ln\n')
      for (const bytes of [...first.files.values(), ...second.files.values()]) {
        const packed = await store.blob('live', sha256(bytes), maxPackedBytes(bytes.length))
        assert.ok(packed)
        assert.deepEqual([...unpack(packed, bytes.length)], [...bytes])
      }
      assert.equal(await store.blob('live', sha256(bytesOf('one '.repeat(1000))), 3), null, 'larger than asked for')
      assert.equal(await store.blob('live', 'f'.repeat(64), 100), null)
      assert.equal(Buffer.from((await store.bundle(first.digest)) ?? []).toString(), 'tar')
      assert.equal(await store.bundle(second.digest), null)
      await store.close()
    })

    it('appends to a channel in order, one writer at a time', async () => {
      const stores = await Promise.all([open(), open(), open()])
      const release = someRelease({ 'snapshot.bin': 'appended' })
      await stores[0]!.putRelease(release, deed) // three were opened
      assert.equal(await stores[0]!.pointer('race'), null)
      const next = (head: string | null) =>
        record('race', (head === null ? 0 : (peekRecord(head)?.sequence ?? 0)) + 1, release.digest)
      await Promise.all(Array.from({ length: 12 }, (_, i) => stores[i % 3]!.append('race', 'publish', deed, next)))
      const history = await stores[1]!.history('race', 100)
      assert.deepEqual(
        history.map(({ sequence }) => sequence),
        Array.from({ length: 12 }, (_, i) => 12 - i),
      )
      assert.deepEqual(
        history.map(({ text }) => peekRecord(text)?.sequence),
        history.map(({ sequence }) => sequence),
      )
      assert.equal(await stores[2]!.pointer('race'), history[0]?.text)
      const { who, at_ms, reason, verb } = history[0]!
      assert.deepEqual([who, at_ms, reason, verb], [deed.who, deed.at_ms, deed.reason, 'publish'])
      assert.equal((await stores[0]!.history('race', 2)).length, 2)
      await Promise.all(stores.map(store => store.close()))
    })

    it('leaves the channel as it is when there is nothing to do, or the step fails', async () => {
      const store = await open()
      const release = someRelease({ 'snapshot.bin': 'left' })
      await store.putRelease(release, deed)
      const one = record('still', 1, release.digest)
      assert.equal(await store.append('still', 'publish', deed, () => one), one)
      assert.equal(await store.append('still', 'publish', deed, () => null), one)
      const fails = store.append('still', 'publish', deed, () => {
        throw new Error('pinned')
      })
      await assert.rejects(fails, /pinned/)
      assert.equal((await store.history('still', 10)).length, 1)
      await store.close()
    })

    it('mirrors the newest word of each bidder, and what a release changed', async () => {
      const store = await open()
      await store.putAcks([ack('b-1', { at_ms: 10 }), ack('b-2', { at_ms: 10, state: 'nack', code: 'flipped_byte' })])
      await store.putAcks([ack('b-1', { at_ms: 5, sequence: 0 }), ack('b-2', { at_ms: 11, sequence: 2 })])
      assert.deepEqual((await store.acks('live')).map(({ bidder, sequence }) => [bidder, sequence]).sort(), [
        ['b-1', 1],
        ['b-2', 2],
      ])
      const release = someRelease({ 'snapshot.bin': 'changes' })
      await store.putRelease(release, deed)
      const change = {
        digest: release.digest,
        commit: 'c1',
        path: 'a.yaml',
        change: 'M',
        author: 'ada',
        at_ms: 9,
      } as const
      await store.putConfigChanges([change, { ...change, path: 'b.yaml' }])
      await store.putConfigChanges([change, { ...change, path: 'b.yaml' }])
      assert.deepEqual(await store.configChanges('a.yaml', 10), [change])
      assert.equal((await store.configChanges('', 10)).length, 2)
      await store.close()
    })

    it('keeps states of a rollout in order, one writer at a time', async () => {
      const stores = await Promise.all([open(), open()])
      const how = { channel: 'waves', live: 'a'.repeat(64), canary: 'b'.repeat(64), built_at_ms: 1, why: 'starts' }
      const first = begin({ ...how, base_sequence: 3, predicted: {}, settings: DEFAULTS }, 1000)
      assert.deepEqual(await stores[0]!.rollouts('waves', 9), []) // two were opened
      assert.equal(await stores[0]!.putRollout(first, 1, deed), false, 'there is no state 1 to follow')
      assert.equal(await stores[0]!.putRollout(first, 0, deed), true)
      const second = { ...first, wave: 1 }
      const both = await Promise.all(stores.map(store => store.putRollout(second, 1, { ...deed, reason: 'goes on' })))
      assert.deepEqual(both.sort(), [false, true])
      assert.equal(await stores[1]!.putRollout(first, 0, deed), false)
      const found = await stores[1]!.rollouts('waves', 9)
      assert.deepEqual(found, [
        { revision: 2, rollout: second, ...deed, reason: 'goes on' },
        { revision: 1, rollout: first, ...deed },
      ])
      assert.deepEqual(await stores[1]!.rollouts('other', 9), [])
      assert.equal((await stores[1]!.rollouts('waves', 1)).length, 1)
      await Promise.all(stores.map(store => store.close()))
    })
  })
}

/** @param open a hot copy on the same data at each call */
export function hotContract(name: string, skip: string | false, open: () => Promise<HotCopy>): void {
  const live = 'b'.repeat(64)
  describe(`hot copy: ${name}`, { skip }, () => {
    it('holds manifests, files and deltas of a channel, and gives no more than asked for', async () => {
      const hot = await open()
      const packed = pack(bytesOf('some file '.repeat(100)))
      assert.equal(await hot.manifest('live', live), null)
      await hot.putManifest('live', live, { manifest: bytesOf('{"é":1}'), signature: bytesOf('s') })
      assert.equal(Buffer.from((await hot.manifest('live', live))?.manifest ?? []).toString(), '{"é":1}')
      await hot.putBlob('live', 'c1', packed)
      assert.deepEqual([...((await hot.blob('live', 'c1', 10_000)) ?? [])], [...packed])
      assert.equal(await hot.blob('live', 'c1', packed.length - 1), null)
      assert.equal(await hot.blob('other', 'c1', 10_000), null)
      assert.deepEqual([...(await hot.haveBlobs('live', ['c1', 'c2']))], ['c1'])
      await hot.putDelta('live', 'c1', 'c2', packed)
      assert.equal((await hot.delta('live', 'c1', 'c2', 10_000))?.length, packed.length)
      assert.equal(await hot.delta('live', 'c2', 'c1', 10_000), null)
      await hot.close()
    })

    it('moves the pointer forwards only, and calls whoever listens, other processes too', async () => {
      const [writer, reader] = [await open(), await open()]
      let calls = 0
      const subscription = reader.subscribe('ahead', () => calls++)
      await sleep(300)
      const [one, two] = [record('ahead', 1, live), record('ahead', 2, live)]
      assert.equal(await reader.pointer('ahead'), null)
      assert.equal(await writer.announce('ahead', 1, one), true)
      await until(() => calls > 0)
      assert.equal(await reader.pointer('ahead'), one)
      assert.equal(await writer.announce('ahead', 2, two), true)
      assert.equal(await writer.announce('ahead', 1, one), false, 'an older one')
      assert.equal(await reader.pointer('ahead'), two)
      await sleep(100)
      const before = calls
      assert.equal(await writer.announce('ahead', 2, two), true, 'once more')
      await until(() => calls > before)
      subscription.close()
      await Promise.all([writer.close(), reader.close()])
    })

    it('keeps the last word of each bidder', async () => {
      const hot = await open()
      await Promise.all([hot.ack(ack('b-1')), hot.ack(ack('b-2'))])
      await hot.ack(ack('b-1', { sequence: 9 }))
      const said = (await hot.acks('live')).map(({ bidder, sequence }) => [bidder, sequence]).sort()
      assert.deepEqual(said, [
        ['b-1', 9],
        ['b-2', 1],
      ])
      await hot.dropAck('live', 'b-1')
      assert.deepEqual(
        (await hot.acks('live')).map(({ bidder }) => bidder),
        ['b-2'],
      )
      await hot.close()
    })

    it('keeps the last count of each bidder of a canary', async () => {
      const hot = await open()
      const report = (bidder: string, auctions: number): CanaryReport => ({
        ...{
          bidder,
          channel: 'live',
          sequence: 2,
          canary: 'c',
          control: 'd',
          share_ppm: 10_000,
          since_ms: 1,
          at_ms: 2,
        },
        ...{ arms: { canary: { ...noCounts(), auctions }, control: noCounts() }, line_items: [], tripped: [] },
      })
      await Promise.all([hot.reportCanary(report('b-1', 1)), hot.reportCanary(report('b-2', 1))])
      await hot.reportCanary(report('b-1', 7))
      const counted = async () => (await hot.canaryReports('live')).sort((a, b) => (a.bidder < b.bidder ? -1 : 1))
      assert.deepEqual(await counted(), [report('b-1', 7), report('b-2', 1)])
      assert.deepEqual(await hot.canaryReports('other'), [])
      await hot.dropAck('live', 'b-1')
      assert.deepEqual(await counted(), [report('b-2', 1)], 'who is gone counts no more')
      await hot.close()
    })

    it('forgets what is not to be kept', async () => {
      const hot = await open()
      for (const digest of ['d1', 'd2'])
        await hot.putManifest('trim', digest, { manifest: bytesOf('m'), signature: bytesOf('s') })
      for (const one of ['c1', 'c2', 'c3']) await hot.putBlob('trim', one, pack(bytesOf(one)))
      assert.equal(await hot.keepOnly('trim', ['d2'], ['c2', 'c3']), 1)
      assert.deepEqual([...(await hot.haveBlobs('trim', ['c1', 'c2', 'c3']))], ['c2', 'c3'])
      assert.equal(await hot.manifest('trim', 'd1'), null)
      assert.ok(await hot.manifest('trim', 'd2'))
      await hot.close()
    })
  })
}

/** Waits for a condition, five seconds at most. */
export async function until(isTrue: () => boolean | Promise<boolean>, wait_ms = 5000): Promise<void> {
  const end = performance.now() + wait_ms
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, `not within ${wait_ms} ms: ${isTrue}`)
    await sleep(10)
  }
}
