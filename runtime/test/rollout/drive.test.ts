import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { headOf, moveChannel, pinMove, publishMove, type Signing } from '../../publish/channel.ts'
import { syncHot } from '../../publish/sync.ts'
import { keyIdOf } from '../../release/keys.ts'
import { peekRecord } from '../../release/record.ts'
import { noCounts } from '../../rollout/counts.ts'
import { change, type Desk, drive, look, settle, start } from '../../rollout/drive.ts'
import { isOver, type Settings } from '../../rollout/rollout.ts'
import { openDirectoryHot } from '../../store/directory-hot.ts'
import { openDirectoryStore } from '../../store/directory-store.ts'
import type { HotCopy, ReleaseStore } from '../../store/port.ts'
import { temporaryDirectory } from '../release/shipped.ts'
import { ack, someRelease } from '../store/contract.ts'

const keys = generateKeyPairSync('ed25519')
const signing: Signing = {
  privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  trusted: new Map([[keyIdOf(keys.publicKey), keys.publicKey]]),
}
const wave = (share_ppm: number) => ({ share_ppm, min_ms: 1000, min_auctions: 1000, tolerance: 20 })
const SETTINGS: Settings = {
  waves: [10_000, 100_000, 500_000].map(wave),
  quorum: 1,
  ack_ms: 60_000,
  expires_ms: 600_000,
}
const [OLD, NEW] = ['old', 'new'].map(text => someRelease({ 'snapshot.bin': text }))
const how = { canary: NEW!.digest, built_at_ms: 1, predicted: {}, settings: SETTINGS, why: 'test' } // two were made

/** A channel that serves OLD, and a desk for a controller of it. Time goes on by a second a look. */
async function scene() {
  const folder = temporaryDirectory()
  const store = openDirectoryStore(`${folder}/record`)
  const hot = openDirectoryHot(`${folder}/hot`)
  let now_ms = 1_000_000
  const deed = () => ({ who: 'test', at_ms: now_ms, reason: '' })
  for (const release of [OLD!, NEW!]) await store.putRelease(release, deed())
  await moveChannel(store, 'live', 'publish', deed(), signing, publishMove(OLD!.digest))
  await syncHot(store, hot, 'live', signing.trusted)
  const deskOn = (through: ReleaseStore, copy: HotCopy = hot): Desk => ({
    ...{ store: through, hot: copy, channel: 'live', signing, who: 'test', now_ms: () => now_ms },
    head: () => headOf(through, 'live', signing.trusted),
  })
  /** What one bidder says of the record that the hot copy has. */
  const hear = async (): Promise<void> => {
    const record = peekRecord((await hot.pointer('live')) ?? '')
    if (!record) return
    now_ms += 1000
    await hot.ack(ack('b-1', { sequence: record.sequence, at_ms: now_ms }))
    const arm = {
      ...noCounts(),
      auctions: 5000,
      answered: 2500,
      bids: 2500,
      offered_nano: 2500e6,
      no_bids: { x: 2500 },
    }
    if (record.canary)
      await hot.reportCanary({
        ...{ bidder: 'b-1', channel: 'live', sequence: record.sequence, canary: record.canary, control: record.live },
        ...{ share_ppm: record.share_ppm, since_ms: 1, at_ms: now_ms, line_items: [], tripped: [] },
        arms: { canary: arm, control: arm },
      })
  }
  const shares = async () =>
    (await store.history('live', 100))
      .map(({ text }) => peekRecord(text)!)
      .reverse()
      .map(record => [record.live === NEW!.digest ? 'new' : 'old', record.share_ppm])
  return { store, hot, deskOn, hear, shares, deed, pass: (ms: number) => (now_ms += ms) }
}

const WAVES = [
  ['old', 0],
  ['old', 10_000],
  ['old', 100_000],
  ['old', 500_000],
  ['new', 0],
]

test('a rollout is its waves, each one record, and ends with the new release alone', async () => {
  const { store, deskOn, hear, shares } = await scene()
  const desk = deskOn(store)
  await start(desk, how)
  for (let looks = 0; looks < 50 && (await look(desk))?.entry.rollout.served_at_ms === null; looks++) {
    await hear()
    await drive(desk)
  }
  assert.deepEqual(await shares(), WAVES)
  const states = await store.rollouts('live', 100)
  assert.equal(states[0]?.rollout.phase, 'promoted')
  assert.equal(states[0]?.rollout.settled.canary.auctions, 15_000)
  const verbs = (await store.history('live', 100)).map(({ verb }) => verb)
  assert.deepEqual(verbs, ['promote', 'rollout', 'rollout', 'rollout', 'publish'])
})

