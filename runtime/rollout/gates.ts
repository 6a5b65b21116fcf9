/**
 * What a canary must not do worse than the control beside it. Pure: the counts of two arms → one verdict a gate.
 *
 * A gate allows the ratio canary ÷ control an interval: what the plan of the release predicted (without one: no change),
 * widened by a margin, below which a difference is nobody's harm. `fail`: the ratios that the counts leave possible lie
 * wholly outside. `pass`: wholly inside, of the interval widened by the wave's tolerance: the first wave has to rule out
 * a disaster, the last one little more than the margin. `hold`: neither yet.
 */
import type { ArmCounts, Tripped } from '@flightplan/contract/rollout.ts'
import { type Arms, latencySpread, slowerThan } from './counts.ts'
import { ALPHA, type Interval, type Pair, rateInterval, ratioInterval } from './evidence.ts'

export const GATES = [
  ...(['sample_ratio', 'tripped', 'faults', 'late', 'bid_rate', 'no_bid_mix'] as const),
  ...(['win_rate', 'price', 'spend', 'decision_mean', 'decision_p99'] as const),
]
export type GateName = (typeof GATES)[number]

export interface Verdict {
  gate: GateName
  state: 'pass' | 'fail' | 'hold'
  /** Of each arm, in the gate's own unit; null where there is nothing to divide by. */
  canary: number | null
  control: number | null
  /** What is allowed: of a ratio (canary ÷ control), or of the canary's rate. */
  bound: Interval
  text: string
  /** A hold that a wave waits for. False where the control has no such events either: it says nothing of the canary. */
  waits: boolean
}

/** Ratios new ÷ old that the release's own plan predicts; what is left out is predicted not to change. */
export interface Predicted {
  bid_rate?: Interval
  win_rate?: Interval
  price?: Interval
  spend?: Interval
}

export interface Evidence {
  arms: Arms
  /** Variance ÷ mean² of the price of a bid (counts.ts). */
  priceSpread: number
  tripped: readonly (Tripped & { bidder: string })[]
}

/**
 * Factors that a ratio may be off by, either way. Answers are many, so 3% of them can be told; what depends on other
 * bidders or is dearer to tell apart gets more.
 */
export const MARGINS = { bid_rate: 1.03, win_rate: 1.1, price: 1.03, spend: 1.15, decision_mean: 1.3 } as const
/** Rates may rise by this share of auctions, or by this factor, whichever is more. */
const RISES = { faults: [0.001, 1.5], late: [0.005, 1.2] } as const
/** A no-bid reason may gain or lose this share of auctions. */
const MIX_SHARE = 0.03
/** Shares are dealt by hash: this much is no fault of dealing. */
const SAMPLE_RATIO: Interval = [0.98, 1 / 0.98]
/** A fault of dealing shows soon and grows: there is time to be surer of it than of others. */
const SAMPLE_ALPHA = 0.001
/** Below this a decision's time is noise of the machine. */
const SLACK_MS = 0.1
/** Decisions slower than the control's p99 may be so many times as many. */
const TAIL = { share: 0.01, factor: 2 }
/** Of each arm, before anything but a tripped line item is judged. */
const LEAST_AUCTIONS = 200
/** Before sums of amounts are taken for normal (evidence.ts). */
const LEAST_EVENTS = 100

const NO_CHANGE: Interval = [1, 1]

/** In the order of GATES. @param tolerance of the wave: 1 or more */
export function judge(evidence: Evidence, predicted: Predicted, tolerance: number): Verdict[] {
  const context: Context = { ...evidence, predicted, tolerance }
  const { canary, control } = evidence.arms
  if (Math.min(canary.auctions, control.auctions) >= LEAST_AUCTIONS) return GATES.map(gate => JUDGES[gate](context))
  const early = `${canary.auctions} and ${control.auctions} auctions: at least ${LEAST_AUCTIONS} of each are needed`
  return GATES.map(gate =>
    gate === 'tripped'
      ? JUDGES.tripped(context)
      : { gate, state: 'hold', canary: null, control: null, bound: NO_CHANGE, text: early, waits: true },
  )
}

