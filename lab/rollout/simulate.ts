/** A whole rollout on a virtual clock: the real controller against a drawn fleet, from the first wave to the end. */
import type { AckReport, ChannelRecord } from '@flightplan/contract/channel.ts'
import type { CanaryReport } from '@flightplan/contract/rollout.ts'
import { step } from '@flightplan/runtime/rollout/control.ts'
import type { Predicted } from '@flightplan/runtime/rollout/gates.ts'
import { begin, DEFAULTS, isOver, type Rollout, type Settings } from '@flightplan/runtime/rollout/rollout.ts'
import { Random } from '../traffic/random.ts'
import { normal } from './draw.ts'
import { HARMLESS, type Harm, newArm, playArm } from './market.ts'

export interface Case {
  seed: number
  harm: Harm
  /** Auctions of the fleet in a day. */
  perDay: number
  /** Between two looks. */
  look_ms: number
  settings?: Settings
  predicted?: Predicted
}

export interface Outcome {
  phase: Rollout['phase']
  why: string
  took_ms: number
  wave: number
  /** Of a day's auctions, those that the canary decided before it ended; until a promotion, if there was one. */
  exposed: number
  /** What the canary was charged, as a share of what the fleet spends in a day without it. */
  money: number
  spend_nano: number
  looks: number
}

const DAY_MS = 86_400_000
const [LIVE, CANARY] = ['a'.repeat(64), 'b'.repeat(64)]
const START_MS = Date.UTC(2027, 2, 1)

export function simulate({ seed, harm, perDay, look_ms, settings = DEFAULTS, predicted = {} }: Case): Outcome {
  const random = new Random(seed, 0)
  const fixed = { format: 1, channel: 'live', pinned: false, reason: '' }
  let head: ChannelRecord = { ...fixed, sequence: 1, live: LIVE, canary: null, share_ppm: 0, made_at_ms: START_MS }
  let rollout = begin(
    { channel: 'live', live: LIVE, canary: CANARY, base_sequence: 1, built_at_ms: 0, predicted, settings, why: '' },
    START_MS,
  )
  let [canary, control] = [newArm('canary'), newArm('control')]
  let [auctions, spend_nano, looks] = [0, 0, 0]
  let now_ms = START_MS
  while (!isOver(rollout) || rollout.sequence === null) {
    const report: CanaryReport = {
      ...{ bidder: 'b-1', channel: 'live', sequence: head.sequence, canary: CANARY, control: LIVE },
      ...{ share_ppm: head.share_ppm, since_ms: head.made_at_ms, at_ms: now_ms, tripped: [] },
      arms: { canary: canary.counts, control: control.counts },
      line_items: control.items,
    }
    const { rollout: next, move } = step(rollout, { head, reports: [report], acks: [ackOf(head, now_ms)], now_ms })
    rollout = next
    looks++
    if (move) {
      head = { ...fixed, ...move, sequence: head.sequence + 1, made_at_ms: now_ms }
      auctions += canary.counts.auctions
      spend_nano += canary.counts.spend_nano
      canary = newArm('canary')
      control = newArm('control')
    }
    if (isOver(rollout)) continue
    const mean = (perDay / DAY_MS) * look_ms * (head.share_ppm / 1e6)
    const noise = 2 ** (0.2 * normal(random))
    playArm(random, mean, harm, noise, canary)
    playArm(random, mean, HARMLESS, noise, control)
    now_ms += look_ms
  }
  const day_nano = perDay * SPEND_NANO
  return {
    ...{ phase: rollout.phase, why: rollout.why, took_ms: now_ms - START_MS, wave: rollout.wave, looks },
    ...{ exposed: auctions / perDay, money: spend_nano / day_nano, spend_nano },
  }
}

const ackOf = ({ sequence, live }: ChannelRecord, at_ms: number): AckReport => ({
  ...{ bidder: 'b-1', channel: 'live', state: 'live', digest: live, sequence, load_ms: 1, code: '', text: '' },
  ...{ serving: live, from: 'redis', fetched_bytes: 0, last_good: live, last_good_at_ms: 0, at_ms },
})

/** Of one auction, without harm: from a long draw, so that money can be told as a share of a day's. */
const SPEND_NANO = (() => {
  const arm = newArm('control')
  playArm(new Random(7, 1), 2_000_000, HARMLESS, 1, arm)
  return arm.counts.spend_nano / arm.counts.auctions
})()
