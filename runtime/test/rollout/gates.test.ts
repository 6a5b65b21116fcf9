import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ArmCounts, ItemCounts } from '@flightplan/contract/rollout.ts'
import { addArms, addCounts, latencySpread, noArms, noCounts, priceSpread, slowerThan } from '../../rollout/counts.ts'
import { GATES, type GateName, judge, type Predicted, type Verdict } from '../../rollout/gates.ts'

/** A healthy arm of so many auctions. */
function arm(auctions: number, change: Partial<ArmCounts> = {}): ArmCounts {
  const answered = Math.round(auctions / 4)
  const latency = [0, 0, 0.4, 0.3, 0.2, 0.09, 0.01].map(share => Math.round(share * auctions))
  return {
    ...{ ...noCounts(), auctions, answered, bids: answered, offered_nano: answered * 2_000_000, late: auctions / 1000 },
    ...{ wins: Math.round(answered / 4), spend_nano: Math.round(answered / 4) * 2_000_000 },
    ...{ no_bids: { no_candidate: Math.round(auctions * 0.6), below_floor: Math.round(auctions * 0.15) } },
    latency: [...latency, 0, 0, 0, 0],
    ...change,
  }
}
const N = 200_000
const healthy = arm(N)

function states(
  canary: ArmCounts,
  predicted: Predicted = {},
  control = healthy,
  tolerance = 1,
): Map<GateName, Verdict> {
  const verdicts = judge({ arms: { canary, control }, priceSpread: 1, tripped: [] }, predicted, tolerance)
  return new Map(verdicts.map(verdict => [verdict.gate, verdict]))
}
const failing = (of: Map<GateName, Verdict>) =>
  [...of.values()].filter(({ state }) => state === 'fail').map(v => v.gate)

test('an arm like the other passes every gate', () => {
  const all = [...states(healthy).values()]
  assert.deepEqual(
    all.map(({ gate, state }) => [gate, state]),
    GATES.map(gate => [gate, 'pass']),
  )
  for (const { text } of all) assert.ok(text.length > 10 && !text.includes('NaN'), text)
})

/** More or fewer answers, each worth what it was, and as often won. */
const scaled = (by: number): Partial<ArmCounts> => ({
  ...{ answered: healthy.answered * by, bids: healthy.bids * by, offered_nano: healthy.offered_nano * by },
  ...{ wins: healthy.wins * by, spend_nano: healthy.spend_nano * by },
})
const FAULTS: [what: string, change: Partial<ArmCounts>, fails: GateName[]][] = [
  [
    'half the answers',
    { ...scaled(0.5), no_bids: { no_candidate: N * 0.725, below_floor: N * 0.15 } },
    ['bid_rate', 'no_bid_mix', 'spend'],
  ],
  ['a fifth more answers', scaled(1.2), ['bid_rate']],
  ['no answer at all', { answered: 0, bids: 0, offered_nano: 0, wins: 0, spend_nano: 0 }, ['bid_rate', 'spend']],
  ['dear bids', { offered_nano: healthy.offered_nano * 2 }, ['price']],
  ['cheap bids', { offered_nano: healthy.offered_nano / 2 }, ['price']],
  ['spends half as much again', { spend_nano: healthy.spend_nano * 1.5 }, ['spend']],
  ['wins half', { wins: Math.round(healthy.wins / 2) }, ['win_rate']],
  ['faults', { faults: 1000 }, ['faults']],
  ['late answers', { late: N / 50 }, ['late']],
  ['another reason', { no_bids: { no_candidate: N * 0.5, below_floor: N * 0.25 } }, ['no_bid_mix']],
  ['a reason that was not there', { no_bids: { privacy: N * 0.75 } }, ['no_bid_mix']],
  ['fewer auctions', arm(N * 0.9), ['sample_ratio']],
  ['slow decisions', { latency: [0, ...healthy.latency.slice(0, -1)] }, ['decision_mean', 'decision_p99']],
  [
    'a slow tail',
    { latency: healthy.latency.map((n, i) => (i === 3 ? n - 8000 : i === 8 ? 8000 : n)) },
    ['decision_mean', 'decision_p99'],
  ],
]
for (const [what, change, fails] of FAULTS)
  test(`${what} fail ${fails.join(', ')}`, () => assert.deepEqual(failing(states({ ...healthy, ...change })), fails))

