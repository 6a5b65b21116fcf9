import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Expression,
  group,
  intersectRanges,
  isLate,
  joinRanges,
  type Ranges,
  subtractRanges,
} from '../../lower/expression.ts'

const INF = Number.POSITIVE_INFINITY
const leaf = (late: boolean): Expression => ({ op: 'in', predicate: 0, attribute: 0, values: [1], late })
const range: Expression = { op: 'range', predicate: 0, attribute: 1, ranges: [[0, 1]] }

test('ranges that overlap or touch are one; empty and turned ones go', () => {
  const cases: [Ranges, Ranges][] = [
    [[], []],
    [[[3, 3]], []],
    [[[5, 3]], []],
    [
      [
        [4, 6],
        [1, 3],
      ],
      [
        [1, 3],
        [4, 6],
      ],
    ],
    [
      [
        [1, 3],
        [3, 6],
      ],
      [[1, 6]],
    ],
    [
      [
        [1, 9],
        [2, 3],
      ],
      [[1, 9]],
    ],
  ]
  for (const [given, joined] of cases) assert.deepEqual(joinRanges(given), joined)
})

test('joining leaves what it is given as it was', () => {
  const given: [number, number][] = [
    [1, 3],
    [2, 6],
  ]
  assert.deepEqual(joinRanges(given), [[1, 6]])
  assert.deepEqual(given, [
    [1, 3],
    [2, 6],
  ])
})

test('intersections and differences are half-open', () => {
  assert.deepEqual(intersectRanges([[1, 5]], [[5, 9]]), [])
  assert.deepEqual(intersectRanges([[1, 6]], [[5, 9]]), [[5, 6]])
  assert.deepEqual(subtractRanges([[1, 9]], [[3, 5]]), [
    [1, 3],
    [5, 9],
  ])
  assert.deepEqual(subtractRanges([[1, 9]], [[1, 9]]), [])
  assert.deepEqual(subtractRanges([[-INF, INF]], [[3, INF]]), [[-INF, 3]])
  assert.deepEqual(subtractRanges([[1, 9]], []), [[1, 9]])
})

test('a group of one is that one, and of none a group', () => {
  assert.equal(group('or', 7, [range]), range)
  assert.deepEqual(group('and', 7, []), { op: 'and', predicate: 7, parts: [] })
  assert.deepEqual(group('or', 7, [range, range]), { op: 'or', predicate: 7, parts: [range, range] })
})

test('one late leaf anywhere makes an expression late', () => {
  const not = (part: Expression): Expression => ({ op: 'not', predicate: 0, part })
  assert.deepEqual([leaf(true), leaf(false), range].map(isLate), [true, false, false])
  assert.deepEqual([not(leaf(true)), not(leaf(false))].map(isLate), [true, false])
  assert.equal(isLate(group('or', 0, [range, not(leaf(true))])), true)
  assert.equal(isLate(group('and', 0, [range, leaf(false)])), false)
})
