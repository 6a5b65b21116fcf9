/** Two estimates → the rows that people read: base, new, difference, how sure, and on what evidence. */

import type { Estimate, SideEstimate } from './estimate.ts'
import { type Interval, intervalOf } from './interval.ts'
import type { Replay } from './replay.ts'

/** `exact`: decided, not guessed. `modelled`: hangs on how auctions end. `not supported`: the log has no such traffic. */
export type Evidence = 'exact' | 'modelled' | 'not supported'

/** Money in nano of the order's currency; counts scaled to the whole traffic. */
export interface Figure {
  base: number
  head: number
  /** 90%, of head and of the difference; null where nothing is guessed. */
  head_90: Interval | null
  delta_90: Interval | null
  evidence: Evidence
}

export interface Row {
  id: string
  currency: string
  eligible: Figure
  bids: Figure
  wins: Figure
  spend_nano: Figure
  /** Mean price of a win, in nano per impression; null without wins. */
  price_nano: { base: number | null; head: number | null }
  /** Expected users in the sample, not scaled; null where the log knows none of them. */
  reach: { base: number | null; head: number | null; known_share: number } | null
  /** Share of the new bids of which the log tells something. */
  support: number
  /** Bids that only a budget prevented, in the new release. */
  refused: number
}

/** Below this share of known bids a prediction is none. */
const LEAST_SUPPORT = 0.8

const NOTHING = (replicates: number): Estimate => ({
  ...{ eligible: 0, bids: 0, wins: 0, spend_nano: 0, known: 0, refused: 0, step_nano: 0 },
  spends: new Float64Array(replicates),
  winCounts: new Float64Array(replicates),
})

export interface RowContext {
  base: ReadonlyMap<string, Estimate>
  head: ReadonlyMap<string, Estimate>
  replicates: number
  currencyOf(id: string): string
  /** True: what it targets is not in the log at all. */
  unsupported(id: string): boolean
  reach?(id: string): Row['reach']
}

/** Every id of either side, by name. */
export function rowsOf(context: RowContext): Row[] {
  const ids = [...new Set([...context.base.keys(), ...context.head.keys()])].sort()
  return ids.map(id => rowOf(context, id))
}

function rowOf({ base, head, replicates, currencyOf, unsupported, reach }: RowContext, id: string): Row {
  const [was, is] = [base.get(id) ?? NOTHING(replicates), head.get(id) ?? NOTHING(replicates)]
  const support = is.bids > 0 ? is.known / is.bids : 1
  const guessed: Evidence = unsupported(id) || support < LEAST_SUPPORT ? 'not supported' : 'modelled'
  // Who bids is decided, not guessed, unless a budget that is spent by guessed wins has a say in it.
  const bidding: Evidence = unsupported(id) ? 'not supported' : was.refused + is.refused > 0 ? 'modelled' : 'exact'
  const step = is.step_nano
  return {
    id,
    currency: currencyOf(id),
    eligible: { ...plain(was.eligible, is.eligible), evidence: unsupported(id) ? 'not supported' : 'exact' },
    bids: { ...plain(was.bids, is.bids), evidence: bidding },
    wins: guess(was.wins, is.wins, was.winCounts, is.winCounts, 0, guessed),
    spend_nano: guess(was.spend_nano, is.spend_nano, was.spends, is.spends, step, guessed),
    price_nano: { base: mean(was), head: mean(is) },
    reach: reach?.(id) ?? null,
    support,
    refused: is.refused,
  }
}

const plain = (base: number, head: number) => ({ base, head, head_90: null, delta_90: null })
const mean = ({ spend_nano, wins }: Estimate): number | null => (wins > 0 ? spend_nano / wins : null)

function guess(
  base: number,
  head: number,
  was: Float64Array,
  is: Float64Array,
  step: number,
  evidence: Evidence,
): Figure {
  const [low, high] = intervalOf(is, step)
  const delta = is.map((value, r) => value - was[r]!) // both have a value for each replicate
  return { base, head, head_90: [Math.max(0, low), high], delta_90: intervalOf(delta, step), evidence }
}

/** Reach of a campaign by its name, from both sides of a replay. */
export function reachIn({ base, head }: Replay): (id: string) => Row['reach'] {
  return id => {
    const [was, is] = [base.subject.campaigns.indexOf(id), head.subject.campaigns.indexOf(id)]
    const [before, after] = [was < 0 ? null : base.reach.of(was), is < 0 ? null : head.reach.of(is)]
    if (before === null && after === null) return null
    return { base: before, head: after, known_share: is < 0 ? 0 : head.reach.share(is) }
  }
}

export type { SideEstimate }
