/** What a fleet does with some auctions, as its bidders would count it: drawn by chance, with faults that can be dialled. */
import { type ArmCounts, type ItemCounts, LATENCY_BOUNDS_MS } from '@flightplan/contract/rollout.ts'
import { noCounts } from '@flightplan/runtime/rollout/counts.ts'
import type { Random } from '../traffic/random.ts'
import { binomial, poisson } from './draw.ts'

/** Factors and shares by which a release is worse than the one before it; {@link HARMLESS} is that one. */
export interface Harm {
  /** On the share of auctions that are answered. */
  bidRate: number
  /** On the price of each bid. */
  price: number
  /** On the time of a decision. */
  time: number
  /** Of auctions, given up for lack of time. */
  late: number
  faults: number
}
export const HARMLESS: Harm = { bidRate: 1, price: 1, time: 1, late: 0.002, faults: 0.00002 }

/** A quarter of auctions answered, as a buyer of some size sees it; prices from 0.5 to 20 CPM, few of them dear. */
const BID_RATE = 0.25
const WIN_RATE = 0.2
const NO_BIDS = { no_candidate: 0.6, below_floor: 0.25, privacy: 0.1, daily_budget: 0.05 }
const ITEMS = Array.from({ length: 30 }, (_, i) => ({
  id: `camp/line-${i}`,
  share: 1 / (1 + i) / 3.995, // Zipf, over the harmonic number of 30
  price_nano: Math.round(500_000 * 40 ** (((i * 7) % 30) / 29)),
}))
/** Bids of one answer beyond the first. */
const MORE_BIDS = 0.2

const MEDIAN_MS = 0.6
const SIGMA = 0.8

/** Adds what one arm does with about `mean` auctions. @param noise factor on times, of the machines, the same for both */
export function playArm(random: Random, mean: number, harm: Harm, noise: number, arm: ItemArm): void {
  const { counts, items } = arm
  const auctions = poisson(random, mean)
  const faults = binomial(random, auctions, harm.faults)
  const late = binomial(random, auctions - faults, harm.late)
  const answered = binomial(random, auctions - faults - late, Math.min(1, BID_RATE * harm.bidRate))
  counts.auctions += auctions
  counts.faults += faults
  counts.late += late
  counts.answered += answered
  let left = auctions - faults - late - answered
  for (const [reason, share] of Object.entries(NO_BIDS)) {
    const n = reason === 'daily_budget' ? left : binomial(random, left, share / shareFrom(reason))
    counts.no_bids[reason] = (counts.no_bids[reason] ?? 0) + n
    left -= n
  }
  playTimes(random, auctions, harm.time * noise, counts)
  const bids = answered + poisson(random, answered * MORE_BIDS)
  ITEMS.forEach((item, i) => {
    const n = poisson(random, bids * item.share)
    if (n > 0) bid(random, n, item.price_nano * harm.price, counts, items[i]!) // one for each
  })
}

export interface ItemArm {
  counts: ArmCounts
  items: ItemCounts[]
}
export const newArm = (arm: ItemCounts['arm']): ItemArm => ({
  counts: noCounts(),
  items: ITEMS.map(({ id }) => ({ id, arm, bids: 0, offered_nano: 0, spend_nano: 0 })),
})

/** A dearer bid wins more often; what is won is paid as offered. */
function bid(random: Random, n: number, price_nano: number, counts: ArmCounts, item: ItemCounts): void {
  const wins = binomial(random, n, Math.min(0.9, WIN_RATE * Math.sqrt(price_nano / 2e6)))
  counts.bids += n
  counts.wins += wins
  counts.losses += n - wins
  counts.offered_nano += n * price_nano
  counts.spend_nano += wins * price_nano
  item.bids += n
  item.offered_nano += n * price_nano
  item.spend_nano += wins * price_nano
}

const REASONS = Object.keys(NO_BIDS) as (keyof typeof NO_BIDS)[] // of a literal
const shareFrom = (reason: string): number =>
  REASONS.slice(REASONS.indexOf(reason as keyof typeof NO_BIDS)).reduce((sum, name) => sum + NO_BIDS[name], 0) // one of them

/** Log-normal times, into the buckets one after the other. */
function playTimes(random: Random, n: number, factor: number, { latency }: ArmCounts): void {
  let [left, below] = [n, 0]
  LATENCY_BOUNDS_MS.forEach((bound, i) => {
    const upTo = phi(Math.log(bound / (MEDIAN_MS * factor)) / SIGMA)
    const here = binomial(random, left, Math.min(1, (upTo - below) / Math.max(1e-12, 1 - below)))
    latency[i]! += here // noCounts has a bucket for each bound
    left -= here
    below = upTo
  })
  latency[LATENCY_BOUNDS_MS.length]! += left
}

/** The normal distribution function: Abramowitz & Stegun 26.2.17, right to 1e-7. */
function phi(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series
  return x > 0 ? 1 - tail : tail
}
