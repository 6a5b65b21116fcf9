import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateTraffic } from '../../traffic/generate.ts'
import { QUIRK_NAMES } from '../../traffic/quirks.ts'

test('every quirk occurs, and leaves a request that must not be answered with 400', () => {
  const seen = new Set<string>()
  for (let index = 0; index < 30_000; index++) {
    const { request, quirk } = generateTraffic(2, index, { at_ms: Date.UTC(2027, 2, 10, 12) })
    if (quirk === undefined) continue
    seen.add(quirk)
    assert.ok(typeof request['id'] === 'string' && request['id'] !== '')
    assert.ok(Array.isArray(request['imp']) && request['imp'].length > 0)
  }
  assert.deepEqual([...seen].sort(), [...QUIRK_NAMES].sort())
})
