import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startRedis, withoutRedis } from '../../../lab/fleet/services.ts'
import { openRedisBooks } from '../../budget/redis.ts'
import { booksContract } from './contract.ts'

const redis = withoutRedis ? null : await startRedis()
const open = () => openRedisBooks(redis?.url ?? '', Math.random, () => {})

booksContract('Redis', withoutRedis, async () => open())

test('with Redis gone calls reject in bounded time; back and empty, it gives no lease', {
  skip: withoutRedis,
}, async () => {
  const books = open()
  after(async () => {
    await books.close()
    await redis?.stop()
  })
  await books.rebuild('gone', [], [], 0)
  await redis?.kill()
  const start = performance.now()
  for (let i = 0; i < 20; i++) await assert.rejects(books.balance('gone', 'campaign', null))
  assert.ok(performance.now() - start < 3000, 'it does not wait for Redis to come back')
  await redis?.restart()
  let found: unknown
  for (let tries = 0; tries < 100 && found === undefined; tries++) {
    found = await books.balance('gone', 'campaign', null).catch(() => undefined)
    if (found === undefined) await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.equal(found, null)
  const times = { now_ms: 1, expires_ms: 2, forget_ms: 3 }
  const asked = { campaign: 'gone', node: 'a', sequence: 1, mode: 'hard', ...times, rows: [] } as const
  assert.deepEqual(await books.lease(asked), { state: 'unbuilt' })
})
