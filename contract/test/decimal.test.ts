import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatCpmNano, formatNano, MAX_UNITS, parseCpmNano, parseNano } from '../decimal.ts'

const CASES: [string, ReturnType<typeof parseNano>, ReturnType<typeof parseCpmNano>][] = [
  ['0', 0n, 0],
  ['1', 1_000_000_000n, 1_000_000],
  ['0.0123', 12_300_000n, 12_300],
  ['1200.50', 1_200_500_000_000n, 1_200_500_000],
  ['0.000001', 1_000n, 1],
  ['0.0000001', 100n, 'too_many_decimals'],
  ['0.0000000001', 'too_many_decimals', 'too_many_decimals'],
  ['8999999.999999', 8_999_999_999_999_000n, 8_999_999_999_999],
  ['9000000', 'too_large', 'too_large'],
  ['99999999999999999999999999', 'too_large', 'too_large'],
  ['-1', 'negative', 'negative'],
  ['-0', 'negative', 'negative'],
]
for (const text of ['', ' 1', '1 ', '+1', '01', '1.', '.5', '1e3', '0x10', '1_000', '1,5', 'NaN', 'Infinity', '١']) {
  CASES.push([text, 'malformed', 'malformed'])
}

test('decimal text becomes exact nano-units, or says why not', () => {
  for (const [text, nano, cpm] of CASES) {
    assert.equal(parseNano(text), nano, text)
    assert.equal(parseCpmNano(text), cpm, text)
  }
})

test('format and parse are inverse', () => {
  const seed = 7
  fc.assert(
    fc.property(fc.bigInt(0n, MAX_UNITS * 1_000_000_000n - 1n), nano => parseNano(formatNano(nano)) === nano),
    { seed },
  )
  const cpm = fc.integer({ min: 0, max: Number(MAX_UNITS) * 1_000_000 - 1 })
  fc.assert(
    fc.property(cpm, nano => parseCpmNano(formatCpmNano(nano)) === nano),
    { seed },
  )
})

test('sums of parsed amounts are exact where floats are not', () => {
  const sum = ['0.1', '0.2'].map(parseNano).reduce((a, b) => BigInt(a) + BigInt(b), 0n)
  assert.equal(formatNano(BigInt(sum)), '0.3')
  assert.equal(formatNano(-1_500_000_000n), '-1.5')
})
