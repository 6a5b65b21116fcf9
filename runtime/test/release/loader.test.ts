import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeRelease } from '@flightplan/compiler/write.ts'
import { loadRelease } from '../../release/loader.ts'
import { type Bounds, oneAnswer } from '../../release/one-answer.ts'
import { shippedRelease, temporaryDirectory, verifyOptions } from './shipped.ts'

const release = await shippedRelease()
const dir = writeRelease(release, temporaryDirectory())
const ROOMY: Bounds = { timeout_ms: 30_000, heap_mb: 512 }

test('loads on a thread of its own', async () => {
  const loaded = await loadRelease(dir, release.digest, verifyOptions())
  assert.ok(loaded.ok, loaded.ok ? '' : `${loaded.code}: ${loaded.text}`)
  assert.equal(loaded.digest, release.digest)
  assert.ok(loaded.golden.buffer instanceof SharedArrayBuffer, 'bytes are shared, not copied')
})

test('refused: a release that takes longer than it may (loader_timeout)', async () => {
  const outcome = await loadRelease(dir, release.digest, verifyOptions(), { ...ROOMY, timeout_ms: 1 })
  assert.deepEqual(outcome, { ok: false, code: 'loader_timeout', text: 'the loader took more than 1 ms' })
})

test('refused: a fault in the loader itself (loader_crashed)', async () => {
  const counters = new SharedArrayBuffer(12) // no table of counters: entries cannot be claimed
  const outcome = await loadRelease(dir, release.digest, { ...verifyOptions(), counters })
  assert.ok(!outcome.ok)
  assert.equal(outcome.code, 'loader_crashed', outcome.text)
})

const CRASHES: [name: string, script: string, says: RegExp][] = [
  ['ends without an answer', '0', /^ended without an answer$/],
  ['throws', 'throw new Error("no heart")', /^no heart$/],
  ['fills its heap', 'const all = []; for (;;) all.push(new Array(1e4).fill(all.length / 3))', /memory/],
]
for (const [name, script, says] of CRASHES)
  test(`a thread that ${name} is an outcome, and the process goes on`, async () => {
    const outcome = await oneAnswer(new URL(`data:text/javascript,${script}`), null, { ...ROOMY, heap_mb: 32 })
    assert.ok(!outcome.ok && outcome.why === 'crash')
    assert.match(outcome.text, says)
  })
