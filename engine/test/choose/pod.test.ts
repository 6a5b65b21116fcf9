/** Dynamic pods: whatever is offered, the seller can take all of our bids on the imp. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choose } from '../../choose.ts'
import { openLedger } from '../../ledger.ts'
import { Losses } from '../../losses.ts'
import { parseAuction } from '../../parse/parse.ts'
import { roomsOf } from '../../pod.ts'
import type { Offer } from '../../price/offer.ts'

const left = () => Number.POSITIVE_INFINITY
const RICH = {
  ...{ lineItemDaily_nano: left, lineItemTotal_nano: left, lineItemImpressions: left },
  ...{ campaignDaily_nano: left, campaignTotal_nano: left },
}
const drafts = fc.array(
  fc.record({
    seconds: fc.constantFrom(0, 6, 15, 20, 30, 60),
    advertiser: fc.nat(5),
    price: fc.integer({ min: 1, max: 6 }),
    deal: fc.constantFrom(null, null, 0),
    isBanner: fc.boolean(),
  }),
  { maxLength: 20 },
)
const pods = fc.record({ poddur: fc.integer({ min: 1, max: 120 }), maxseq: fc.option(fc.integer({ min: 1, max: 5 })) })

/** By line item: its index is its number in the list. */
function play(
  all: typeof drafts extends fc.Arbitrary<infer D> ? D : never,
  pod: { poddur: number; maxseq: number | null },
) {
  const [imp] = parseAuction({ id: 'r', imp: [{ id: '1', video: pod, banner: { w: 300, h: 250 } }] })?.imps ?? []
  assert.ok(imp)
  const [banner, video] = imp.slots
  assert.ok(banner && video)
  const offers = all.map(({ price, deal, isBanner }, line_item): Offer => {
    const candidate = {
      imp,
      slot: isBanner ? banner : video,
      line_item,
      terms: [],
      rotation: [0],
      deals: [],
      open: true,
    }
    return { candidate, creative: line_item, tier: 1, price_nano: price, media_nano: price, deal }
  })
  const ads = {
    seconds: ({ creative }: Offer) => all[creative]!.seconds, // an index of the list, here and below
    advertiser: ({ creative }: Offer) => all[creative]!.advertiser,
  }
  const charge = ({ candidate: { line_item }, media_nano }: Offer) => ({
    line_item,
    campaign: 0,
    cost_nano: media_nano,
  })
  const choice = { tie: () => 0, charge, ledger: openLedger(RICH), losses: new Losses(true), ads }
  const won = choose(offers, choice, roomsOf(imp)).map(({ offer }) => offer.candidate.line_item)
  return { won: won.map(i => ({ ...all[i]!, i })), losers: choice.losses.losers ?? [] }
}

test('a pod is never overfilled, has no advertiser twice, and leaves out nothing that still fits', () => {
  fc.assert(
    fc.property(drafts, pods, (all, pod) => {
      const { won, losers } = play(all, pod)
      const inPod = won.filter(({ isBanner }) => !isBanner)
      const used = inPod.reduce((sum, { seconds }) => sum + seconds, 0)
      assert.ok(used <= pod.poddur)
      assert.ok(inPod.length <= (pod.maxseq ?? 99))
      assert.equal(new Set(inPod.map(({ advertiser }) => advertiser)).size, inPod.length)
      assert.equal(won.length + losers.length, all.length, 'everyone hears how it ended')
      for (const deal of [null, 0]) {
        const place = won.filter(one => one.deal === deal)
        assert.ok(place.length <= 1 || place.every(({ isBanner }) => !isBanner), 'one banner, or a pod')
        if (place.some(({ isBanner }) => isBanner)) continue
        for (const [i, one] of all.entries())
          if (one.deal === deal && !one.isBanner && one.seconds > 0 && !won.some(other => other.i === i))
            assert.ok(
              used + one.seconds > pod.poddur ||
                inPod.length >= (pod.maxseq ?? 99) ||
                inPod.some(({ advertiser }) => advertiser === one.advertiser),
              `${i} would fit`,
            )
      }
    }),
  )
})

test('the best come first: within a place prices fall, and the first is the best that fits alone', () => {
  fc.assert(
    fc.property(drafts, pods, (all, pod) => {
      const open = play(all, pod).won.filter(({ deal }) => deal === null)
      assert.deepEqual(
        open.map(({ price }) => price),
        open.map(({ price }) => price).sort((a, b) => b - a),
      )
    }),
  )
})
