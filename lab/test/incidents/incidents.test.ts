/**
 * What took others down, each as a test of its name: sizes that nobody bounded (I1), a switch that nobody had tried (I2),
 * configuration that was not released like a program (I3), a validator that was not the loader (I4), blanks that became
 * null pointers, and a fleet that came back in step (I5), generated inputs that passed no gate (I6).
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import { writeRelease } from '@flightplan/compiler/write.ts'
import { mintFacts, readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { pauseOf } from '@flightplan/runtime/release/follow-remote.ts'
import { loadRelease } from '@flightplan/runtime/release/loader.ts'
import { verifyRelease } from '@flightplan/runtime/release/verify.ts'
import { withPauses } from '@flightplan/runtime/serve/stops.ts'
import {
  NOW_MS,
  ROOT,
  resealed,
  shippedRelease,
  temporaryDirectory,
  verifyOptions,
  withManifest,
} from '@flightplan/runtime/test/release/shipped.ts'
import { bidderOf, goldensOf, loaded, served } from '@flightplan/runtime/test/serve/one-thread.ts'
import { isScalar, parseDocument, visit } from 'yaml'
import { Random } from '../../traffic/random.ts'

const SEED = 20261124
const release = await shippedRelease()
const tree = loadTree(ROOT)
const codesOf = async (path: string, text: string): Promise<string[]> => {
  const yaml = tree.yaml.map(file => (file.path === path ? sourceFile(path, text) : file))
  const { diagnostics } = await compileTree({ ...tree, yaml }, { now_ms: NOW_MS })
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code, span }) => `${code} ${span.file}`)
}

test('I1 a release that grows beyond its limits is refused where it is built, and by the bidder before it is read', async () => {
  const flightplan = tree.yaml.find(({ path }) => path === 'flightplan.yaml')
  assert.ok(flightplan)
  const document = parseDocument(Buffer.from(flightplan.bytes).toString('utf8'))
  document.set('limits', { max_line_items: 3, max_snapshot_bytes: 1000 })
  const codes = await codesOf('flightplan.yaml', document.toString())
  assert.equal(codes.length, 2, codes.join())
  const dir = writeRelease(release, temporaryDirectory())
  const outcome = await loadRelease(dir, release.digest, { ...verifyOptions(), budget_bytes: 10_000 })
  assert.equal(outcome.ok ? '' : outcome.code, 'size_over_budget')
})

test(`I1 whatever bytes a release has, the loader answers and never throws (seed ${SEED})`, async () => {
  for (let round = 0; round < 25; round++) {
    const random = new Random(SEED, round)
    const dir = writeRelease(release, temporaryDirectory())
    const file = join(
      dir,
      random.pick([...release.files.keys()].filter(name => !name.includes('/') && name !== 'bundle.tar.gz')),
    )
    const bytes = readFileSync(file)
    for (let n = random.int(1, 20); n > 0; n--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255)
    writeFileSync(file, random.chance(0.3) ? bytes.subarray(0, random.int(0, bytes.length)) : bytes)
    const outcome = await verifyRelease(dir, release.digest, verifyOptions())
    if (outcome.ok)
      assert.deepEqual(readFileSync(file), Buffer.from(release.files.get(file.slice(dir.length + 1)) ?? ''))
    else assert.ok(outcome.text.length > 0)
  }
})

test('I2 the kill switch ends every bid of what it names at once, and lets go by itself', async () => {
  const options = verifyOptions()
  const serving = await served(await loaded(release, options), options)
  const golden = goldensOf(release).find(({ expect }) => expect.bids.length > 0)
  assert.ok(golden)
  const bids = async (pauses: Parameters<typeof withPauses>[1], at_ms: number): Promise<number> => {
    const { ask } = bidderOf(withPauses(serving, pauses, at_ms), {
      clock: { now_ms: () => golden.now_ms, elapsed_ms: () => 0 },
    })
    const { body } = await ask(golden.exchange, golden.request)
    return body?.startsWith('{"id"') && body.includes('"seatbid":[{') ? 1 : 0
  }
  const pause = { what: `exchange:${golden.exchange}`, until_ms: 1000, reason: 'test' }
  assert.deepEqual([await bids([], 0), await bids([pause], 999), await bids([pause], 1000)], [1, 0, 1])
})

test('I3 configuration is released like a program: unsigned, altered or of another format it does not serve', async () => {
  const [first] = [...release.files.keys()]
  assert.ok(first)
  const unsigned = { ...release, files: new Map([...release.files].filter(([name]) => name !== 'manifest.sig')) }
  const cases = [
    ['unsigned', unsigned],
    ['of a format to come', withManifest(release, { format: 9999 })],
    ['with a golden auction that comes out otherwise', resealed(release, { 'golden.ndjson': wrongGolden() })],
  ] as const
  for (const [what, one] of cases) {
    const outcome = await verifyRelease(writeRelease(one, temporaryDirectory()), one.digest, verifyOptions())
    assert.equal(outcome.ok, false, what)
  }
})

function wrongGolden(): Uint8Array {
  const goldens = goldensOf(release)
  const golden = goldens.find(({ expect }) => expect.bids.length > 0)
  if (golden?.expect.bids[0]) golden.expect.bids[0].price_nano++
  return Buffer.from(goldens.map(one => `${JSON.stringify(one)}\n`).join(''))
}

test('I4 what the compiler calls sound the bidder loads: the same engine decides the same auctions in both', async () => {
  const outcome = await verifyRelease(writeRelease(release, temporaryDirectory()), release.digest, verifyOptions())
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.text)
  assert.equal(outcome.goldens, goldensOf(release).length)
})

test(`I5 a blank where a value belongs is an error on its line: it cannot become a null that bids (seed ${SEED})`, async () => {
  const random = new Random(SEED, 1)
  const written = tree.yaml.filter(({ path }) => !path.endsWith('.test.yaml')) // those hold requests, where all is allowed
  const documents = written.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('utf8') }))
  for (let n = 0; n < 24; n++) {
    const { path, text } = random.pick(documents)
    const document = parseDocument(text)
    const scalars: { value: unknown }[] = []
    visit(document, { Scalar: (key, node) => void (key === 'value' && isScalar(node) && scalars.push(node)) })
    if (scalars.length === 0) continue
    random.pick(scalars).value = null
    const blank = document.toString()
    const codes = await codesOf(path, blank)
    assert.ok(codes.length > 0, `${path} with a blank was taken:\n${blank}`)
  }
})

test('I5 a fleet that lost its store does not come back in step: pauses grow, and each is its own', () => {
  const random = new Random(SEED, 2)
  const pauses = Array.from({ length: 1000 }, () => pauseOf(6, 2000, () => random.unit()))
  const seconds = new Set(pauses.map(ms => Math.floor(ms / 500)))
  assert.ok(seconds.size >= 8, `${seconds.size} half seconds`)
  assert.ok(Math.min(...pauses) >= 3500 && Math.max(...pauses) <= 30_000)
})

test('I6 facts are made by machines and pass the same gates: broken, empty or shrunk ones are not taken', () => {
  const template = readFacts(readFileSync(join(ROOT, 'facts/example.json'))).facts
  assert.ok(template)
  const sellers = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`site-${i}.example`, ['ssp.example/1']]))
  const lastGood = mintFacts({ ...template, sellers }, NOW_MS)
  const made = (change: object) => writeFacts(mintFacts({ ...template, sellers, ...change }, NOW_MS))
  assert.ok(readFacts(made({}), lastGood).facts)
  assert.equal(readFacts(made({ rates: { ...template.rates, per_unit: { EUR: '-1' } } }), lastGood).facts, null)
  assert.equal(readFacts(Buffer.alloc(0), lastGood).facts, null)
  assert.equal(readFacts(made({ sellers: {} }), lastGood).facts, null, 'all sellers are gone')
})

test('I6 a model file passes the gate of a release: one that gives other scores than it promised is refused', async () => {
  const name = [...release.files.keys()].find(file => file.endsWith('.onnx'))
  assert.ok(name)
  const cut = resealed(release, { [name]: (release.files.get(name) ?? new Uint8Array()).slice(0, 100) })
  const outcome = await verifyRelease(writeRelease(cut, temporaryDirectory()), cut.digest, verifyOptions())
  assert.equal(outcome.ok, false)
})
