import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacSha256 } from '../../notice/hmac.ts'

const bytes = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength }).map(array => Buffer.from(array))

test('equal to node:crypto’s, for keys and messages of any length', () => {
  fc.assert(
    fc.property(bytes(130), fc.array(bytes(1500), { minLength: 1, maxLength: 4 }), (secret, messages) => {
      const key = createSecretKey(secret)
      for (const message of messages)
        assert.deepEqual(hmacSha256(key, message), createHmac('sha256', key).update(message).digest())
    }),
    { seed: 71 },
  )
})
