/** What the index asks for one alternative, and which alternatives nobody can meet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isContradiction, toConjunction } from '../../lower/conjunction.ts'
import { type Literal, toDnf } from '../../lower/dnf.ts'
import type { Expression, InLeaf, RangeLeaf, Ranges } from '../../lower/expression.ts'
import { contradictionOf } from '../../lower/reachable.ts'
import { Vocabulary } from '../../lower/vocabulary.ts'

function words(vocabulary: Vocabulary, name: string, texts: readonly string[], predicate: number): InLeaf {
  const attribute = vocabulary.attribute(name)
  return { op: 'in', predicate, attribute, values: vocabulary.list(attribute, texts), late: false }
}
function numbers(vocabulary: Vocabulary, name: string, ranges: Ranges, predicate: number): RangeLeaf {
  return { op: 'range', predicate, attribute: vocabulary.attribute(name), ranges }
}
const is = (leaf: Literal['leaf']): Literal => ({ leaf, negated: false })
const isNot = (leaf: Literal['leaf']): Literal => ({ leaf, negated: true })

/** By attribute: the texts or ranges that are asked for, and those that are excluded. */
function shown(literals: readonly Literal[], vocabulary: Vocabulary) {
  const result = toConjunction(literals, vocabulary)
  assert.ok(!isContradiction(result))
  const of = (constraints: typeof result.ins) =>
    constraints.map(({ attribute, wanted, predicate }) => {
      const asked = 'ranges' in wanted ? wanted.ranges : wanted.map(value => vocabulary.text(attribute, value)).sort()
      return [vocabulary.entries[attribute]?.name, asked, predicate]
    })
  return { ins: of(result.ins), nots: of(result.nots), exact: result.exact }
}

test('an attribute with one value meets two lists by what they share, less what is excluded', () => {
  const vocabulary = new Vocabulary()
  const country = (texts: string[], predicate: number) => words(vocabulary, 'country', texts, predicate)
  const literals = [is(country(['DE', 'AT', 'CH'], 1)), is(country(['CH', 'AT', 'FR'], 2)), isNot(country(['CH'], 3))]
  assert.deepEqual(shown(literals, vocabulary), { ins: [['country', ['AT'], 1]], nots: [], exact: true })
})

test('an attribute with several values keeps the shortest list, its exclusions, and leaves the rest to the program', () => {
  const vocabulary = new Vocabulary()
  const category = (texts: string[], predicate: number) => words(vocabulary, 'category', texts, predicate)
  const literals = [is(category(['1:A', '1:B'], 1)), is(category(['1:C'], 2)), isNot(category(['1:D'], 3))]
  assert.deepEqual(shown(literals, vocabulary), {
    ins: [['category', ['1:C'], 1]],
    nots: [['category', ['1:D'], 3]],
    exact: false,
  })
  assert.equal(shown(literals.slice(1), vocabulary).exact, true)
})

test('exclusions alone are one list', () => {
  const vocabulary = new Vocabulary()
  const literals = ['DE', 'AT'].map((code, i) => isNot(words(vocabulary, 'country', [code], i + 1)))
  assert.deepEqual(shown(literals, vocabulary), { ins: [], nots: [['country', ['AT', 'DE'], 1]], exact: true })
  const age = isNot(numbers(vocabulary, 'age', [[18, 30]], 3))
  assert.deepEqual(shown([age], vocabulary).nots, [['age', [[18, 30]], 3]])
})

test('to exclude an empty range excludes nothing', () => {
  const vocabulary = new Vocabulary()
  assert.deepEqual(shown([isNot(numbers(vocabulary, 'age', [], 1))], vocabulary).nots, [['age', [], 1]])
})

test('ranges of one attribute meet, and lose what is excluded', () => {
  const vocabulary = new Vocabulary()
  const age = (ranges: Ranges, predicate: number) => numbers(vocabulary, 'age', ranges, predicate)
  const literals = [is(age([[18, 60]], 1)), is(age([[10, 50]], 2)), isNot(age([[30, 40]], 3))]
  const left = [
    [18, 30],
    [40, 50],
  ]
  assert.deepEqual(shown(literals, vocabulary), { ins: [['age', left, 1]], nots: [], exact: true })
})

test('what nobody can meet names all that asks', () => {
  const vocabulary = new Vocabulary()
  const country = (texts: string[], predicate: number) => words(vocabulary, 'country', texts, predicate)
  const cases = [
    [is(country(['DE'], 1)), is(country(['AT'], 2))],
    [is(country(['DE'], 1)), isNot(country(['DE', 'AT'], 2))],
    [is(words(vocabulary, 'category', ['1:A'], 1)), isNot(words(vocabulary, 'category', ['1:A'], 2))],
    [is(numbers(vocabulary, 'age', [[18, 20]], 1)), is(numbers(vocabulary, 'age', [[20, 30]], 2))],
  ]
  for (const literals of cases)
    assert.deepEqual(toConjunction(literals, vocabulary), { predicates: [1, 2], certain: true })
})

