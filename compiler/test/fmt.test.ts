import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { format } from '../fmt.ts'
import { parseSlow } from '../yaml-slow.ts'

const TABLE: [string, string, string][] = [
  [
    'comments and blank lines stay',
    '# top\norder: a # side\n\n# mid\ncurrency: EUR\n',
    '# top\norder: a # side\n\n# mid\ncurrency: EUR\n',
  ],
  ['the kind comes first', 'name: x\norder: a\n', 'order: a\nname: x\n'],
  [
    'two blanks',
    'order: a\nfees:\n- name: x\n  value: 1\nsigned:\n      amount: 5\n',
    'order: a\nfees:\n  - name: x\n    value: 1\nsigned:\n  amount: 5\n',
  ],
  [
    'what YAML 1.1 misreads is quoted',
    'order: a\ngeo: [NO, ON, DE, 22:00, y, 2027-03-01]\n',
    'order: a\ngeo: ["NO", "ON", DE, "22:00", y, "2027-03-01"]\n'.replace(' y,', ' "y",'),
  ],
  ['double quotes', "order: 'a b'\n", 'order: "a b"\n'],
  [
    'numbers stay as written',
    'order: 007\nsigned: {amount: 1.50}\nx: 1e3\nz: 0x1F\n',
    'order: 007\nsigned: {amount: 1.50}\nx: 1e3\nz: 0x1F\n',
  ],
  ['blanks, nulls and booleans stay', 'order:\na: ~\nb: null\nc: true\n', 'order:\na: ~\nb: null\nc: true\n'],
]

for (const [name, before, after] of TABLE) {
  test(`fmt: ${name}`, () => assert.equal(format(before), after))
}

test('fmt leaves broken and refused files alone', () => {
  for (const text of ['order: "a\n', 'order: &a b\n', 'order: &a b\nx: *a\n', 'order: !!str a\n', 'a: 1\na: 2\n', '']) {
    assert.equal(format(text), null, text)
  }
})

const stable = (text: string): void => {
  const once = format(text)
  if (once === null) return
  assert.equal(format(once), once, text)
  const before = parseSlow(text)
  if (before.faults.length === 0) assert.deepEqual(parseSlow(once).value, before.value, text)
}

test('fmt is stable and keeps the value: the cases', () => {
  const cases = new URL('cases/', import.meta.url)
  for (const name of readdirSync(cases)) stable(readFileSync(new URL(`${name}/input.yaml`, cases), 'utf8'))
})

test('fmt is stable and keeps the value: any value', () => {
  const seed = 11
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constantFrom('NO', '22:00', 'a: b', '# x', '- y', '1.50', 'null', '', ' x ', 'a\nb\n'),
  )
  const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/).filter(word => word !== 'constructor' && word !== 'prototype')
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  const styles = fc.constantFrom('BLOCK_LITERAL', 'PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE') as fc.Arbitrary<'PLAIN'>
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), styles, (map, style) => {
      stable(stringify({ name: 'x', order: 'id', ...map }, { defaultStringType: style, lineWidth: 0, version: '1.2' }))
    }),
    { numRuns: 500, seed },
  )
})
