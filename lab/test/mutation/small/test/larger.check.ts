/** Run by mutation.test.ts in a process of its own, on mutants of larger.ts; no test of the project. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countTo, larger } from '../larger.ts'

test('the larger of two', () => {
  assert.deepEqual([larger(1, 2), larger(2, 1), larger(3, 3)], [2, 2, 3])
})

test('counting', () => {
  assert.equal(countTo(3), 3)
})