/** Attribute → texts or ranges, all required; predicates count from 1. */
function impossible(asked: Record<string, string[] | Ranges>) {
  const vocabulary = new Vocabulary()
  const literals = Object.entries(asked).map(([name, wanted], i) =>
    is(
      name === 'player_w' || name === 'duration'
        ? numbers(vocabulary, name, wanted as Ranges, i + 1)
        : words(vocabulary, name, wanted as string[], i + 1), // the tests below give each attribute its kind
    ),
  )
  const result = toConjunction(literals, vocabulary)
  assert.ok(!isContradiction(result))
  const found = contradictionOf(result, vocabulary)
  return found && { predicates: found.predicates, certain: found.certain, size: found.size ?? false }
}

test('attributes that exclude each other', () => {
  const certain = { predicates: [1, 2], certain: true, size: false }
  const odd = { ...certain, certain: false }
  const table: [Record<string, string[] | Ranges>, ReturnType<typeof impossible>][] = [
    [{ deal: ['alpha/d1'], exchange: ['beta'] }, certain],
    [{ deal: ['alpha/d1', 'beta/d2'], exchange: ['beta'] }, null],
    [{ publisher: ['alpha/p'], exchange: ['beta'] }, certain],
    [{ publisher: ['alpha/p'], exchange: ['alpha'] }, null],
    [{ shape: ['banner:300x250'], format: ['video'] }, certain],
    [{ shape: ['banner:300x250', 'video'], format: ['video'] }, null],
    [{ region: ['DE-BY'], country: ['AT'] }, odd],
    [{ region: ['DE-BY'], country: ['AT', 'DE'] }, null],
    [{ zip: ['DE:10115'], country: ['AT'] }, odd],
    [{ zip: ['DE:10115'], country: ['DE'] }, null],
    [{ region: ['DE-BY'], zip: ['AT:1010'] }, odd],
    [{ region: ['DE-BY'], zip: ['DE:10115'] }, null],
    [
      { shape: ['banner:300x250'], size: ['728x90'] },
      { ...odd, size: true },
    ],
    [{ shape: ['banner:300x250'], size: ['300x250'] }, null],
    [{ country: ['DE'] }, null],
  ]
  for (const [asked, wanted] of table) assert.deepEqual(impossible(asked), wanted, JSON.stringify(asked))
})

test('attributes that only some formats have', () => {
  const certain = { predicates: [1, 2], certain: true, size: false }
  const table: [string, string[] | Ranges, string[]][] = [
    ['size', ['300x250'], ['banner:300x250']],
    ['position', ['above'], ['banner:300x250', 'video']],
    ['plcmt', ['instream'], ['video']],
    ['skippable', ['true'], ['video']],
    ['player_w', [[300, 900]], ['video']],
    ['duration', [[10, 20]], ['video', 'audio']],
    ['protocol', ['vast_3'], ['video', 'audio']],
    ['start', ['pre'], ['video', 'audio']],
  ]
  for (const [name, wanted, able] of table)
    for (const shape of ['banner:300x250', 'video', 'audio', 'native'])
      assert.deepEqual(
        impossible({ shape: [shape], [name]: wanted }),
        able.includes(shape) ? null : certain,
        `${name} of ${shape}`,
      )
})

const leaf = (attribute: number, value: number, late = false): Expression => {
  return { op: 'in', predicate: 0, attribute, values: [value], late }
}
const all = (...parts: Expression[]): Expression => ({ op: 'and', predicate: 0, parts })
const any = (...parts: Expression[]): Expression => ({ op: 'or', predicate: 0, parts })

test('an any is as exact as its least exact branch', () => {
  for (const [late, exact] of [[true, false], [false, true]] as const) // biome-ignore format: a table
    assert.equal(toDnf(any(leaf(1, 1), all(leaf(2, 1), leaf(3, 1, late)))).exact, exact)
  assert.deepEqual(toDnf(any(leaf(1, 1), leaf(2, 1, true))), { alternatives: [[]], exact: false, wide: false })
})

test('an any of 65 alternatives is too wide, of 64 it is not; an all around it stays too wide', () => {
  const wide = (n: number) => any(...Array.from({ length: n }, (_, i) => all(leaf(1, i), leaf(2, i))))
  const { alternatives, ...flags } = toDnf(wide(64))
  assert.deepEqual([alternatives.length, flags], [64, { exact: true, wide: false }])
  assert.deepEqual(toDnf(wide(65)), { alternatives: [[]], exact: false, wide: true })
  const around = toDnf(all(leaf(3, 1), wide(65)))
  assert.deepEqual([around.alternatives.length, around.exact, around.wide], [1, false, true])
  assert.equal(toDnf(any(leaf(3, 1), all(leaf(4, 1), wide(65)))).wide, true)
})

test('ranges of one attribute in an any are one alternative; a not of it stays alone', () => {
  const age = (from: number, to: number): Expression => ({
    op: 'range',
    predicate: 0,
    attribute: 1,
    ranges: [[from, to]],
  })
  const [joined, second] = toDnf(any(age(1, 3), age(3, 5))).alternatives
  assert.equal(second, undefined)
  assert.deepEqual(joined, [{ leaf: { op: 'range', predicate: 0, attribute: 1, ranges: [[1, 5]] }, negated: false }])
  const mixed = toDnf(any(age(1, 3), { op: 'not', predicate: 0, part: age(7, 9) })).alternatives
  assert.deepEqual(mixed.map(([only]) => only?.negated).sort(), [false, true])
})
