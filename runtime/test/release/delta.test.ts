import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { diff, maxPackedBytes, pack, patch, unpack } from '../../release/delta.ts'
import { refusalOf } from '../../release/refusal.ts'
import { shippedRelease } from './shipped.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const codeOf = (step: () => unknown): string => {
  try {
    step()
    return 'none'
  } catch (error) {
    return refusalOf(error, 'loader_crashed').code
  }
}

test('a patched file has the digest of the full build', async () => {
  const [one, two] = [await shippedRelease(), await shippedRelease(Date.UTC(2028, 5, 1))]
  for (const [name, { sha256: wanted, bytes: size }] of Object.entries(two.manifest.files)) {
    const [from, to] = [one.files.get(name), two.files.get(name)]
    assert.ok(from && to)
    const delta = diff(from, to)
    assert.equal(sha256(patch(from, delta, size)), wanted, name)
    assert.ok(delta.length < Math.max(200, to.length / 2), `${name}: ${delta.length} of ${to.length}`)
  }
})

test('large files go by chunks; what was put in near the start costs little', () => {
  const from = randomBytes(9_000_000)
  const to = Buffer.concat([from.subarray(0, 70_000), Buffer.from('put in'), from.subarray(70_000)])
  const delta = diff(from, to)
  assert.equal(sha256(patch(from, delta, to.length)), sha256(to))
  assert.ok(delta.length < 20_000, `${delta.length} bytes`)
  const shrunk = diff(to, from.subarray(0, 5_000_000))
  assert.equal(sha256(patch(to, shrunk, 5_000_000)), sha256(from.subarray(0, 5_000_000)))
})

test('empty files, and bases that are empty', () => {
  const some = Buffer.from('some')
  assert.equal(patch(some, diff(some, Buffer.alloc(0)), 0).length, 0)
  assert.equal(Buffer.from(patch(Buffer.alloc(0), diff(Buffer.alloc(0), some), 4)).toString(), 'some')
  assert.equal(unpack(pack(Buffer.alloc(0)), 0).length, 0)
})

test('damaged, cut, foreign or swollen bytes are refused or give another digest, and never more than the size', () => {
  const from = randomBytes(50_000)
  const to = Buffer.concat([from, Buffer.from('more')])
  const delta = Buffer.from(diff(from, to))
  assert.equal(
    codeOf(() => patch(from, delta.subarray(0, delta.length - 3), to.length)),
    'flipped_byte',
  )
  assert.equal(
    codeOf(() => patch(from, Buffer.from('nothing of the kind'), to.length)),
    'flipped_byte',
  )
  assert.equal(
    codeOf(() => patch(from, delta, 100)),
    'flipped_byte',
    'larger than the manifest says',
  )
  assert.equal(
    codeOf(() => unpack(pack(Buffer.alloc(1e6)), 1000)),
    'flipped_byte',
    'a bomb',
  )
  assert.equal(
    codeOf(() => unpack(Buffer.from('no'), 1000)),
    'flipped_byte',
  )
  for (let at = 0; at < delta.length; at++) {
    const bad = Buffer.from(delta)
    bad[at]! ^= 0x55 // within
    let result: Uint8Array | null = null
    if (codeOf(() => (result = patch(from, bad, to.length))) === 'none')
      assert.ok(result && (sha256(result) !== sha256(to) || Buffer.from(result).equals(to)))
  }
  const other = randomBytes(50_000)
  let mixed: Uint8Array | null = null
  const code = codeOf(() => (mixed = patch(other, delta, to.length)))
  assert.ok(code === 'flipped_byte' || (mixed && sha256(mixed) !== sha256(to)), 'another base')
  assert.ok(pack(randomBytes(100_000)).length <= maxPackedBytes(100_000))
})
