import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Marks } from '../../fit/marks.ts'

test('an answer is known in the round that wrote it, and in no other', () => {
  const marks = new Marks<string>(3, '')
  const first = marks.begin()
  const known = (round: number) => [0, 1, 2].filter(row => marks.has(round, row))
  assert.deepEqual(known(first), [])
  assert.equal(marks.set(first, 1, 'one'), 'one')
  assert.deepEqual(known(first), [1])
  assert.equal(marks.get(1), 'one')
  const second = marks.begin()
  assert.deepEqual(known(second), [])
  marks.set(second, 2, 'two')
  assert.deepEqual([known(first), known(second)], [[1], [2]])
  marks.set(second, 1, 'other')
  assert.deepEqual([known(first), known(second), marks.get(1)], [[], [1, 2], 'other'])
})