interface Context extends Evidence {
  predicted: Predicted
  tolerance: number
}

const JUDGES: Record<GateName, (context: Context) => Verdict> = {
  sample_ratio: sampleRatio,
  tripped: ({ tripped }) => ({
    ...{ gate: 'tripped', state: tripped.length > 0 ? 'fail' : 'pass', waits: false, bound: [0, 0] },
    ...{ canary: new Set(tripped.map(({ id }) => id)).size, control: 0 },
    text: tripped[0]
      ? `${tripped[0].bidder} stopped ${tripped[0].id}: ${tripped[0].why}${tripped.length > 1 ? `, and ${tripped.length - 1} more` : ''}`
      : 'no line item was stopped',
  }),
  faults: context => rise(context, 'faults', 'of auctions ended in a fault'),
  late: context => rise(context, 'late', 'of auctions were given up for lack of time'),
  bid_rate: context =>
    ratio(context, 'bid_rate', perAuction(context.arms, 'answered'), {
      predicted: context.predicted.bid_rate,
      shown: value => `${percent(value)} of auctions answered`,
    }),
  no_bid_mix: noBidMix,
  win_rate: context => {
    const { canary, control } = context.arms
    const pair = { canary: canary.wins, control: control.wins, canaryPer: canary.bids, controlPer: control.bids }
    const shown = (value: number) => `${percent(value)} of bids won`
    if (canary.wins + control.wins === 0) return nothingToTell('win_rate', 'no win notices yet')
    return ratio(context, 'win_rate', pair, { predicted: context.predicted.win_rate, shown })
  },
  price: context => {
    const { canary, control } = context.arms
    const shown = (value: number) => `${cpm(value)} CPM a bid`
    if (canary.bids * control.bids === 0) return nothingToTell('price', 'no bids in one of the arms')
    const [own, other] = [canary.offered_nano / canary.bids, control.offered_nano / control.bids]
    // Bids of one auction are dear or cheap together, so auctions are counted.
    const pair = meansAsCounts(own, other, canary.answered, control.answered, context.priceSpread)
    return ratio(context, 'price', pair, { predicted: context.predicted.price, shown, values: [own, other] })
  },
  spend: spendRate,
  decision_mean: decisionMean,
  decision_p99: decisionTail,
}

const perAuction = ({ canary, control }: Arms, of: 'answered' | 'auctions'): Pair => ({
  ...{ canary: canary[of], control: control[of], canaryPer: canary.auctions, controlPer: control.auctions },
})

/** A comparison whose arms were not dealt equally is none: it ends the rollout, whichever arm has more. */
function sampleRatio({ arms: { canary, control } }: Context): Verdict {
  const pair: Pair = { canary: canary.auctions, control: control.auctions, canaryPer: 1, controlPer: 1 }
  const [low, high] = ratioInterval(pair, SAMPLE_ALPHA)
  const isOff = low > SAMPLE_RATIO[1] || high < SAMPLE_RATIO[0]
  const text = `${canary.auctions} auctions against ${control.auctions}`
  return {
    ...{ gate: 'sample_ratio', state: isOff ? 'fail' : 'pass', bound: SAMPLE_RATIO, waits: false },
    ...{ canary: canary.auctions, control: control.auctions },
    text: isOff ? `${text}: the arms are not dealt equally, so nothing can be compared` : text,
  }
}

/** A rate that should be near 0, and whose fall is welcome. */
function rise({ arms, tolerance }: Context, gate: 'faults' | 'late', what: string): Verdict {
  const [share, factor] = RISES[gate]
  const { canary, control } = arms
  const [own, other] = [canary, control].map(counts => rateInterval(counts[gate], counts.auctions, ALPHA / 2))
  const allowed = (rate: number, times: number): number =>
    Math.max(rate + share * times, rate * (1 + (factor - 1) * times))
  const bound: Interval = [0, allowed(control[gate] / control.auctions, 1)]
  const [rate, before] = [canary[gate] / canary.auctions, control[gate] / control.auctions]
  return {
    ...{ gate, canary: rate, control: before, bound, waits: true },
    state: stateOf(own![0] > allowed(other![1], 1), own![1] < allowed(other![0], tolerance)), // one for each arm
    text: `${percent(rate)} ${what} against ${percent(before)}; allowed up to ${percent(bound[1])}`,
  }
}

