import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Release, sealRelease } from '@flightplan/compiler/release.ts'
import { writeRelease } from '@flightplan/compiler/write.ts'
import type { RefusalCode } from '../../release/refusal.ts'
import { verifyRelease } from '../../release/verify.ts'
import { resealed, shippedRelease, temporaryDirectory, verifyOptions, withManifest } from './shipped.ts'

const release = await shippedRelease()
const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const written = (of: Release) => writeRelease(of, temporaryDirectory())

test('the shipped release verifies, with its golden auctions', async () => {
  const loaded = await verifyRelease(written(release), release.digest, verifyOptions())
  assert.ok(loaded.ok, loaded.ok ? '' : `${loaded.code}: ${loaded.text}`)
  assert.equal(loaded.goldens, release.manifest.counts['golden'])
  assert.ok(loaded.goldens > 0)
  assert.ok(loaded.snapshot instanceof SharedArrayBuffer)
})

const goldenLines = textOf(release.files.get('golden.ndjson')).trimEnd().split('\n')

/** A golden auction that expects one nano more than is bid. */
function wrongGolden(): Uint8Array {
  const at = goldenLines.findIndex(line => JSON.parse(line).expect.bids.length > 0)
  assert.ok(at >= 0, 'some golden auction has a bid')
  const golden = JSON.parse(goldenLines[at] ?? '')
  golden.expect.bids[0].price_nano++
  return bytesOf(goldenLines.with(at, JSON.stringify(golden)).join('\n'))
}

const stranger = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const contents = new Map([...release.files].filter(([name]) => !name.startsWith('manifest.')))
const byStranger = sealRelease(contents, release.manifest, release.manifest.counts, stranger)

interface Refused {
  name: string
  code: RefusalCode
  release?: Release
  /** Done to the files after they were written. */
  damage?: (dir: string) => void
  says: RegExp
}

const flip = (name: string, at: number) => (dir: string) => {
  const bytes = readFileSync(join(dir, name))
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(join(dir, name), bytes)
}
const { files } = release.manifest
const onnx = [...release.files.keys()].find(name => name.endsWith('.onnx')) ?? ''

