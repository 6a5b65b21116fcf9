import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDebug } from '@flightplan/contract/debug.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { compileTree } from '../compile.ts'
import { prove } from '../prove/prove.ts'
import { goldenRequests } from '../prove/requests.ts'
import type { Release } from '../release.ts'
import { writeRelease } from '../write.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const ITEMS = `a: {bid: {cpm: 2}, creatives: {b-300x250: 2, b-728x90: 1}, where: {geo: {country: [US, CA]}}}
b: {priority: 1, bid: {cpm: 3}, creatives: {video: 1}, deals: [d1], open_auction: true, where: {any: [{device: {os: {ios: ">=15"}}}, {daypart: ["Mon-Fri 06:00-23:00"]}]}}
c: {bid: {cpm: 1}, creatives: {b-300x250: 1}, where: {audience: {none: [store]}, inventory: {lists: [good]}}}`
const FILES: Files = { ...BASE, 'campaigns/acme/campaign.yaml': campaign(ITEMS) }
const NOW_MS = Date.UTC(2026, 5, 1, 12)

async function build(files: Files, sign?: string): Promise<Release> {
  const { release } = await compileTree(treeOf(files), { now_ms: NOW_MS, commit: 'c0ffee', ...(sign ? { sign } : {}) })
  assert.ok(release)
  return release
}

const fileOf = (release: Release, name: string): Uint8Array => {
  const bytes = release.files.get(name)
  assert.ok(bytes, name)
  return bytes
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('the same tree and time give the same bytes, whatever the order of its files', async () => {
  const one = await build(FILES)
  const two = await build(Object.fromEntries(Object.entries(FILES).reverse()))
  assert.deepEqual([...two.files], [...one.files])
  assert.equal(two.digest, one.digest)
})

/** A change of this is a change of what runtimes read: is it meant, and does SNAPSHOT_FORMAT tell? */
test('golden bytes', async () => {
  const release = await build(FILES)
  assert.equal(
    sha256(fileOf(release, 'snapshot.bin')),
    'bfbff6de26de9c2e9686dc2fdabb71ccd19dbb4d47ea06f8710d406fb7f64e79',
  )
})

test('a comment moves lines in the debug map and nothing in the snapshot', async () => {
  const before = await build(FILES)
  const path = 'campaigns/acme/campaign.yaml'
  const after = await build({ ...FILES, [path]: `${FILES[path]?.replace('budget:', '# what they signed\nbudget:')}` })
  assert.deepEqual(fileOf(after, 'snapshot.bin'), fileOf(before, 'snapshot.bin'))
  assert.notDeepEqual(fileOf(after, 'debug.json'), fileOf(before, 'debug.json'))
  assert.notEqual(after.digest, before.digest)
})

test('the debug map leads from a predicate to its line', async () => {
  const release = await build(FILES)
  const debug = readDebug(fileOf(release, 'debug.json'))
  const snapshot = openSnapshot(Uint8Array.from(fileOf(release, 'snapshot.bin')).buffer)
  const found = debug.predicates.find(({ text }) => text.startsWith('geo.country'))
  const line = FILES['campaigns/acme/campaign.yaml']?.split('\n')[5] ?? ''
  assert.deepEqual(found, { at: [0, 6, line.indexOf('[US, CA]') + 1], text: 'geo.country: [US, CA]' })
  assert.equal(debug.files[0], 'campaigns/acme/campaign.yaml')
  assert.equal(debug.commit, 'c0ffee')
  assert.equal(debug.line_items.length, snapshot.line_item.id_str.length)
  assert.equal(debug.creatives.length, snapshot.creative.id_str.length)
})

test('the manifest names every file by its digest, and the signature covers it', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const release = await build(FILES, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const manifest = fileOf(release, 'manifest.json')
  assert.equal(release.digest, sha256(manifest))
  const listed = Object.entries(release.manifest.files)
  assert.deepEqual(
    listed.map(([name]) => name),
    ['debug.json', 'golden.ndjson', 'snapshot.bin'],
  )
  for (const [name, { sha256: digest, bytes }] of listed) {
    assert.equal(digest, sha256(fileOf(release, name)))
    assert.equal(bytes, fileOf(release, name).length)
  }
  const line = Buffer.from(fileOf(release, 'manifest.sig')).toString()
  const [, id, base64 = ''] = /^([0-9a-f]{16}) ([A-Za-z0-9+/=]+)\n$/.exec(line) ?? []
  assert.equal(id, sha256(publicKey.export({ type: 'spki', format: 'der' })).slice(0, 16))
  assert.ok(verify(null, manifest, publicKey, Buffer.from(base64, 'base64')))
})

test('a release is written whole, and the pointer last', async t => {
  const channel = mkdtempSync(join(tmpdir(), 'flightplan-'))
  t.after(() => rmSync(channel, { recursive: true }))
  const release = await build(FILES)
  const dir = writeRelease(release, channel)
  writeRelease(release, channel)
  assert.deepEqual(readdirSync(channel).sort(), [release.digest, 'current'].sort())
  assert.equal(readFileSync(join(channel, 'current'), 'utf8'), `${release.digest}\n`)
  for (const [name, bytes] of release.files) assert.deepEqual(new Uint8Array(readFileSync(join(dir, name))), bytes)
})

const ALLOW: Policy = () => ({ allow: true, reason: null, use: [], rules: {} })

test('golden auctions are decided by the engine, the same each time', async () => {
  const snapshot = fileOf(await build(FILES), 'snapshot.bin')
  const golden = prove(snapshot, ALLOW, goldenRequests(), NOW_MS)
  assert.ok(golden.length > goldenRequests().length, 'each deal of the tree is asked for on each exchange too')
  assert.deepEqual(prove(snapshot, ALLOW, goldenRequests(), NOW_MS), golden)
  const [first] = golden
  assert.deepEqual(first?.expect, {
    bids: [{ impid: '1', line_item: 'camp/a', creative: 'b-300x250', price_nano: 2_000_000, deal: null }],
    reason: null,
  })
  assert.ok(golden.some(({ expect }) => expect.bids.length === 0 && expect.reason !== null))
})

test('golden requests are whole and of many kinds', () => {
  const text = JSON.stringify(goldenRequests())
  for (const word of ['"banner"', '"video"', '"native"', '"audio"', '"pmp"', '"gdpr":1', '"coppa":1', '"us_privacy"'])
    assert.ok(text.includes(word), word)
})