interface Compared {
  predicted?: Interval | undefined
  shown(value: number): string
  /** What to show for the arms, where it is not the events per what they are counted per. */
  values?: readonly [number, number]
  margin?: number
}

function ratio(
  { tolerance }: Context,
  gate: Exclude<keyof typeof MARGINS, 'decision_mean'>,
  pair: Pair,
  { predicted = NO_CHANGE, shown, values }: Compared,
): Verdict {
  const margin = MARGINS[gate]
  const bound: Interval = [predicted[0] / margin, predicted[1] * margin]
  const wide: Interval = [predicted[0] / margin ** tolerance, predicted[1] * margin ** tolerance]
  const [low, high] = ratioInterval(pair)
  const [own, other] = values ?? [pair.canary / pair.canaryPer, pair.control / pair.controlPer]
  return {
    ...{ gate, canary: own, control: other, bound, waits: true },
    state: stateOf(low > bound[1] || high < bound[0], low >= wide[0] && high <= wide[1]),
    text: `${shown(own)} against ${shown(other)}: ratio ${two(own / other)} (${two(low)} to ${two(high)}), allowed ${two(bound[0])} to ${two(bound[1])}`,
  }
}

/** Two means of so many values each, as counts of the same ratio and the same uncertainty. */
function meansAsCounts(own: number, other: number, n: number, m: number, cv2: number): Pair {
  const both = (own + other) / 2
  const weight = (2 * n * m) / (n + m) / cv2 / both
  return { canary: own * weight, control: other * weight, canaryPer: 1, controlPer: 1 }
}

function spendRate(context: Context): Verdict {
  const { canary, control } = context.arms
  const total = canary.spend_nano + control.spend_nano
  // Whether bids are charged or only wins, no more events stand behind the sum than the fewer of the two.
  const events = eventsOf(canary) + eventsOf(control)
  if (total === 0) return nothingToTell('spend', 'nothing was charged yet')
  const shown = (value: number) => `${cpm(value)} per 1,000 auctions`
  const values = [canary.spend_nano / canary.auctions, control.spend_nano / control.auctions] as const
  const weight = events / (total * (1 + context.priceSpread))
  const pair = {
    ...{ canary: canary.spend_nano * weight, control: control.spend_nano * weight },
    ...{ canaryPer: canary.auctions, controlPer: control.auctions },
  }
  const verdict = ratio(context, 'spend', pair, { predicted: context.predicted.spend, shown, values })
  return events < LEAST_EVENTS ? { ...verdict, state: 'hold' } : verdict
}

const eventsOf = ({ answered, wins }: ArmCounts): number => (wins > 0 ? Math.min(answered, wins) : answered)

