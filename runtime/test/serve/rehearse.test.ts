import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { rehearse } from '../../serve/rehearse.ts'
import { openServing } from '../../serve/serving.ts'
import { shippedRelease, verifyOptions } from '../release/shipped.ts'
import { loaded, served } from './one-thread.ts'

const options = verifyOptions()
const release = { ...(await loaded(await shippedRelease(), options)), stopped: [] }
const serving = await served(release, options)
const parts = {
  ...{ release, counters: options.counters },
  notice: { url: 'https://notice.example', key: createSecretKey(Buffer.alloc(32, 1)) },
}

test('a rehearsal bids and charges nothing', async () => {
  const spent = Buffer.from(new Uint8Array(options.counters))
  let bids = 0
  const policy: typeof serving.policy = input => {
    bids++
    return serving.policy(input)
  }
  await rehearse([{ ...serving, policy }], parts)
  assert.ok(bids > 0, 'the policy was asked')
  assert.ok(spent.equals(new Uint8Array(options.counters)), 'no counter moved')
})

test('a release that throws does not pass its rehearsal', async () => {
  const policy = () => {
    throw new Error('broken')
  }
  await assert.rejects(rehearse([serving, { ...serving, policy }], parts), /broken/)
})

test('a swap keeps what is remembered of requests, and an equal policy', async () => {
  const next = await openServing(release, serving.engine.facts, options.counters, () => {}, serving)
  assert.equal(next.policy, serving.policy)
  assert.equal(next.engine.memo, serving.engine.memo)
  assert.notEqual(next.engine, serving.engine)
  const other = { ...release, policy: { ...release.policy, sha256: 'other' } }
  const changed = await openServing(other, serving.engine.facts, options.counters, () => {}, serving)
  assert.notEqual(changed.policy, serving.policy)
})
