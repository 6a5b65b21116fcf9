import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openLedger } from '../../ledger.ts'
import type { Authority, Charge } from '../../types.ts'

const NO_LIMIT: Authority = {
  lineItemDaily_nano: () => Number.POSITIVE_INFINITY,
  lineItemTotal_nano: () => Number.POSITIVE_INFINITY,
  lineItemImpressions: () => Number.POSITIVE_INFINITY,
  campaignDaily_nano: () => Number.POSITIVE_INFINITY,
  campaignTotal_nano: () => Number.POSITIVE_INFINITY,
}
const charge = (line_item: number, cost_nano: number): Charge => ({ line_item, campaign: line_item >> 1, cost_nano })

/** Limit, what is booked before, what is asked → the answer. */
const TABLE: [string, Partial<Authority>, Charge[], Charge, string | null][] = [
  ['exactly what is left', { lineItemDaily_nano: () => 5 }, [], charge(0, 5), null],
  ['one more', { lineItemDaily_nano: () => 5 }, [], charge(0, 6), 'daily_budget'],
  ['with an earlier charge', { lineItemDaily_nano: () => 5 }, [charge(0, 3)], charge(0, 3), 'daily_budget'],
  ['of another line item', { lineItemDaily_nano: () => 5 }, [charge(1, 3)], charge(0, 3), null],
  ['of the same campaign', { campaignDaily_nano: () => 5 }, [charge(1, 3)], charge(0, 3), 'daily_budget'],
  ['of another campaign', { campaignDaily_nano: () => 5 }, [charge(2, 3)], charge(0, 3), null],
  ['total', { lineItemTotal_nano: () => 5 }, [charge(0, 3)], charge(0, 3), 'total_budget'],
  ['total of the campaign', { campaignTotal_nano: () => 5 }, [charge(1, 3)], charge(0, 3), 'total_budget'],
  ['impressions', { lineItemImpressions: () => 2 }, [charge(0, 1), charge(0, 1)], charge(0, 1), 'impression_budget'],
  ['the last impression', { lineItemImpressions: () => 2 }, [charge(0, 1), charge(1, 1)], charge(0, 1), null],
  ['nothing left', { lineItemDaily_nano: () => 0 }, [], charge(0, 1), 'daily_budget'],
  ['overspent', { campaignTotal_nano: () => -7 }, [], charge(0, 1), 'total_budget'],
  [
    'the day before the total',
    { lineItemDaily_nano: () => 0, lineItemTotal_nano: () => 0 },
    [],
    charge(0, 1),
    'daily_budget',
  ],
]

for (const [name, limits, booked, asked, expected] of TABLE)
  test(`ledger: ${name}`, () => {
    const ledger = openLedger({ ...NO_LIMIT, ...limits })
    for (const taken of booked) ledger.book(taken)
    assert.equal(ledger.refuses(asked), expected)
  })

test('whatever is asked for, what was let through fits into every limit', () => {
  const charges = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5 })), { maxLength: 30 })
  fc.assert(
    fc.property(charges, fc.nat(30), fc.nat(30), fc.nat(8), (asked, ofItem, ofCampaign, impressions) => {
      const authority: Authority = {
        ...NO_LIMIT,
        ...{ lineItemDaily_nano: () => ofItem, campaignTotal_nano: () => ofCampaign },
        lineItemImpressions: () => impressions,
      }
      const ledger = openLedger(authority)
      const taken = asked
        .map(([item, cost]) => charge(item, cost))
        .filter(one => {
          const fits = ledger.refuses(one) === null
          if (fits) ledger.book(one)
          return fits
        })
      const sum = (of: Charge[]) => of.reduce((total, { cost_nano }) => total + cost_nano, 0)
      for (const [item, all] of Map.groupBy(taken, ({ line_item }) => line_item))
        assert.ok(sum(all) <= ofItem && all.length <= impressions, `line item ${item}`)
      for (const all of Map.groupBy(taken, ({ campaign }) => campaign).values()) assert.ok(sum(all) <= ofCampaign)
    }),
    { seed: 65 },
  )
})
