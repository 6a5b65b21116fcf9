import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import fc from 'fast-check'
import { children, holds, type Terms } from '../../index/program.ts'
import { smallSnapshot } from './small-snapshot.ts'

const ATTRIBUTES = 3
const TERMS_EACH = 8

type Node =
  | { op: 'leaf'; attribute: number; terms: number[] }
  | { op: 'range'; attribute: number; from: number; to: number }
  | { op: 'not'; part: Node }
  | { op: 'and' | 'or'; parts: Node[] }

const attribute = fc.nat(ATTRIBUTES - 1)
const term = (of: number) => fc.integer({ min: of * TERMS_EACH, max: of * TERMS_EACH + TERMS_EACH - 1 })
const leaf: fc.Arbitrary<Node> = attribute.chain(of =>
  fc.uniqueArray(term(of), { maxLength: 4 }).map(terms => ({
    ...{ op: 'leaf', attribute: of, terms: terms.sort((a, b) => a - b) },
  })),
) as fc.Arbitrary<Node> // `op` widens to string in the spread
const range: fc.Arbitrary<Node> = attribute.chain(of =>
  fc.tuple(term(of), term(of)).map(([a, b]): Node => {
    return { op: 'range', attribute: of, from: Math.min(a, b), to: Math.max(a, b) }
  }),
)
const { node } = fc.letrec<{ node: Node }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    range,
    tie('node').map((part): Node => ({ op: 'not', part })),
    fc.record<{ op: 'and' | 'or'; parts: Node[] }>({
      op: fc.constantFrom('and', 'or'),
      parts: fc.array(tie('node'), { maxLength: 4 }),
    }),
  ),
}))
const slot: fc.Arbitrary<Terms> = fc.tuple(
  ...Array.from({ length: ATTRIBUTES }, (_, of) => fc.uniqueArray(term(of), { maxLength: 5 })),
)

/** In prefix order, as contract/snapshot.ts says; predicates count from 0. */
function write(tree: Node, programs: number[], lists: number[]): void {
  const predicate = programs.length
  if (tree.op === 'leaf') {
    programs.push(PROGRAM.LEAF, predicate, tree.attribute, lists.length, tree.terms.length)
    lists.push(...tree.terms)
  } else if (tree.op === 'range') programs.push(PROGRAM.RANGE, predicate, tree.attribute, tree.from, tree.to)
  else if (tree.op === 'not') {
    programs.push(PROGRAM.NOT, predicate)
    write(tree.part, programs, lists)
  } else {
    programs.push(tree.op === 'and' ? PROGRAM.AND : PROGRAM.OR, predicate, tree.parts.length)
    for (const part of tree.parts) write(part, programs, lists)
  }
}

function truth(tree: Node, terms: Terms): boolean {
  switch (tree.op) {
    case 'leaf':
      return terms[tree.attribute]?.some(has => tree.terms.includes(has)) ?? false
    case 'range':
      return terms[tree.attribute]?.some(has => has >= tree.from && has <= tree.to) ?? false
    case 'not':
      return !truth(tree.part, terms)
    case 'and':
      return tree.parts.every(part => truth(part, terms))
    case 'or':
      return tree.parts.some(part => truth(part, terms))
  }
}

function snapshotOf(tree: Node) {
  const [programs, term_lists]: [number[], number[]] = [[], []]
  write(tree, programs, term_lists)
  return smallSnapshot({ values: [], conjunctions: [], isDense: () => false, programs, term_lists })
}

test('a program is as true as its tree', () => {
  const seen = { true: 0, false: 0 }
  fc.assert(
    fc.property(node, slot, (tree, terms) => {
      const expected = truth(tree, terms)
      seen[`${expected}`]++
      assert.equal(holds(snapshotOf(tree), 0, terms), expected)
    }),
    { seed: 21, numRuns: 1_000 },
  )
  assert.ok(seen.true > 100 && seen.false > 100, JSON.stringify(seen))
})

test('children are found where they were written', () => {
  const parts = (tree: Node): Node[] => (tree.op === 'not' ? [tree.part] : 'parts' in tree ? tree.parts : [])
  fc.assert(
    fc.property(node, slot, (tree, terms) => {
      const snapshot = snapshotOf(tree)
      const found = children(snapshot.programs, 0)
      assert.deepEqual(
        found.map(at => holds(snapshot, at, terms)),
        parts(tree).map(part => truth(part, terms)),
      )
    }),
    { seed: 22, numRuns: 500 },
  )
})

test('nothing to ask: AND is true, OR is false', () => {
  assert.equal(holds(snapshotOf({ op: 'and', parts: [] }), 0, []), true)
  assert.equal(holds(snapshotOf({ op: 'or', parts: [] }), 0, []), false)
})
