import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AckReport, ChannelRecord } from '@flightplan/contract/channel.ts'
import type { ArmCounts, CanaryReport } from '@flightplan/contract/rollout.ts'
import { type Seen, step } from '../../rollout/control.ts'
import { noCounts } from '../../rollout/counts.ts'
import { begin, moveOf, type Rollout, type Settings } from '../../rollout/rollout.ts'
import { ack } from '../store/contract.ts'

const [LIVE, CANARY] = ['a'.repeat(64), 'b'.repeat(64)]
const START_MS = 1_000_000
const SETTINGS: Settings = {
  waves: [
    { share_ppm: 10_000, min_ms: 60_000, min_auctions: 1000, tolerance: 20 },
    { share_ppm: 500_000, min_ms: 60_000, min_auctions: 5000, tolerance: 20 },
  ],
  ...{ quorum: 0.9, ack_ms: 30_000, expires_ms: 600_000 },
}
const how = {
  channel: 'live',
  live: LIVE,
  canary: CANARY,
  built_at_ms: 0,
  predicted: {},
  settings: SETTINGS,
  why: 'go',
}
const fresh = begin({ ...how, base_sequence: 7 }, START_MS)
const base = { format: 1, channel: 'live', pinned: false, made_at_ms: START_MS, reason: '' }
const before: ChannelRecord = { ...base, sequence: 7, live: LIVE, canary: null, share_ppm: 0 }
const headOf = (rollout: Rollout, sequence: number): ChannelRecord => ({ ...base, ...moveOf(rollout), sequence })

/** In its first wave, whose record is number 8. */
const running: Rollout = { ...fresh, sequence: 8, wave_at_ms: START_MS }

const arm = (auctions: number, answered = auctions / 2): ArmCounts => ({
  ...{ ...noCounts(), auctions, answered, bids: answered, offered_nano: answered * 1e6 },
  no_bids: { no_candidate: auctions - answered },
})
function report(canary: ArmCounts, control: ArmCounts, more: Partial<CanaryReport> = {}): CanaryReport {
  return {
    ...{ bidder: 'b-1', channel: 'live', sequence: 8, canary: CANARY, control: LIVE, share_ppm: 10_000 },
    ...{ since_ms: START_MS, at_ms: START_MS, arms: { canary, control }, line_items: [], tripped: [], ...more },
  }
}
const acked = (now_ms: number, sequence = 8): AckReport[] =>
  ['b-1', 'b-2'].map(name => ack(name, { sequence, at_ms: now_ms }))

function after(s: number, more: Partial<Seen> = {}): Seen {
  const now_ms = START_MS + s * 1000
  return { head: headOf(running, 8), reports: [report(arm(5000), arm(5000))], acks: acked(now_ms), now_ms, ...more }
}

test('the state is kept first: the next look makes the record, the one after takes it up', () => {
  const first = step(fresh, after(0, { head: before }))
  assert.equal(first.rollout, fresh)
  assert.deepEqual(first.move, {
    ...{ live: LIVE, canary: CANARY, share_ppm: 10_000, pinned: false },
    rollout: { id: fresh.id, expires_at_ms: START_MS + 600_000 },
  })
  const second = step(fresh, after(1, { head: { ...headOf(fresh, 8), made_at_ms: START_MS + 500 } }))
  assert.equal(second.move, null)
  assert.deepEqual(second.rollout, { ...fresh, sequence: 8, wave_at_ms: START_MS + 500 })
})

test('a wave lasts as long as it must, counts what it must, and then the next record is made', () => {
  assert.equal(step(running, after(59)).waits, '1 s more')
  assert.match(
    step(running, after(60, { reports: [] })).waits,
    /0 of 1000 auctions; not clear yet: sample_ratio, faults/,
  )
  const reports = [report(arm(2500), arm(2500)), report(arm(2500), arm(2500), { bidder: 'b-2' })]
  const { rollout, move, arms } = step(running, after(60, { reports }))
  assert.deepEqual([rollout.wave, rollout.sequence, rollout.why], [1, null, 'wave 2 of 2: 50%'])
  assert.deepEqual([arms.canary.auctions, rollout.settled.canary.auctions], [5000, 5000])
  assert.equal(move?.share_ppm, 500_000)
})

test('what other records or other canaries counted is left out', () => {
  const reports = [report(arm(5000), arm(5000), { sequence: 7 }), report(arm(5000), arm(5000), { canary: 'c' })]
  assert.equal(step(running, after(60, { reports })).arms.canary.auctions, 0)
})

