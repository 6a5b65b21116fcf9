/** What explain and diagnostics show of a predicate. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceFile } from '../../load.ts'
import { Predicates } from '../../lower/predicates.ts'
import { parseFile } from '../../parse.ts'
import type { Place } from '../../resolve/world.ts'

const { file } = parseFile(sourceFile('order.yaml', 'order: io-1\nadvertiser: acme\n'))
const place: Place = { file, path: ['advertiser'] }

test('a predicate is its name and what it asks for, long lists cut', () => {
  const table: [string, unknown, string][] = [
    ['any', undefined, 'any'],
    ['slot.rewarded', true, 'slot.rewarded: true'],
    ['rule', null, 'rule: null'],
    ['geo.country', ['DE'], 'geo.country: [DE]'],
    ['geo.country', ['A', 'B', 'C', 'D'], 'geo.country: [A, B, C, D]'],
    ['geo.country', ['A', 'B', 'C', 'D', 'E'], 'geo.country: [A, B, C, D, … 5 in all]'],
    ['user.age', { min: 18, max: 30 }, 'user.age: {min: 18, max: 30}'],
    ['geo.country', { not: ['DE', 'AT'] }, 'geo.country: {not: [DE, AT]}'],
  ]
  const predicates = new Predicates()
  for (const [i, [name, value]] of table.entries()) assert.equal(predicates.add(place, name, value), i)
  assert.deepEqual(
    table.map((_, i) => predicates.text(i)),
    table.map(([, , text]) => text),
  )
  assert.equal(predicates.size, table.length)
  assert.equal(predicates.place(0), place)
})