const CASES: Refused[] = [
  {
    name: 'a flipped byte in the snapshot',
    code: 'flipped_byte',
    damage: flip('snapshot.bin', 5000),
    says: /snapshot\.bin/,
  },
  { name: 'a flipped byte in the policy', code: 'flipped_byte', damage: flip('policy.wasm', 99), says: /policy\.wasm/ },
  {
    name: 'a flipped byte in the manifest',
    code: 'wrong_digest',
    damage: flip('manifest.json', 40),
    says: /the channel says/,
  },
  {
    name: 'a cut file',
    code: 'flipped_byte',
    damage: dir => writeFileSync(join(dir, 'debug.json'), '{'),
    says: /1 bytes instead/,
  },
  {
    name: 'a longer file',
    code: 'flipped_byte',
    damage: dir => writeFileSync(join(dir, 'policy.json'), ' '.repeat(1e6)),
    says: /at most/,
  },
  {
    name: 'a missing file',
    code: 'missing_file',
    damage: dir => rmSync(join(dir, 'golden.ndjson')),
    says: /golden\.ndjson.*ENOENT/,
  },
  {
    name: 'a missing signature',
    code: 'missing_file',
    damage: dir => rmSync(join(dir, 'manifest.sig')),
    says: /manifest\.sig/,
  },
  {
    name: 'a missing manifest',
    code: 'missing_file',
    damage: dir => rmSync(join(dir, 'manifest.json')),
    says: /manifest\.json/,
  },
  {
    name: 'a signature of other bytes',
    code: 'wrong_signature',
    damage: dir => {
      const line = readFileSync(join(dir, 'manifest.sig'), 'utf8')
      // One letter of the base64 for another: a flipped bit may leave the alphabet, which is the case below.
      writeFileSync(join(dir, 'manifest.sig'), line.slice(0, 30) + (line[30] === 'A' ? 'B' : 'A') + line.slice(31))
    },
    says: /not the signature/,
  },
  {
    name: 'a signature in another form',
    code: 'wrong_signature',
    damage: dir => writeFileSync(join(dir, 'manifest.sig'), 'x'),
    says: /<key id>/,
  },
  { name: 'a key that is not trusted', code: 'unknown_key', release: byStranger, says: /not trusted/ },
  {
    name: 'a future format',
    code: 'future_format',
    release: withManifest(release, { format: 2 }),
    says: /format 2.*reads 1/,
  },
  {
    name: 'a newer runtime wanted',
    code: 'runtime_too_old',
    release: withManifest(release, { min_runtime: '0.2.0' }),
    says: /0\.2\.0/,
  },
  {
    name: 'a manifest that is a list',
    code: 'malformed_manifest',
    release: withManifest(release, { files: null }),
    says: /no files/,
  },
  {
    name: 'a file outside of the release',
    code: 'malformed_manifest',
    release: withManifest(release, { files: { ...files, '../../etc/passwd': { sha256: '', bytes: 1 } } }),
    says: /passwd/,
  },
  {
    name: 'more bytes than the budget',
    code: 'size_over_budget',
    release: withManifest(release, { files: { ...files, 'huge.bin': { sha256: '', bytes: 2 ** 40 } } }),
    says: /are allowed/,
  },
  {
    name: 'a golden auction that is decided otherwise',
    code: 'golden_mismatch',
    release: resealed(release, { 'golden.ndjson': wrongGolden() }),
    says: /expected .* decided/,
  },
  {
    name: 'no golden auction',
    code: 'malformed_golden',
    release: resealed(release, { 'golden.ndjson': bytesOf('') }),
    says: /proves nothing/,
  },
  {
    name: 'golden auctions that are no JSON',
    code: 'malformed_golden',
    release: resealed(release, { 'golden.ndjson': bytesOf('{') }),
    says: /JSON/,
  },
  {
    name: 'a snapshot that is none',
    code: 'malformed_snapshot',
    release: resealed(release, { 'snapshot.bin': bytesOf('FPSNAP01') }),
    says: /snapshot/,
  },
  {
    name: 'no snapshot',
    code: 'missing_file',
    release: resealed(release, { 'snapshot.bin': null }),
    says: /snapshot\.bin/,
  },
  {
    name: 'a model that ONNX refuses',
    code: 'malformed_model',
    release: resealed(release, { [onnx]: bytesOf('no model') }),
    says: /./,
  },
  {
    name: 'a model that is missing',
    code: 'missing_file',
    release: resealed(release, { [onnx]: null }),
    says: /models\//,
  },
  {
    name: 'a policy that is no WASM',
    code: 'malformed_policy',
    release: resealed(release, { 'policy.wasm': bytesOf('x') }),
    says: /./,
  },
]

for (const { name, code, release: bad = release, damage, says } of CASES)
  test(`refused: ${name} (${code})`, async () => {
    const dir = written(bad)
    damage?.(dir)
    const outcome = await verifyRelease(dir, bad.digest, verifyOptions())
    assert.ok(!outcome.ok)
    assert.equal(outcome.code, code, outcome.text)
    assert.match(outcome.text, says)
  })

test('refused: a directory and a link to a device in place of a file', async () => {
  const dir = written(release)
  rmSync(join(dir, 'debug.json'))
  symlinkSync('/dev/zero', join(dir, 'debug.json'))
  const outcome = await verifyRelease(dir, release.digest, verifyOptions())
  assert.ok(!outcome.ok)
  assert.equal(outcome.code, 'missing_file')
})

test('refused: a snapshot above its own limit', async () => {
  const outcome = await verifyRelease(written(release), release.digest, { ...verifyOptions(), budget_bytes: 1000 })
  assert.ok(!outcome.ok)
  assert.equal(outcome.code, 'size_over_budget')
})