/** A store whose process dies: at the nth call that writes, before or after it. */
function dying(store: ReleaseStore, nth: number, isAfter: boolean): ReleaseStore {
  let writes = 0
  const write = async <T>(call: () => Promise<T>): Promise<T> => {
    const dies = ++writes === nth
    if (dies && !isAfter) throw new Error('killed')
    const result = await call()
    if (dies) throw new Error('killed')
    return result
  }
  return {
    ...store,
    putRollout: (...args) => write(() => store.putRollout(...args)),
    append: (...args) => write(() => store.append(...args)),
  }
}

for (const isAfter of [false, true])
  test(`killed ${isAfter ? 'after' : 'before'} any of its writes, a controller is followed by another`, async () => {
    for (let nth = 1; nth <= 6; nth++) {
      const { store, deskOn, hear, shares } = await scene()
      await start(deskOn(store), how)
      let desk = deskOn(dying(store, nth, isAfter))
      for (let looks = 0; looks < 60; looks++) {
        await hear()
        const seen = await drive(desk).catch(() => {
          desk = deskOn(store)
          return null
        })
        if (seen && isOver(seen.entry.rollout) && seen.entry.rollout.served_at_ms !== null) break
      }
      assert.deepEqual(await shares(), WAVES, `write ${nth}`)
    }
  })

test('three controllers at once take each step once', async () => {
  const { store, deskOn, hear, shares } = await scene()
  const desks = [deskOn(store), deskOn(store), deskOn(store)]
  await Promise.all(desks.map(desk => start(desk, how)))
  for (let looks = 0; looks < 40; looks++) {
    await hear()
    await Promise.all(desks.map(drive))
  }
  assert.deepEqual(await shares(), WAVES)
  const states = await store.rollouts('live', 100)
  assert.equal(new Set(states.map(({ rollout }) => rollout.id)).size, 1)
})

test('while the hot copy is away nothing is judged; at its end the canary goes from the record', async () => {
  const { store, hot, deskOn, shares, pass } = await scene()
  await start(deskOn(store), how)
  await settle(deskOn(store))
  const away: HotCopy = { ...hot, acks: () => Promise.reject(new Error('away')) }
  const seen = await drive(deskOn(store, away))
  assert.equal(seen?.step.waits, 'the hot copy is away: away')
  assert.equal((await store.rollouts('live', 1))[0]?.rollout.phase, 'running')
  pass(SETTINGS.expires_ms)
  await settle(deskOn(store, away))
  assert.deepEqual(await shares(), [
    ['old', 0],
    ['old', 10_000],
    ['old', 0],
  ])
})

test('pause, resume, abort; and what is refused', async () => {
  const { store, deskOn, hear, shares, deed } = await scene()
  const desk = deskOn(store)
  await assert.rejects(change(desk, 'paused', 'x'), /no rollout is on/)
  await assert.rejects(start(desk, { ...how, canary: OLD!.digest }), /serves .* already/)
  await start(desk, how)
  await settle(desk)
  await assert.rejects(start(desk, { ...how, canary: 'c'.repeat(64) }), /is on: abort it first/)
  await change(desk, 'paused', 'sale')
  for (let i = 0; i < 5; i++) await hear().then(() => drive(desk))
  assert.deepEqual(await shares(), WAVES.slice(0, 2))
  await change(desk, 'running', 'over')
  for (let i = 0; i < 2; i++) await hear().then(() => drive(desk))
  assert.deepEqual(await shares(), WAVES.slice(0, 3))
  await change(desk, 'aborted', 'no')
  await settle(desk)
  assert.deepEqual(await shares(), [...WAVES.slice(0, 3), ['old', 0]])
  await moveChannel(store, 'live', 'pin', { ...deed(), reason: 'sale weekend' }, signing, pinMove(true))
  await assert.rejects(start(desk, how), /pinned to .*/)
})

test('the fast lane is one record', async () => {
  const { store, deskOn, shares } = await scene()
  await start(deskOn(store), { ...how, settings: { ...SETTINGS, waves: [] } })
  await settle(deskOn(store))
  assert.deepEqual(await shares(), [
    ['old', 0],
    ['new', 0],
  ])
})
