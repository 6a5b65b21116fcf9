import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { match } from '../../index/match.ts'
import { type Constraint, type IndexSpec, smallSnapshot } from './small-snapshot.ts'

const BLOCK = 1024

/** Mulberry32: rows by the thousand are cheaper than fast-check's own, and shrink with the seed alone. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Given extends IndexSpec {
  slot: readonly (readonly number[])[]
}

function givenOf(seed: number, conjunctions: number, density: number): Given {
  const random = randomOf(seed)
  const some = (n: number, share: number) => Array.from({ length: n }, (_, i) => i).filter(() => random() < share)
  const values = Array.from({ length: 1 + Math.floor(random() * 5) }, () => 1 + Math.floor(random() * 6))
  const asks = values.map(() => random()) // some attributes nobody asks about, some everybody
  const constraint = (n: number, ask: number): Constraint => {
    const list = random() < ask ? some(n, density) : null
    return { in: list?.length === 0 ? null : list, not: random() < 0.2 ? some(n, 0.3) : [] }
  }
  return {
    values,
    conjunctions: Array.from({ length: conjunctions }, () => values.map((n, a) => constraint(n, asks[a] ?? 0))),
    isDense: () => random() < 0.5,
    slot: values.map(n => some(n, 0.4)),
  }
}

const passes = (row: readonly Constraint[], slot: Given['slot']): boolean =>
  row.every(({ in: wanted, not }, a) => {
    const has = (value: number) => slot[a]?.includes(value) ?? false
    return (wanted === null || wanted.some(has)) && !not.some(has)
  })

function matched({ slot, ...spec }: Given, active: Uint32Array | null, limit: number): number[] {
  const snapshot = smallSnapshot(spec)
  const terms = slot.map((values, a) => values.map(value => (snapshot.meta.attributes[a]?.first_term ?? 0) + value))
  const seen: number[] = []
  match(snapshot, terms, active, id => seen.push(id) < limit)
  return seen
}

const wantedOf = ({ conjunctions, slot }: Given): number[] =>
  conjunctions.flatMap((row, id) => (passes(row, slot) ? [id] : []))

const seeds = fc.integer({ min: 0, max: 2 ** 31 })
/** Of one word, of a last word that is partly used, around one block, and of three. */
const counts = fc.constantFrom(1, 31, 32, 33, 100, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 17)

test('the index says what a look at every conjunction says', () => {
  let hits = 0
  fc.assert(
    fc.property(seeds, counts, fc.constantFrom(0.1, 0.5, 0.9), (seed, count, density) => {
      const given = givenOf(seed, count, density)
      const wanted = wantedOf(given)
      hits += wanted.length
      assert.deepEqual(matched(given, null, Number.POSITIVE_INFINITY), wanted)
    }),
    { seed: 11, numRuns: 300 },
  )
  assert.ok(hits > 10_000, `${hits} conjunctions passed: fewer would prove little`)
})

test('it stops as soon as the visitor has enough', () => {
  fc.assert(
    fc.property(seeds, counts, fc.integer({ min: 1, max: 70 }), (seed, count, limit) => {
      const given = givenOf(seed, count, 0.7)
      assert.deepEqual(matched(given, null, limit), wantedOf(given).slice(0, limit))
    }),
    { seed: 12, numRuns: 150 },
  )
})

test('conjunctions that are not active are not visited', () => {
  fc.assert(
    fc.property(seeds, counts, (seed, count) => {
      const given = givenOf(seed, count, 0.7)
      const random = randomOf(~seed)
      const words = Math.ceil(count / BLOCK) * (BLOCK / 32)
      const active = Uint32Array.from({ length: words }, () => random() * 2 ** 32)
      const isActive = (id: number) => ((active[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0
      assert.deepEqual(matched(given, active, Number.POSITIVE_INFINITY), wantedOf(given).filter(isActive))
    }),
    { seed: 13, numRuns: 100 },
  )
})

test('a sparse list that begins three blocks in is found there', () => {
  const at = 3 * BLOCK + 5
  const row = (id: number): Constraint[] => [{ in: id === at ? [0] : [1], not: [] }]
  const given = { values: [2], conjunctions: Array.from({ length: at + 1 }, (_, id) => row(id)), isDense: () => false }
  assert.deepEqual(matched({ ...given, slot: [[0]] }, null, Number.POSITIVE_INFINITY), [at])
})

test('an attribute that only excludes lets a slot without it through', () => {
  const given = { values: [2], conjunctions: [[{ in: null, not: [0] }]], isDense: () => false }
  assert.deepEqual(matched({ ...given, slot: [[]] }, null, 9), [0])
  assert.deepEqual(matched({ ...given, slot: [[1]] }, null, 9), [0])
  assert.deepEqual(matched({ ...given, slot: [[0, 1]] }, null, 9), [])
})

test('an attribute that only the second block asks about is asked there', () => {
  const row = (id: number): Constraint[] => [{ in: id < BLOCK ? null : [0], not: [] }]
  const given = {
    values: [2],
    conjunctions: Array.from({ length: BLOCK + 3 }, (_, id) => row(id)),
    isDense: () => true,
  }
  assert.equal(matched({ ...given, slot: [[1]] }, null, Number.POSITIVE_INFINITY).length, BLOCK)
  assert.equal(matched({ ...given, slot: [[0]] }, null, Number.POSITIVE_INFINITY).length, BLOCK + 3)
})
