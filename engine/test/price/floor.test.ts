import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCpmNano } from '@flightplan/contract/decimal.ts'
import fc from 'fast-check'
import { parseAuction } from '../../parse/parse.ts'
import { cpmToNanoUp, floorOf } from '../../price/floor.ts'
import type { Candidate } from '../../types.ts'

test('a CPM as JSON writes it is that many nano, to the last one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000_000_000 }), nano => {
      const text = `${Math.floor(nano / 1e6)}.${String(nano % 1e6).padStart(6, '0')}`
      assert.equal(cpmToNanoUp(JSON.parse(text)), nano)
      assert.equal(parseCpmNano(text), nano)
    }),
    { seed: 51, numRuns: 5_000 },
  )
})

test('what is finer than a nano is rounded up, what is negative is no floor', () => {
  assert.equal(cpmToNanoUp(1.1), 1_100_000)
  assert.equal(cpmToNanoUp(1.0000001), 1_000_001)
  assert.equal(cpmToNanoUp(0.0000001), 1)
  assert.equal(cpmToNanoUp(-1), 0)
  assert.ok(Object.is(cpmToNanoUp(0), 0))
})

/** A candidate for the first slot of an imp, as far as floors look at it. */
function candidateOf(imp: object): Candidate {
  const auction = parseAuction({ id: 'r', imp: [{ id: '1', bidfloor: 1, ...imp }] })
  const parsed = auction?.imps[0]
  const slot = parsed?.slots[0]
  assert.ok(parsed && slot)
  return { imp: parsed, slot, line_item: 0, terms: [], rotation: [0], deals: [], open: true }
}

const VIDEO = {
  durfloors: [
    { mindur: 1, maxdur: 15, bidfloor: 4 },
    { mindur: 16, bidfloor: 6 },
  ],
  mincpmpersec: 0.1,
}
const PMP = { deals: [{ id: 'a', bidfloor: 3, bidfloorcur: 'EUR' }, { id: 'b' }] }
const OURS = { nano: 2_000_000, currency: 'GBP' }

/** Name, imp, deal, floor of our YAML, seconds → CPM and currency. */
const TABLE: [string, object, number | null, typeof OURS | null, number, string][] = [
  ['the imp’s', { banner: {} }, null, null, 0, '1 USD'],
  ['in its currency', { banner: {}, bidfloorcur: 'eur' }, null, null, 0, '1 EUR'],
  ['the deal’s', { banner: {}, pmp: PMP }, 0, OURS, 0, '3 EUR'],
  ['a deal without a floor has ours', { banner: {}, pmp: PMP }, 1, OURS, 0, '2 GBP'],
  ['a deal without any has none', { banner: {}, pmp: PMP }, 1, null, 0, '0 USD'],
  ['of a length', { video: VIDEO }, null, null, 15, '4 USD'],
  ['of an open length', { video: VIDEO }, null, null, 90, '6 USD'],
  ['outside of the lengths: per second', { video: { ...VIDEO, durfloors: [] } }, null, null, 30, '3 USD'],
  ['dynamic pod: per second', { video: { ...VIDEO, podid: 'p', poddur: 60 } }, null, null, 30, '3 USD'],
  [
    'dynamic pod without it: of a length',
    { video: { ...VIDEO, poddur: 60, mincpmpersec: 0 } },
    null,
    null,
    15,
    '4 USD',
  ],
  ['structured pod: of a length', { video: { ...VIDEO, podid: 'p' } }, null, null, 30, '6 USD'],
  ['audio has them too', { audio: VIDEO }, null, null, 15, '4 USD'],
  ['a deal comes before lengths', { video: VIDEO, pmp: PMP }, 0, null, 15, '3 EUR'],
]

for (const [name, imp, deal, ours, seconds, expected] of TABLE)
  test(`floor: ${name}`, () => {
    const { nano, currency } = floorOf(candidateOf(imp), deal, ours, seconds)
    assert.equal(`${nano / 1e6} ${currency}`, expected)
  })
