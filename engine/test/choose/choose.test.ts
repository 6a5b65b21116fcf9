import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choose } from '../../choose.ts'
import { openLedger } from '../../ledger.ts'
import { Losses } from '../../losses.ts'
import { parseAuction } from '../../parse/parse.ts'
import type { Offer } from '../../price/offer.ts'
import type { Authority } from '../../types.ts'

const [imp] = parseAuction({ id: 'r', imp: [{ id: '1', banner: { w: 300, h: 250 } }] })?.imps ?? []
const [slot] = imp?.slots ?? []

const LINE_ITEMS = 6
/** Few values, so that ties and clashes of budget are common. */
const drafts = fc.array(
  fc.record({
    line_item: fc.nat(LINE_ITEMS - 1),
    creative: fc.nat(1),
    tier: fc.integer({ min: 1, max: 2 }),
    price: fc.integer({ min: 1, max: 4 }),
    deal: fc.constantFrom(null, null, 0, 1),
  }),
  { maxLength: 14 },
)
type Draft = typeof drafts extends fc.Arbitrary<(infer D)[]> ? D : never

/** The engine makes at most one offer for each line item and place; so does this. */
function offersOf(all: readonly Draft[]): Offer[] {
  assert.ok(imp && slot)
  const seen = new Set<string>()
  return all.flatMap(({ line_item, creative, tier, price, deal }) => {
    const key = `${line_item} ${deal}`
    if (seen.has(key)) return []
    seen.add(key)
    const candidate = { imp, slot, line_item, terms: [], rotation: [0], deals: [], open: true }
    return [{ candidate, creative, tier, price_nano: price, media_nano: price, deal } satisfies Offer]
  })
}

/** Some line items draw lots, and draw the same. */
const tie = ({ candidate }: Offer) => [7, 7, 3, 9, 3, 1][candidate.line_item] ?? 0

const left = (amount: number): Authority => ({
  lineItemDaily_nano: () => amount,
  lineItemTotal_nano: () => Number.POSITIVE_INFINITY,
  lineItemImpressions: () => Number.POSITIVE_INFINITY,
  campaignDaily_nano: () => amount + 2,
  campaignTotal_nano: () => Number.POSITIVE_INFINITY,
})
const NO_ADS = { seconds: () => 0, advertiser: () => 0 }
const budgets = fc.constantFrom(2, 4, 6, Number.POSITIVE_INFINITY)
function run(offers: readonly Offer[], budget: number) {
  const losses = new Losses(true)
  const charge = ({ candidate: { line_item }, media_nano }: Offer) => ({
    ...{ line_item, campaign: line_item % 2, cost_nano: media_nano },
  })
  const won = choose(offers, { tie, charge, ledger: openLedger(left(budget)), losses, ads: NO_ADS }, null)
  return { winners: won.map(({ offer }) => offer), losers: losses.losers ?? [] }
}
const shown = (offers: readonly Offer[]) =>
  offers.map(({ candidate, creative, deal, price_nano }) => [candidate.line_item, creative, deal, price_nano])

test('the order of the offers does not matter', () => {
  const shuffled = drafts.chain(all => {
    const offers = offersOf(all)
    return fc.tuple(fc.constant(offers), fc.shuffledSubarray(offers, { minLength: offers.length }))
  })
  fc.assert(
    fc.property(shuffled, budgets, ([offers, other], budget) => {
      assert.deepEqual(shown(run(other, budget).winners), shown(run(offers, budget).winners))
    }),
    { seed: 61, numRuns: 1_000 },
  )
})

test('without one of the losers the same win', () => {
  let removed = 0
  fc.assert(
    fc.property(drafts, budgets, fc.nat(13), (all, budget, pick) => {
      const offers = offersOf(all)
      const { winners } = run(offers, budget)
      const lost = offers.filter(offer => !winners.includes(offer))
      const gone = lost[pick % Math.max(1, lost.length)]
      if (!gone) return
      removed++
      const rest = run(
        offers.filter(offer => offer !== gone),
        budget,
      )
      assert.deepEqual(shown(rest.winners), shown(winners))
    }),
    { seed: 62, numRuns: 1_000 },
  )
  assert.ok(removed > 500, `${removed}`)
})

test('one winner for each place, no ad twice, and every place with money left is taken', () => {
  fc.assert(
    fc.property(drafts, budgets, (all, budget) => {
      const offers = offersOf(all)
      const { winners, losers } = run(offers, budget)
      const places = winners.map(({ deal }) => deal)
      assert.equal(new Set(places).size, places.length)
      const ads = winners.map(({ candidate, creative }) => `${candidate.line_item} ${creative}`)
      assert.equal(new Set(ads).size, ads.length)
      if (budget < Number.POSITIVE_INFINITY) return
      for (const deal of new Set(offers.flatMap(({ deal }) => (deal === null ? [] : [deal])))) {
        const isElsewhere = (offer: Offer) => ads.includes(`${offer.candidate.line_item} ${offer.creative}`)
        assert.ok(places.includes(deal) || offers.filter(offer => offer.deal === deal).every(isElsewhere))
      }
      assert.ok(losers.every(({ reason }) => reason.startsWith('lost_')))
    }),
    { seed: 63, numRuns: 1_000 },
  )
})

test('the winner of the first place is the best of it: tier, price, lot, id', () => {
  const rank = ({ tier, price_nano, candidate, ...offer }: Offer) =>
    [tier, -price_nano, -tie({ ...offer, tier, price_nano, candidate }), candidate.line_item] as const
  fc.assert(
    fc.property(drafts, all => {
      const offers = offersOf(all.map(draft => ({ ...draft, deal: null })))
      const [winner] = run(offers, Number.POSITIVE_INFINITY).winners
      const ranks = offers.map(rank).sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3])
      assert.deepEqual(winner ? rank(winner) : undefined, ranks[0])
    }),
    { seed: 64 },
  )
})

test('losers are told what they lost to', () => {
  const draft = { line_item: 0, creative: 0, tier: 1, price: 3, deal: null }
  const others = [
    { ...draft, line_item: 1 },
    { ...draft, line_item: 2, price: 2 },
    { ...draft, line_item: 3, tier: 2, price: 4 },
  ]
  const { winners, losers } = run(offersOf([draft, ...others]), Number.POSITIVE_INFINITY)
  assert.deepEqual(shown(winners), [[0, 0, null, 3]])
  assert.deepEqual(
    losers.map(({ line_item, reason, needed_nano, offered_nano }) => [line_item, reason, needed_nano, offered_nano]),
    [
      [1, 'lost_rotation', 3, 3],
      [2, 'lost_value', 3, 2],
      [3, 'lost_tier', 3, 4],
    ],
  )
})
