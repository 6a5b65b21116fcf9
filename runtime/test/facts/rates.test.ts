import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openRates } from '@flightplan/engine/rates.ts'
import fc from 'fast-check'

const DAY_MS = 86_400_000
const CENTS = { EUR: 108, GBP: 127, JPY: 1 }
const per_unit = Object.fromEntries(Object.entries(CENTS).map(([currency, cents]) => [currency, `${cents / 100}`]))
const rates = openRates({ rates: { base: 'USD', at_ms: 1_000, max_age_ms: 4 * DAY_MS, source: 'test', per_unit } })

describe('convert', () => {
  const cases: [number, string, string, 'down' | 'up', number | null][] = [
    [10_000_000, 'USD', 'USD', 'down', 10_000_000],
    [10_000_000, 'EUR', 'USD', 'down', 10_800_000],
    [10_000_000, 'EUR', 'USD', 'up', 10_800_000],
    [10_000_000, 'USD', 'EUR', 'down', 9_259_259],
    [10_000_000, 'USD', 'EUR', 'up', 9_259_260],
    [10_000_000, 'GBP', 'EUR', 'down', 11_759_259],
    [1, 'USD', 'EUR', 'down', 0],
    [10_000_000, 'XYZ', 'USD', 'down', null],
    [10_000_000, 'USD', 'XYZ', 'down', null],
    [10_000_000, 'XYZ', 'XYZ', 'down', 10_000_000],
    [10_000_000, '__proto__', 'USD', 'down', null],
  ]
  for (const [nano, from, to, round, expected] of cases)
    it(`${nano} ${from} → ${to}, ${round}: ${expected}`, () =>
      assert.equal(rates.convert(nano, from, to, 1_000, round), expected))

  it('stops when the rates are older than they may be', () => {
    assert.equal(rates.convert(100, 'EUR', 'USD', 1_000 + 4 * DAY_MS, 'down'), 108)
    assert.equal(rates.convert(100, 'EUR', 'USD', 1_001 + 4 * DAY_MS, 'down'), null)
    assert.equal(rates.convert(100, 'EUR', 'EUR', 1_001 + 4 * DAY_MS, 'down'), 100)
  })

  it('rounds as exact fractions would', () => {
    const names = ['EUR', 'GBP', 'JPY'] as const
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e11 }),
        fc.constantFrom(...names),
        fc.constantFrom(...names),
        (nano, from, to) => {
          if (from === to) return
          const [product, divisor] = [BigInt(nano) * BigInt(CENTS[from]), BigInt(CENTS[to])]
          assert.equal(rates.convert(nano, from, to, 1_000, 'down'), Number(product / divisor))
          assert.equal(rates.convert(nano, from, to, 1_000, 'up'), Number((product + divisor - 1n) / divisor))
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
