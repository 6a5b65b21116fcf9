/**
 * The market of the pacing scenario: a second-price auction in which one campaign could bid on everything. Each second's
 * requests are drawn from the seed and the second alone, so that every policy meets the same day.
 */
import { mix32 } from '../traffic/random.ts'

export const DAY_S = 86_400
const REQUESTS_A_DAY = 3_450_000
/** Share of a day's requests by hour: a night at a tenth of the evening. */
const HOURS = [20, 13, 9, 7, 7, 10, 19, 33, 45, 52, 55, 58, 60, 57, 54, 53, 55, 60, 67, 74, 77, 73, 56, 35]
/** What the forecast does not know. */
const LEVEL = 1.15
const NOISE = { keep: 0.95, spread: 0.03 }
const SPIKE = { from_s: 14 * 3600, to_s: 14 * 3600 + 600, factor: 5 }
const DEAR = { from_s: 19 * 3600, to_s: 20 * 3600, factor: 1.8 }
const OUTAGE = { from_s: 9.5 * 3600, to_s: 9.5 * 3600 + 120 }

/** pCTR and market price by quantile; both lognormal. */
const QUANTILES = 4096
const CTR = { mean: 0.0008, spread: 1.9 }
const PRICE = { median_nano: 26_000, spread: 0.9 }
/** The bid at the average pCTR: high on purpose, two thirds of the auctions are won. */
const BASE_BID_NANO = 300_000

export interface Market {
  /** Requests that the forecast expects in each minute. */
  forecast: Float64Array
  /** Requests that come in each second. */
  arrivals: Uint16Array
  dearness(second: number): number
}

export interface Impression {
  ctr: number
  price_nano: number
  /** What {@link BASE_BID_NANO} is for this pCTR. */
  base_nano: number
  draw: number
}

export function openMarket(seed: number): Market {
  const forecast = Float64Array.from({ length: 1440 }, (_, minute) => byHour(minute / 60))
  const scale = REQUESTS_A_DAY / forecast.reduce((sum, one) => sum + one, 0)
  for (let minute = 0; minute < forecast.length; minute++) forecast[minute]! *= scale // in range
  const random = stream(seed, 0x5eed)
  const arrivals = new Uint16Array(DAY_S)
  let noise = 0
  for (let second = 0; second < DAY_S; second++) {
    if (second % 60 === 0) noise = NOISE.keep * noise + NOISE.spread * normal(random)
    arrivals[second] = isIn(OUTAGE, second)
      ? 0
      : poisson(((forecast[Math.floor(second / 60)]! * LEVEL * Math.exp(noise)) / 60) * factorOf(SPIKE, second), random)
  }
  return { forecast, arrivals, dearness: second => factorOf(DEAR, second) }
}

/** The requests of a second, one after the other, into `into`: no garbage for four million of them. */
export function requestsOf(market: Market, seed: number, second: number): (into: Impression) => void {
  const random = stream(seed, second + 1)
  const dear = market.dearness(second)
  return into => {
    into.ctr = CTRS[random() >>> 20]! // 4096 quantiles, 12 bits
    into.price_nano = Math.round(PRICES[random() >>> 20]! * dear) // likewise
    into.base_nano = (BASE_BID_NANO * into.ctr) / CTR.mean
    into.draw = random() / 0x1_0000_0000
  }
}

interface Span {
  from_s: number
  to_s: number
}
const isIn = ({ from_s, to_s }: Span, second: number) => second >= from_s && second < to_s
const factorOf = (span: Span & { factor: number }, second: number) => (isIn(span, second) ? span.factor : 1)

/** Straight lines between the middles of hours. */
function byHour(hour: number): number {
  const at = hour - 0.5
  const from = Math.floor(at)
  const value = (of: number) => HOURS[(of + 24) % 24]! // 24 hours
  return value(from) + (value(from + 1) - value(from)) * (at - from)
}

const CTRS = lognormal(CTR.mean * Math.exp(-(CTR.spread ** 2) / 2), CTR.spread)
const PRICES = lognormal(PRICE.median_nano, PRICE.spread)

function lognormal(median: number, spread: number): Float64Array {
  return Float64Array.from({ length: QUANTILES }, (_, q) => median * Math.exp(spread * probit((q + 0.5) / QUANTILES)))
}

/** Quantile of the normal distribution, by bisection of its integral: done once, at the start. */
function probit(share: number): number {
  let [low, high] = [-6, 6]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (phi(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function phi(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return x > 0 ? 1 - tail : tail
}

/** xorshift over a mixed seed: 32 bits a call. */
export function stream(seed: number, position: number): () => number {
  let state = mix32(mix32(seed) ^ Math.imul(position + 1, 0x9e3779b9)) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.imul(state, 0x9e3779b1) >>> 0
  }
}

export const unit = (random: () => number): number => (random() + 0.5) / 0x1_0000_0000
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(unit(random))) * Math.cos(2 * Math.PI * unit(random))

function poisson(mean: number, random: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let n = 0
  for (let product = unit(random); product > limit; product *= unit(random)) n++
  return n
}
