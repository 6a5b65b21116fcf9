import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash32 } from '../../hash.ts'

test('the parts of a hash do not run into each other', () => {
  assert.notEqual(hash32('ab', 'c'), hash32('a', 'bc'))
  assert.notEqual(hash32('a'), hash32('a', ''))
  assert.equal(hash32('auction', '1'), hash32('auction', '1'))
})

/** Ids that count up, ids that are random hex: both as exchanges make them. */
const IDS: [string, (n: number) => string][] = [
  ['counting', n => `auction-${n}`],
  ['hex', n => (BigInt(n) * 0x9e3779b97f4a7c15n).toString(16).padStart(16, '0').slice(-16)],
  ['numbers', n => String(1_000_000 + n)],
]
const AUCTIONS = 20_000

for (const [name, id] of IDS) {
  test(`${name} ids fall evenly into 100 parts, by the low digits and by the high ones`, () => {
    for (const part of [(hash: number) => hash % 100, (hash: number) => Math.floor((hash / 2 ** 32) * 100)]) {
      const counts = new Array(100).fill(0)
      for (let n = 0; n < AUCTIONS; n++) counts[part(hash32(id(n), '1', 'usd/a'))]++
      const expected = AUCTIONS / 100
      const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      assert.ok(chi2 < 160, `chi² ${chi2}`) // 99 degrees of freedom: above 160 is one in 10,000
    }
  })

  test(`${name} ids flip half of the bits`, () => {
    for (let bit = 0; bit < 32; bit++) {
      let ones = 0
      for (let n = 0; n < AUCTIONS; n++) ones += (hash32(id(n)) >>> bit) & 1
      assert.ok(Math.abs(ones / AUCTIONS - 0.5) < 0.02, `bit ${bit}: ${ones}`)
    }
  })
}

test('two line items win a tie equally often', () => {
  let first = 0
  for (let n = 0; n < AUCTIONS; n++)
    if (hash32('tie', `auction-${n}`, '1', 'usd/a') > hash32('tie', `auction-${n}`, '1', 'usd/b')) first++
  assert.ok(Math.abs(first / AUCTIONS - 0.5) < 0.02, `${first}`)
})
