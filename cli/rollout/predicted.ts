/** What a saved plan predicts of a release, as the ratios that the gates compare with. */
import { readFileSync } from 'node:fs'
import type { Manifest } from '@flightplan/contract/release.ts'
import type { Interval } from '@flightplan/runtime/rollout/evidence.ts'
import type { Predicted } from '@flightplan/runtime/rollout/gates.ts'
import { EXIT, Stop, usage } from '../exit.ts'
import { PLAN_VERSION, type Plan } from '../plan/plan.ts'
import type { Figure, Row } from '../plan/rows.ts'
import { contentDigest } from '../plan/subject.ts'

/**
 * A plan is of two contents: it says nothing of other releases.
 * @throws Stop where the file is no plan, or of another change; exit 5
 */
export function readPredicted(file: string, live: Manifest, canary: Manifest): Predicted {
  const plan = readPlan(file)
  const of = { base: contentDigest({ manifest: live }), head: contentDigest({ manifest: canary }) }
  if (plan.base.content !== of.base || plan.head.content !== of.head)
    throw new Stop(
      EXIT.stale,
      `${file} is the plan of another change: its ${plan.base.content !== of.base ? 'base is not what serves' : 'head is not the release'}; plan again`,
    )
  return plan.prediction ? predictedOf(plan.prediction.totals) : {}
}

function readPlan(file: string): Plan {
  try {
    const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan // of a version that flight plan wrote
    if (plan.schemaVersion === PLAN_VERSION && plan.base && plan.head) return plan
  } catch (error) {
    throw usage(`${file} is no saved plan: ${error instanceof Error ? error.message : error}`)
  }
  throw usage(`${file} is no saved plan of version ${PLAN_VERSION}: make one with flight plan --out ${file}`)
}

/** What is modelled may be off by more than its interval says; what is exact only by the sample. */
const SPREAD = { exact: 1.02, modelled: 1.1 }
/** What the log lacks may do anything up to this factor, and is for the tripwires of line items to watch. */
const UNKNOWN = 2

/** @param totals a row for each currency of orders; where there are several, what holds for all of them together */
export function predictedOf(totals: readonly Row[]): Predicted {
  const rows = totals.filter(({ bids }) => bids.base > 0)
  if (rows.length === 0) return {}
  const bids = union(rows.map(({ bids }) => ratioOf(bids)))
  const wins = union(rows.map(({ wins }) => ratioOf(wins)))
  return {
    bid_rate: bids,
    win_rate: [wins[0] / bids[1], wins[1] / bids[0]],
    price: union(rows.map(priceOf)),
    spend: union(rows.map(({ spend_nano }) => ratioOf(spend_nano))),
  }
}

/** Amounts of different currencies are not added: the fleet's ratio lies between the lowest and the highest of them. */
const union = (all: readonly Interval[]): Interval => [
  Math.min(...all.map(([low]) => low)),
  Math.max(...all.map(([, high]) => high)),
]

function ratioOf({ base, head, head_90, evidence }: Figure): Interval {
  if (base <= 0 || head <= 0 || evidence === 'not supported')
    return around(base > 0 && head > 0 ? head / base : 1, UNKNOWN)
  const [low, high] = head_90 ?? [head, head]
  const spread = SPREAD[evidence]
  return [Math.min(low, head) / base / spread, (Math.max(high, head) / base) * spread]
}

/** Wins are paid for what they offered or less, so the price of wins moves as the offers do. */
function priceOf({ price_nano: { base, head }, spend_nano: { evidence } }: Row): Interval {
  if (base === null || head === null || evidence === 'not supported') return around(1, UNKNOWN)
  return around(head / base, SPREAD.modelled)
}

const around = (ratio: number, factor: number): Interval => [ratio / factor, ratio * factor]