const HARMLESS: [string, Partial<ArmCounts>][] = [
  ['2% fewer answers', { answered: Math.round(healthy.answered * 0.98) }],
  ['bids 3% dearer', { offered_nano: healthy.offered_nano * 1.03 }],
  ['no faults at all, and none late', { late: 0 }],
  ['decisions in half the time', { latency: [...healthy.latency.slice(1), 0] }],
  ['a few faults', { faults: 20 }],
]
for (const [what, change] of HARMLESS)
  test(`${what}: nothing fails`, () => assert.deepEqual(failing(states({ ...healthy, ...change })), []))

test('what the plan predicts is no fault, and the lack of it is', () => {
  const doubled = { ...healthy, offered_nano: healthy.offered_nano * 2, spend_nano: healthy.spend_nano * 2 }
  assert.deepEqual(failing(states(doubled)), ['price', 'spend'])
  const predicted: Predicted = { price: [1.9, 2.1], spend: [1.7, 2.3] }
  assert.deepEqual(failing(states(doubled, predicted)), [])
  assert.deepEqual(failing(states(healthy, predicted)), ['price', 'spend'])
})

test('too few auctions hold everything but what a bidder has stopped', () => {
  const few = states(arm(100), {}, arm(100))
  assert.deepEqual([...new Set([...few.values()].map(({ state }) => state))], ['hold', 'pass'])
  assert.equal(few.get('tripped')?.state, 'pass')
  const stopped = { id: 'spring/broad', at_ms: 1, why: 'ten times its plan', bidder: 'b-1' }
  const verdicts = judge({ arms: { canary: arm(10), control: arm(10) }, priceSpread: 1, tripped: [stopped] }, {}, 1)
  const tripped = verdicts.find(({ gate }) => gate === 'tripped')
  assert.equal(tripped?.state, 'fail')
  assert.equal(tripped?.text, 'b-1 stopped spring/broad: ten times its plan')
})

test('a small sample holds where a tolerant wave passes', () => {
  const [strict, tolerant] = [states(arm(1600), {}, arm(1600)), states(arm(1600), {}, arm(1600), 12)]
  assert.equal(strict.get('bid_rate')?.state, 'hold')
  assert.equal(tolerant.get('bid_rate')?.state, 'pass')
})

test('without notices, charges and times nothing is waited for; where only the canary lacks them, it fails', () => {
  const quiet = { wins: 0, losses: 0, spend_nano: 0, latency: noCounts().latency }
  const both = states({ ...healthy, ...quiet }, {}, { ...healthy, ...quiet })
  const held = [...both.values()].filter(({ state }) => state === 'hold')
  assert.deepEqual(
    held.map(({ gate, waits }) => [gate, waits]),
    ['win_rate', 'spend', 'decision_mean', 'decision_p99'].map(gate => [gate, false]),
  )
  assert.deepEqual(failing(states({ ...healthy, wins: 0, spend_nano: 0 })), ['win_rate', 'spend'])
})

test('reasons are names from outside, whatever they are called', () => {
  const no_bids = JSON.parse('{"__proto__": 5, "constructor": 7}') as Record<string, number>
  const sum = addCounts({ ...noCounts(), no_bids }, { ...noCounts(), no_bids })
  assert.deepEqual(Object.entries(sum.no_bids), [
    ['__proto__', 10],
    ['constructor', 14],
  ])
  assert.equal(({} as Record<string, unknown>)['5'], undefined)
  assert.deepEqual(failing(states({ ...healthy, no_bids }, {}, { ...healthy, no_bids })), [])
})

test('counts add up, and histograms say means and tails', () => {
  const arms = addArms({ canary: arm(1000), control: arm(2000) }, { canary: arm(1000), control: noCounts() })
  assert.deepEqual([arms.canary, arms.control], [addCounts(arm(1000), arm(1000)), arm(2000)])
  assert.deepEqual(addArms(noArms(), arms), arms)
  const times = { ...noCounts(), latency: [0, 0, 0, 50, 0, 0, 50, 0, 0, 0, 0] }
  const { n, mean } = latencySpread(times)
  assert.deepEqual([n, mean], [100, (0.75 + 7.5) / 2])
  assert.equal(slowerThan(times, 5), 50)
})

test('one dear line item among many makes prices uneven', () => {
  const item = (id: string, cpm: number, bids: number): ItemCounts => ({
    ...{ id, arm: 'control', bids, offered_nano: bids * cpm * 1e6, spend_nano: 0 },
  })
  assert.equal(priceSpread([]), 1, 'unknown')
  assert.equal(priceSpread([item('a', 2, 1000)]), 0.5, 'the least')
  assert.ok(priceSpread([item('a', 1, 1000), item('b', 100, 10)]) > 20)
})
