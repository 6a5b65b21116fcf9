/** Counts and gaps at which an index or a program goes wrong by one: through the compiler, asked through the engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import { match } from '@flightplan/engine/index/match.ts'
import { children, holds } from '@flightplan/engine/index/program.ts'
import { openSnapshot, pieceOf, type Snapshot, termOf } from '@flightplan/engine/snapshot.ts'
import { compileTree } from '../compile.ts'
import { hashOf } from '../lower/pools.ts'
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
for (const count of [31, 32, 33, 64, 1023, 1024, 1025, 2100])
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
    assert.deepEqual(indexed(snapshot, termsOf(snapshot, { country: 'DE' })), [], 'the shape is asked in every block')
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

test('lists that differ are told apart, those whose hashes meet as well, and each is known again', () => {
  const vocabulary = new Vocabulary()
  const texts = Array.from({ length: 4096 }, (_, i) => `v${String(i).padStart(4, '0')}`)
  const attribute = vocabulary.attribute('domain')
  const values = vocabulary.list(attribute, texts)
  const pool = new WantedPool(vocabulary)
  const lists = Array.from({ length: 200_000 }, (_, i) =>
    [i * 7, i * 31 + 1, i * 1009 + 2, (i >> 6) + i * 3].map(at => values[at % values.length] ?? 0),
  )
  const sorted = lists.map(list => vocabulary.ordered(attribute, list))
  const different = new Map(sorted.map(list => [list.join(), list]))
  const hashes = new Set(different.values().map(hashOf))
  assert.ok(hashes.size < different.size, 'no two hashes meet: the test shows little')
  const ids = new Map(different.entries().map(([key, list]) => [key, pool.id(attribute, list)]))
  assert.equal(new Set(ids.values()).size, different.size)
  for (const [key, list] of different) assert.equal(pool.id(attribute, list), ids.get(key))
})

test('ranges that differ are told apart, though infinity and 0 have one hash', () => {
  const vocabulary = new Vocabulary()
  const [age, other] = [vocabulary.attribute('age'), vocabulary.attribute('player_w')]
  const pool = new WantedPool(vocabulary)
  const INF = Number.POSITIVE_INFINITY
  const ranges = [[[-INF, 31]], [[0, 31]], [[31, INF]], [[31, 0]], [[0, 31], [40, 50]]] as const // biome-ignore format: a row
  const ids = ranges.map(one => pool.id(age, { ranges: one }))
  assert.equal(new Set(ids).size, ranges.length)
  assert.deepEqual(
    ranges.map(one => pool.id(age, { ranges: one })),
    ids,
  )
  assert.ok(!ids.includes(pool.id(other, { ranges: ranges[0] })))
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
