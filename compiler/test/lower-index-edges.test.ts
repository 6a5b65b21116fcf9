/** Counts and gaps at which an index or a program goes wrong by one: through the compiler, asked through the engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import { match } from '@flightplan/engine/index/match.ts'
import { children, holds } from '@flightplan/engine/index/program.ts'
import { openSnapshot, pieceOf, type Snapshot, termOf } from '@flightplan/engine/snapshot.ts'
import { compileTree } from '../compile.ts'
import { Vocabulary } from '../lower/vocabulary.ts'
import { WantedPool } from '../lower/wanted.ts'
import { BASE, campaign, treeOf } from './compile-tree.ts'

async function snapshotOf(wheres: readonly string[]): Promise<Snapshot> {
  const name = (i: number) => `l${String(i).padStart(4, '0')}`
  const items = wheres.map((where, i) => `${name(i)}: {bid: {cpm: 1}, creatives: {b-300x250: 1}, where: ${where}}`)
  const files = { ...BASE, 'campaigns/acme/campaign.yaml': campaign(items.join('\n')) }
  const { release, diagnostics } = await compileTree(treeOf(files), { now_ms: 0 })
  assert.ok(release, JSON.stringify(diagnostics))
  return openSnapshot(Uint8Array.from(release.files.get('snapshot.bin') ?? []).buffer)
}

/** Terms of a slot: texts by attribute, and a number for each interval. */
function termsOf(snapshot: Snapshot, words: Record<string, string | number>): number[][] {
  return snapshot.meta.attributes.map((meta, i) => {
    const value = words[meta.name]
    if (value === undefined) return []
    const term = typeof value === 'number' ? pieceOf(snapshot, meta, value) : termOf(snapshot, i, value)
    return term < 0 ? [] : [term]
  })
}

function indexed(snapshot: Snapshot, terms: number[][]): number[] {
  const found: number[] = []
  match(snapshot, terms, null, conjunction => {
    found.push(snapshot.conjunction_line_item[conjunction] ?? -1)
    return true
  })
  return found
}

// a word has 32 conjunctions, a block 1,024; line items of one price are in the order of their ids
for (const count of [31, 32, 33, 64, 1023, 1024, 1025])
  test(`${count} line items, of which every second asks for a country`, async () => {
    const snapshot = await snapshotOf(
      Array.from({ length: count }, (_, i) => (i % 2 === 0 ? '{}' : '{geo: {country: [DE]}}')),
    )
    const all = Array.from({ length: count }, (_, i) => i)
    const shape = { shape: 'banner:300x250' }
    assert.deepEqual(indexed(snapshot, termsOf(snapshot, { ...shape, country: 'DE' })), all)
    assert.deepEqual(
      indexed(snapshot, termsOf(snapshot, shape)),
      all.filter(i => i % 2 === 0),
    )
  })

test(`exclusions and lists that most line items share are found in any form of posting`, async () => {
  for (const count of [32, 33, 65, 2100]) {
    const wheres = Array.from({ length: count }, (_, i) =>
      i % 7 === 0 ? '{geo: {country: [AT]}}' : '{geo: {country: {not: [DE]}}}',
    )
    const snapshot = await snapshotOf(wheres)
    const found = (country: string) => indexed(snapshot, termsOf(snapshot, { shape: 'banner:300x250', country })).length
    assert.deepEqual([found('DE'), found('AT'), found('FR')], [0, count, count - Math.ceil(count / 7)], `${count}`)
  }
})

test('an interval in two parts is a list, however wide the gap between them', async () => {
  const cuts = ['03:00-04:00', '03:00-03:30', '02:30-03:30', '02:10-02:20']
  const parts = '{daypart: [Mon 01:00-02:00, Mon 05:00-06:00]}'
  for (let n = 0; n <= cuts.length; n++) {
    const snapshot = await snapshotOf([parts, ...cuts.slice(0, n).map(hours => `{daypart: [Mon ${hours}]}`)])
    const at = (minute: number) => {
      const terms = termsOf(snapshot, { shape: 'banner:300x250', 'daypart:user': minute })
      return holds(snapshot, snapshot.line_item.program[0] ?? 0, terms) && indexed(snapshot, terms).includes(0)
    }
    const minutes = [0, 59, 60, 119, 120, 131, 150, 180, 210, 240, 299, 300, 359, 360]
    assert.deepEqual(minutes.filter(at), [60, 119, 300, 359], `${n} cuts in the gap`)
  }
})

test('an interval in one part is a RANGE, which costs no list', async () => {
  const snapshot = await snapshotOf(['{user: {age: {min: 18, max: 30}}}', '{user: {age: {min: 25}}}'])
  const opsOf = (row: number) =>
    children(snapshot.programs, snapshot.line_item.program[row] ?? 0).map(at => snapshot.programs[at])
  assert.deepEqual([opsOf(0), opsOf(1)], [[PROGRAM.LEAF, PROGRAM.RANGE], [PROGRAM.LEAF, PROGRAM.RANGE]]) // biome-ignore format: a row each
  const at = (age: number) => {
    const terms = termsOf(snapshot, { shape: 'banner:300x250', age })
    return [0, 1].filter(row => holds(snapshot, snapshot.line_item.program[row] ?? 0, terms))
  }
  assert.deepEqual([17, 18, 24, 25, 30, 31].map(at), [[], [0], [0], [0, 1], [0, 1], [1]])
})

test('without deals a release has no attribute for them', async () => {
  const { meta } = await snapshotOf(['{geo: {country: [DE]}}'])
  assert.deepEqual(meta.attributes.map(({ name }) => name).sort(), ['country', 'shape'])
})

test('lists and ranges are known again, and those whose hashes meet are told apart', () => {
  const vocabulary = new Vocabulary()
  const texts = Array.from({ length: 2000 }, (_, i) => `v${String(i).padStart(4, '0')}`)
  const attribute = vocabulary.attribute('domain')
  const values = vocabulary.list(attribute, texts)
  const age = vocabulary.attribute('age')
  const other = vocabulary.attribute('bundle')
  assert.deepEqual(vocabulary.list(other, texts), values)
  const pool = new WantedPool(vocabulary)
  // 200,000 pairs have about five collisions of 32 bits
  const pairs = Array.from({ length: 200_000 }, (_, i) => [i % 1000, 1000 + Math.floor(i / 1000)] as const)
  const lists = pairs.map(([a, b]) => [values[a] ?? 0, values[b] ?? 0])
  const ranges = pairs.map(pair => ({ ranges: [pair] }))
  const ofLists = lists.map(list => pool.id(attribute, list))
  const ofRanges = ranges.map(range => pool.id(age, range))
  assert.equal(new Set([...ofLists, ...ofRanges]).size, 2 * pairs.length)
  assert.ok(lists.every((list, i) => pool.id(attribute, list) === ofLists[i]))
  assert.ok(ranges.every((range, i) => pool.id(age, range) === ofRanges[i]))
  assert.notEqual(pool.id(attribute, lists[3] ?? []), pool.id(other, lists[3] ?? []))
})

test('a list is the same in whatever order it is asked for', () => {
  const vocabulary = new Vocabulary()
  const attribute = vocabulary.attribute('country')
  const [de = 0, at = 0, ch = 0] = ['DE', 'AT', 'CH'].map(text => vocabulary.value(attribute, text))
  const pool = new WantedPool(vocabulary)
  const id = pool.id(attribute, [at, ch, de])
  assert.deepEqual([pool.id(attribute, [de, at, ch]), pool.id(attribute, [ch, de, at])], [id, id])
  assert.deepEqual(pool.wanted[id], [at, ch, de])
})
