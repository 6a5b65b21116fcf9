import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatCpmNano, parseCpmNano } from '@flightplan/contract/decimal.ts'
import fc from 'fast-check'
import { cpmText } from '../../respond.ts'

const nano = fc.oneof(fc.nat(2_000_000_000), fc.integer({ min: 0, max: 9_000_000_000_000 - 1 }), fc.nat(10_000_000))

test('a price on the wire is the price to the last nano', () => {
  fc.assert(
    fc.property(nano, price => {
      const text = cpmText(price)
      assert.equal(parseCpmNano(text), price)
      assert.equal(text, formatCpmNano(price))
    }),
    { seed: 71, numRuns: 5_000 },
  )
})

test('it is a JSON number without exponent, the same double that the text stands for', () => {
  fc.assert(
    fc.property(nano, price => {
      const text = cpmText(price)
      assert.match(text, /^(0|[1-9]\d*)(\.\d{0,5}[1-9])?$/)
      assert.equal(Math.round(JSON.parse(text) * 1e6), price)
    }),
    { seed: 72, numRuns: 5_000 },
  )
})

test('small, whole and large prices', () => {
  assert.deepEqual([0, 1, 12_300, 1_000_000, 1_500_000, 10_000_000, 123_456_789].map(cpmText), [
    '0',
    '0.000001',
    '0.0123',
    '1',
    '1.5',
    '10',
    '123.456789',
  ])
})
