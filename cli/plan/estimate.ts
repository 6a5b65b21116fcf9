/** Tallies of one side → what each line item, campaign and currency would do in the whole traffic, with replicates. */
import { spillOver } from './burn-out.ts'
import { resample } from './interval.ts'
import type { Side } from './side.ts'
import { BLOCKS, sumOf, type Tallies } from './tallies.ts'

/** Scaled to the whole: counts of auctions, money in nano of the order's currency. */
export interface Estimate {
  eligible: number
  bids: number
  wins: number
  spend_nano: number
  /** Bids of which the log tells how they would end. */
  known: number
  /** Bids that only a budget prevented. */
  refused: number
  /** Spend in each replicate, in nano. */
  spends: Float64Array
  winCounts: Float64Array
  /** What one auction of the sample stands for in money, where a budget binds; else 0. */
  step_nano: number
}

export interface SideEstimate {
  lineItems: Map<string, Estimate>
  campaigns: Map<string, Estimate>
  /** By currency of the orders. */
  totals: Map<string, Estimate>
}

/** By curve, what it errs in each replicate, in standard deviations. */
export type CurveErrors = (curve: number) => Float64Array

export function estimate(
  side: Side,
  one_in: number,
  weights: readonly Float64Array[],
  errors: CurveErrors,
): SideEstimate {
  const { subject } = side
  const { snapshot } = subject.engine
  const own = Map.groupBy(subject.lineItems.keys(), i => snapshot.line_item.campaign[i]!)
  const lineItems: Estimate[] = []
  const spill = spillOver(side, weights, c => wantedOf(side.tallies, own.get(c) ?? []))
  const campaigns = subject.campaigns.map((_, c) =>
    campaignEstimate(side, c, own.get(c) ?? [], one_in, weights, spill, errors, lineItems),
  )
  const currencyOf = (c: number) => snapshot.meta.orders[snapshot.campaign.order[c]!]!.currency
  const byCurrency = [...Map.groupBy(campaigns.keys(), currencyOf)]
  const totals = byCurrency.map(
    ([name, of]) =>
      [
        name,
        added(
          of.map(c => campaigns[c]!),
          weights.length,
        ),
      ] as const,
  ) // indexes
  return {
    lineItems: new Map(subject.lineItems.map((id, i) => [id, lineItems[i]!])), // each is of a campaign
    campaigns: new Map(subject.campaigns.map((id, c) => [id, campaigns[c]!])),
    totals: new Map(totals.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Fills in its line items too. Limits hold per day, so each day of the log is resampled by itself. */
function campaignEstimate(
  { tallies, budget }: Side,
  c: number,
  items: readonly number[],
  one_in: number,
  weights: readonly Float64Array[],
  spill: readonly (Float64Array | null)[],
  errors: CurveErrors,
  lineItems: Estimate[],
): Estimate {
  const starts = budget.dayStarts(c)
  const limits = budget.campaignLimits(c)
  const ofItems = items.map(() => new Capped(weights.length))
  const whole = new Capped(weights.length)
  starts.forEach((from, day) => {
    const to = starts[day + 1] ?? BLOCKS
    const sum = new Float64Array(weights.length)
    items.forEach((i, n) => {
      const spends = resample(wanted(tallies, i), from, to, weights)
      if (day === 0) addTo(spends, doubtOf(tallies, i, weights.length, errors, 'spend_nano'))
      if (day === 0 && spill[i]) addTo(spends, spill[i])
      const held = ofItems[n]!.add(spends, budget.lineItemLimits(i).daily_nano)
      addTo(sum, held)
    })
    whole.add(sum, limits.daily_nano)
  })
  items.forEach((i, n) => {
    const capped = ofItems[n]!.result(budget.lineItemLimits(i).total_nano)
    lineItems[i] = lineItemEstimate(tallies, i, one_in, weights, errors, capped)
  })
  const sum = added(
    items.map(i => lineItems[i]!),
    weights.length,
  ) // just filled
  return withSpends(sum, whole.result(limits.total_nano), one_in)
}

/** One for each replicate, in both. */
function addTo(sum: Float64Array, values: Float64Array): void {
  for (let r = 0; r < sum.length; r++) sum[r]! += values[r]!
}

/** Sums of replicates that a limit holds down. */
class Capped {
  readonly #sum: Float64Array<ArrayBuffer>
  #bound = false

  constructor(replicates: number) {
    this.#sum = new Float64Array(replicates)
  }

  /** Adds a day, and gives what of it the limit allows. */
  add(values: Float64Array, limit: number): Float64Array {
    const held = this.#held(values, limit)
    addTo(this.#sum, held)
    return held
  }

  result(limit: number): { spends: Float64Array; bound: boolean } {
    return { spends: this.#held(this.#sum, limit), bound: this.#bound }
  }

  #held(values: Float64Array, limit: number): Float64Array {
    if (!values.some(value => value > limit)) return values
    this.#bound = true
    return values.map(value => Math.min(value, limit))
  }
}

type Held = ReturnType<Capped['result']>

function lineItemEstimate(
  tallies: Tallies,
  i: number,
  one_in: number,
  weights: readonly Float64Array[],
  errors: CurveErrors,
  held: Held,
): Estimate {
  const of = (cells: Float64Array) => sumOf(cells, i) * one_in
  const wins = resample(rowOf(tallies.wins, i), 0, BLOCKS, weights)
  addTo(wins, doubtOf(tallies, i, weights.length, errors, 'wins'))
  const own = {
    ...{ eligible: of(tallies.eligible), bids: of(tallies.bids), wins: of(tallies.wins), known: of(tallies.known) },
    ...{ refused: of(tallies.refused), spend_nano: of(tallies.spend_nano), step_nano: 0 },
    ...{ spends: held.spends, winCounts: wins.map(value => value * one_in) },
  }
  return withSpends(own, held, one_in)
}

/** At the edge of a budget the sample knows no better than one of its auctions. */
function withSpends(estimate: Estimate, { spends, bound }: Held, one_in: number): Estimate {
  const { spend_nano, wins, step_nano } = estimate
  const step = bound && wins > 0 ? (spend_nano / wins) * one_in : 0
  return { ...estimate, spends: spends.map(value => value * one_in), step_nano: step_nano + step }
}

/** What the curves may be off by, in each replicate. */
function doubtOf(
  { doubts }: Tallies,
  i: number,
  n: number,
  errors: CurveErrors,
  of: 'spend_nano' | 'wins',
): Float64Array {
  const sum = new Float64Array(n)
  for (const [curve, worth] of doubts[i]!) {
    const own = errors(curve)
    for (let r = 0; r < n; r++) sum[r]! += own[r]! * worth[of]
  }
  return sum
}

const rowOf = (cells: Float64Array, i: number): Float64Array => cells.subarray(i * BLOCKS, (i + 1) * BLOCKS)

function wantedOf(tallies: Tallies, items: readonly number[]): Float64Array {
  const sum = new Float64Array(BLOCKS)
  for (const i of items) addTo(sum, wanted(tallies, i))
  return sum
}

/** What the line item would spend if no budget held it: a refused bid is worth what its others are. */
function wanted({ spend_nano, refused, bids }: Tallies, i: number): Float64Array {
  const made = sumOf(bids, i)
  const perBid_nano = made > 0 ? sumOf(spend_nano, i) / made : 0
  const [spent, missed] = [rowOf(spend_nano, i), rowOf(refused, i)]
  return spent.map((value, block) => value + missed[block]! * perBid_nano) // of one length
}

function added(parts: readonly Estimate[], replicates: number): Estimate {
  const sum = (of: (part: Estimate) => number) => parts.reduce((total, part) => total + of(part), 0)
  const sums = (of: (part: Estimate) => Float64Array) => {
    const out = new Float64Array(replicates)
    for (const part of parts) addTo(out, of(part))
    return out
  }
  return {
    eligible: sum(part => part.eligible),
    bids: sum(part => part.bids),
    wins: sum(part => part.wins),
    spend_nano: sum(part => part.spend_nano),
    known: sum(part => part.known),
    refused: sum(part => part.refused),
    spends: sums(part => part.spends),
    winCounts: sums(part => part.winCounts),
    step_nano: Math.max(0, ...parts.map(part => part.step_nano)),
  }
}
