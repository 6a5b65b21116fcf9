/** 1,000 line items under a canary of 1%: one goes wrong, or none. Seeded. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { itemOf, newTrialTally } from '../../serve/trial.ts'
import { tripsOf } from '../../serve/tripwire.ts'

const ITEMS = 1000
/** One impression of an average line item; some cost a tenth, some ten times as much. */
const PRICE_NANO = 5_000_000

interface Item {
  id: string
  price_nano: number
  /** Bids in an arm between two looks. */
  perLook: number
  /** What a day may cost. */
  daily_nano: number
}

/** mulberry32 */
function random(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 0x1_0000_0000
  }
}

function items(next: () => number): Item[] {
  return Array.from({ length: ITEMS }, (_, i) => {
    const price_nano = PRICE_NANO * 10 ** (2 * next() - 1)
    const perLook = 0.02 * 10 ** (2 * next())
    return { id: `c/li-${i}`, price_nano, perLook, daily_nano: 0 }
  }).map(item => ({ ...item, daily_nano: dayOf(item) }))
}

/** 1% of the auctions, a look each two seconds: the whole traffic is a hundred times an arm's. */
const dayOf = ({ price_nano, perLook }: Item) => price_nano * perLook * 100 * 43_200

function poisson(mean: number, next: () => number): number {
  const limit = Math.exp(-mean)
  let n = 0
  for (let product = next(); product > limit; product *= next()) n++
  return n
}

/** @param wrong what the canary does with each: factor on price and on bids */
function play(seed: number, looks: number, wrong: (i: number) => { price: number; bids: number }) {
  const next = random(seed)
  const all = items(next)
  const tally = newTrialTally(1)
  const spent_nano = new Float64Array(ITEMS)
  const stopped = new Set<string>()
  for (let look = 0; look < looks; look++) {
    for (const [i, { id, price_nano, perLook }] of all.entries())
      for (const arm of ['canary', 'control'] as const) {
        const factor = arm === 'canary' ? wrong(i) : { price: 1, bids: 1 }
        if (arm === 'canary' && stopped.has(id)) continue
        const bids = poisson(perLook * factor.bids, next)
        const cost_nano = bids * price_nano * factor.price
        const item = itemOf(tally.arms[arm], id)
        item.auctions += bids
        item.bids += bids
        item.offered_nano += cost_nano
        item.spend_nano += cost_nano
        tally.arms[arm].bids += bids
        tally.arms[arm].offered_nano += cost_nano
        if (arm === 'canary') spent_nano[i]! += cost_nano
      }
    for (const { id } of tripsOf(tally, () => true, look)) stopped.add(id)
  }
  return { stopped, share: (i: number) => spent_nano[i]! / all[i]!.daily_nano, all }
}

const FINE = { price: 1, bids: 1 }
const WRONGS = [
  ['ten times the bid, and so four times the wins', { price: 10, bids: 4 }],
  ['no targeting any more: fifty times the auctions', { price: 1, bids: 50 }],
  ['a hundred times the pace', { price: 1, bids: 100 }],
] as const

for (const [what, wrong] of WRONGS)
  test(`one of 1,000 has ${what}: stopped before 1% of its old daily budget, and no other is`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { stopped, share } = play(seed, 300, i => (i === 17 ? wrong : FINE))
      assert.deepEqual([...stopped], ['c/li-17'], `seed ${seed}`)
      assert.ok(share(17) < 0.01, `seed ${seed}: ${share(17)}`)
    }
  })

test('the same release against itself: of 1,000 line items none trips, in an hour of looks, of 10 seeds', () => {
  for (let seed = 11; seed <= 20; seed++) assert.equal(play(seed, 1800, () => FINE).stopped.size, 0, `seed ${seed}`)
})

test('a line item that the old release does not have is not judged by it', () => {
  const tally = newTrialTally(1)
  Object.assign(itemOf(tally.arms.canary, 'c/new'), {
    auctions: 1000,
    bids: 1000,
    spend_nano: 1e12,
    offered_nano: 1e12,
  })
  assert.deepEqual(
    tripsOf(tally, () => false, 0),
    [],
  )
  assert.equal(tripsOf(tally, () => true, 0)[0]?.id, 'c/new')
})