test('after the last wave it is promoted, and done when every bidder that is heard of serves it', () => {
  const last: Rollout = { ...running, wave: 1 }
  const { rollout, move } = step(last, after(60, { head: headOf(last, 8) }))
  assert.deepEqual([rollout.phase, move], ['promoted', { live: CANARY, canary: null, share_ppm: 0, pinned: false }])
  const made = step(rollout, after(61, { head: headOf(rollout, 9) })).rollout
  assert.equal(made.sequence, 9)
  assert.equal(step(made, after(62, { head: headOf(made, 9) })).rollout, made, 'nobody serves it yet')
  const now_ms = START_MS + 63_000
  const silent = ack('b-3', { at_ms: now_ms - 60_000 })
  const served = step(made, after(63, { head: headOf(made, 9), acks: [...acked(now_ms, 9), silent] })).rollout
  assert.equal(served.served_at_ms, now_ms)
})

const nack = (at_ms: number) =>
  ack('b-2', { state: 'nack', code: 'wrong_signature', text: 'by whom?', sequence: 8, at_ms })
const ENDS: [what: string, seen: Seen, why: RegExp, unreached: boolean][] = [
  [
    'a gate that fails',
    after(5, { reports: [report(arm(5000, 1000), arm(5000))] }),
    /^bid_rate: 20\.0%.*; no_bid_mix/,
    false,
  ],
  [
    'a line item that a bidder stopped, at once',
    after(1, {
      reports: [report(arm(1), arm(1), { tripped: [{ id: 'spring/broad', at_ms: 1, why: '10 × its plan' }] })],
    }),
    /^tripped: b-1 stopped spring\/broad: 10 × its plan$/,
    false,
  ],
  [
    'a bidder that refuses it',
    after(5, { acks: [ack('b-1', { sequence: 8, at_ms: START_MS }), nack(START_MS)] }),
    /^1 of 2 bidders refuse it: b-2: wrong_signature/,
    true,
  ],
  [
    'a fleet that does not take it',
    after(31, { acks: acked(START_MS + 31_000, 7) }),
    /^after 31 s 0 of 2 bidders/,
    true,
  ],
  ['nobody who is heard of', after(31, { acks: [] }), /^after 31 s 0 of 0 bidders/, true],
  ['its end', after(600, { reports: [] }), /^expired after 600 s, waiting: 0 of 1000/, false],
]
for (const [what, seen, why, unreached] of ENDS)
  test(`${what} aborts it`, () => {
    for (const phase of ['running', 'paused'] as const) {
      const { rollout, move } = step({ ...running, phase }, seen)
      assert.match(rollout.why, why)
      assert.deepEqual([rollout.phase, rollout.unreached], ['aborted', unreached])
      assert.deepEqual(move, { live: LIVE, canary: null, share_ppm: 0, pinned: false })
    }
  })

test('a paused one stays where it is', () => {
  const paused: Rollout = { ...running, phase: 'paused' }
  const { rollout, move, waits } = step(paused, after(60))
  assert.deepEqual([rollout, move, waits], [paused, null, 'paused'])
})

test('one bidder in ten may be missing, as the quorum says', () => {
  const acks = Array.from({ length: 10 }, (_, i) =>
    ack(`b-${i}`, { sequence: i === 0 ? 7 : 8, at_ms: START_MS + 60_000 }),
  )
  assert.equal(step(running, after(60, { acks })).rollout.wave, 1)
  acks[1] = { ...acks[1]!, sequence: 7 } // ten were made
  assert.match(step({ ...running, settings: { ...SETTINGS, ack_ms: 90_000 } }, after(60, { acks })).waits, /8 of 10/)
})

const OTHERS: [what: string, head: ChannelRecord | null][] = [
  ['a rollback', { ...before, sequence: 9, live: 'c'.repeat(64), pinned: true, reason: 'wrong price' }],
  ['a publish', { ...before, sequence: 9, live: 'c'.repeat(64) }],
  [
    'another rollout',
    { ...before, sequence: 9, canary: CANARY, share_ppm: 10_000, rollout: { id: 'r1', expires_at_ms: 9 } },
  ],
  ['the loss of the channel', null],
]
for (const [what, head] of OTHERS)
  test(`${what} ends it, and its record stays`, () => {
    for (const state of [running, fresh]) {
      const { rollout, move } = step(state, after(5, { head }))
      assert.deepEqual([rollout.phase, rollout.sequence, move], ['aborted', head?.sequence ?? 0, null])
      assert.match(rollout.why, /the channel (was moved by another: record 9|is gone)/)
    }
  })

test('an end before the first record leaves the channel as it is', () => {
  const aborted: Rollout = { ...fresh, phase: 'aborted' }
  const { rollout, move } = step(aborted, after(1, { head: before }))
  assert.deepEqual([rollout.sequence, move], [7, null])
})
