/** A canary on a serving thread: the second release in memory, who is in which arm, and what each arm does. */

import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { type Arm, LATENCY_BOUNDS_MS } from '@flightplan/contract/rollout.ts'
import type { Decision } from '@flightplan/engine/types.ts'
import { armOf } from './arms.ts'
import type { Serving } from './serving.ts'

/** How a channel record wants it. */
export interface TrialTerms {
  /** Digest of the canary; also the salt of the arms. */
  canary: string
  share_ppm: number
  /** After this the live release decides all, whatever the channel says. */
  expires_at_ms: number
  /** Names the comparison: counts are of one channel record. */
  sequence: number
}

/** By index of the line item in its release. Money: nano of USD. */
export interface ItemTally {
  /** In which it bid at least once: the bids of one auction come together, and are no evidence of their own. */
  auctions: number
  bids: number
  offered_nano: number
  spend_nano: number
}

export interface ArmTally {
  auctions: number
  answered: number
  bids: number
  no_bids: Map<string, number>
  faults: number
  late: number
  offered_nano: number
  spend_nano: number
  latency: Float64Array
  items: Map<string, ItemTally>
}

export interface TrialTally {
  sequence: number
  arms: Record<Arm, ArmTally>
}

export interface Trial {
  terms: TrialTerms
  serving: Serving
  tally: TrialTally
}

export const newArm = (): ArmTally => ({
  ...{ auctions: 0, answered: 0, bids: 0, faults: 0, late: 0, offered_nano: 0, spend_nano: 0 },
  no_bids: new Map(),
  latency: new Float64Array(LATENCY_BOUNDS_MS.length + 1),
  items: new Map(),
})

export const newTrialTally = (sequence: number): TrialTally => ({
  sequence,
  arms: { canary: newArm(), control: newArm() },
})

/** The arm of an auction; null: none, or no canary is on any more. */
export function trialArm({ terms }: Trial, exchange: string, auctionId: string, now_ms: number): Arm | null {
  return now_ms < terms.expires_at_ms ? armOf(terms.canary, terms.share_ppm, exchange, auctionId) : null
}

export function countArmNoBid(arm: ArmTally, reason: ReasonName): void {
  arm.no_bids.set(reason, (arm.no_bids.get(reason) ?? 0) + 1)
  if (reason === 'deadline') arm.late++
}

/** A test bid is answered like any other, but nobody pays for it. */
export function countArmBids(arm: ArmTally, { engine }: Serving, { bids, selection }: Decision, isTest: boolean): void {
  const { line_item, strings } = engine.snapshot
  const seen = new Set<ItemTally>()
  arm.answered++
  arm.bids += bids.length
  for (const { candidate, price_nano, currency } of bids) {
    const usd_nano = engine.rates.convert(price_nano, currency, 'USD', selection.now_ms, 'up') ?? price_nano
    const id = strings.get(line_item.id_str[candidate.line_item]!) // a row of the table
    const item = itemOf(arm, id)
    if (!seen.has(item)) item.auctions++
    seen.add(item)
    item.bids++
    item.offered_nano += usd_nano
    arm.offered_nano += usd_nano
    if (isTest) continue
    item.spend_nano += usd_nano
    arm.spend_nano += usd_nano
  }
}

export function countArmLatency(arm: ArmTally, elapsed_ms: number): void {
  let bucket = 0
  while (bucket < LATENCY_BOUNDS_MS.length && elapsed_ms > LATENCY_BOUNDS_MS[bucket]!) bucket++ // in range
  arm.auctions++
  arm.latency[bucket]!++ // at most the number of bounds
}

export function itemOf({ items }: ArmTally, id: string): ItemTally {
  const known = items.get(id)
  if (known) return known
  const item = { auctions: 0, bids: 0, offered_nano: 0, spend_nano: 0 }
  items.set(id, item)
  return item
}

/** Of one comparison: threads that still count another one are left out. */
export function addTrials(sequence: number, tallies: readonly (TrialTally | null)[]): TrialTally {
  const sum = newTrialTally(sequence)
  for (const tally of tallies) {
    if (tally?.sequence !== sequence) continue
    for (const arm of ['canary', 'control'] as const) addArm(sum.arms[arm], tally.arms[arm])
  }
  return sum
}

const SUMMED = ['auctions', 'answered', 'bids', 'faults', 'late', 'offered_nano', 'spend_nano'] as const

function addArm(sum: ArmTally, part: ArmTally): void {
  for (const name of SUMMED) sum[name] += part[name]
  for (const [reason, n] of part.no_bids) sum.no_bids.set(reason, (sum.no_bids.get(reason) ?? 0) + n)
  for (let i = 0; i < sum.latency.length; i++) sum.latency[i]! += part.latency[i]! // of one length
  for (const [id, { auctions, bids, offered_nano, spend_nano }] of part.items) {
    const item = itemOf(sum, id)
    item.auctions += auctions
    item.bids += bids
    item.offered_nano += offered_nano
    item.spend_nano += spend_nano
  }
}