/** Reasons as shares of all auctions; the change of the bid rate that the plan predicts may show in any of them. */
function noBidMix({ arms: { canary, control }, predicted, tolerance }: Context): Verdict {
  const reasons = [...new Set([...Object.keys(canary.no_bids), ...Object.keys(control.no_bids)])].sort()
  const rate = control.answered / control.auctions
  const foreseen = Math.max(...(predicted.bid_rate ?? NO_CHANGE).map(edge => Math.abs(edge - 1) * rate))
  const alpha = ALPHA / 2 / Math.max(1, reasons.length)
  const judged = reasons.map(reason => {
    const [own, other] = [countOf(canary, reason) / canary.auctions, countOf(control, reason) / control.auctions]
    const [low, high] = rateInterval(own * canary.auctions, canary.auctions, alpha)
    const [least, most] = rateInterval(other * control.auctions, control.auctions, alpha)
    const [room, wide] = [MIX_SHARE + foreseen, MIX_SHARE * tolerance + foreseen]
    const state = stateOf(low > most + room || high < least - room, high <= least + wide && low >= most - wide)
    return { reason, own, other, state, bound: [Math.max(0, other - room), other + room] as const }
  })
  const worst =
    judged.find(({ state }) => state === 'fail') ??
    judged.find(({ state }) => state === 'hold') ??
    judged.toSorted((a, b) => Math.abs(b.own - b.other) - Math.abs(a.own - a.other))[0]
  if (!worst) return { ...nothingToTell('no_bid_mix', 'every auction is answered'), state: 'pass' }
  const { reason, own, other, state, bound } = worst
  const text = `${reason}: ${percent(own)} of auctions against ${percent(other)}, allowed ${percent(bound[0])} to ${percent(bound[1])}`
  return { gate: 'no_bid_mix', state, canary: own, control: other, bound, text, waits: true }
}

/** Own keys only: the names come from outside. */
const countOf = ({ no_bids }: ArmCounts, reason: string): number =>
  Object.hasOwn(no_bids, reason) ? (no_bids[reason] ?? 0) : 0

function decisionMean({ arms, tolerance }: Context): Verdict {
  const [own, other] = [latencySpread(arms.canary), latencySpread(arms.control)]
  if (own.n * other.n === 0) return nothingToTell('decision_mean', 'no decision was timed')
  const pair = meansAsCounts(own.mean, other.mean, own.n, other.n, Math.max(0.1, own.cv2, other.cv2))
  const [low, high] = ratioInterval(pair)
  const room = SLACK_MS / other.mean
  const bound: Interval = [0, MARGINS.decision_mean + room]
  return {
    ...{ gate: 'decision_mean', canary: own.mean, control: other.mean, bound, waits: true },
    state: stateOf(low > bound[1], high <= MARGINS.decision_mean ** tolerance + room),
    text: `${two(own.mean)} ms a decision against ${two(other.mean)} ms: ratio ${two(own.mean / other.mean)} (${two(low)} to ${two(high)}), allowed up to ${two(bound[1])}`,
  }
}

/** Of both arms, decisions beyond the bucket that holds the control's p99. */
function decisionTail({ arms: { canary, control }, tolerance }: Context): Verdict {
  const [n, m] = [latencySpread(canary).n, latencySpread(control).n]
  if (n * m === 0) return nothingToTell('decision_p99', 'no decision was timed')
  const index = control.latency.findIndex((_, i) => slowerThan(control, i) <= TAIL.share * m)
  const [slow, before] = [slowerThan(canary, index), slowerThan(control, index)]
  const [own, other] = [rateInterval(slow, n, ALPHA / 2), rateInterval(before, m, ALPHA / 2)]
  const allowed = (rate: number, times: number) => Math.max(rate * TAIL.factor, rate + TAIL.share * times)
  const bound: Interval = [0, allowed(before / m, 1)]
  return {
    ...{ gate: 'decision_p99', canary: slow / n, control: before / m, bound, waits: true },
    state: stateOf(own[0] > allowed(other[1], 1), own[1] <= allowed(other[0], tolerance)),
    text: `${percent(slow / n)} of decisions slower than the control’s p99 bucket against ${percent(before / m)}; allowed up to ${percent(bound[1])}`,
  }
}

const stateOf = (isOutside: boolean, isInside: boolean): Verdict['state'] =>
  isOutside ? 'fail' : isInside ? 'pass' : 'hold'

/** The control has nothing of the kind: not to be waited for. */
const nothingToTell = (gate: GateName, text: string): Verdict => ({
  ...{ gate, state: 'hold', canary: null, control: null, bound: NO_CHANGE, text, waits: false },
})

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 ? 3 : 1)}%`
const two = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–')
/** Nano of one → price of a thousand. */
const cpm = (nano: number): string => (nano / 1e6).toFixed(2)
