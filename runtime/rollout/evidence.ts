/**
 * Comparing two arms that may be looked at as often as one likes.
 *
 * Each event (an answered auction, a fault, a win) came from one arm or the other. While both arms take equal shares of
 * the same stream, an event is the canary's with a probability p that depends on the ratio of their rates alone:
 * whatever the time of day does to both cancels out. For each p the mixture of likelihood ratios under a Beta prior is
 * a martingale of mean 1 when p is true, so it ever exceeds 1/α with probability at most α, however often one looks:
 * Ville's inequality, the mixture sequential test of Robbins (1970). For counts with a common, changing rate:
 * Lindon & Malek, "Anytime-valid inference for multinomial count data" (NeurIPS 2022); as a rule for A/B tests:
 * Johari, Koomen, Pekelis & Walsh, "Always valid inference" (Operations Research 70(3), 2022).
 *
 * Sums of amounts are not counts. They are divided by what makes their variance that of a count (quasi-likelihood), which
 * is right in the limit only: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, "Time-uniform central limit theory and
 * asymptotic confidence sequences" (Annals of Statistics 52(6), 2024). Hence a minimum sample for them (gates.ts).
 */

/** Chance that one test ever says what is not so. Gates have margins besides, so an A/A comparison errs far less. */
export const ALPHA = 0.01

/**
 * The prior on p is Beta(50, 50): of 1, 10, 50, 100, 300, 1000 it needs the least sample for ratios of 0.7 to 1.4, and
 * for a halved rate still only 115 events (measured).
 */
const PRIOR = 50

/** Events of the two arms, and what they are counted per: auctions, bids. May be quasi-counts, so no whole numbers. */
export interface Pair {
  canary: number
  control: number
  canaryPer: number
  controlPer: number
}

/** Both ends included. */
export type Interval = readonly [low: number, high: number]

/** Logarithm of the evidence that p, the chance of an event to be the canary's, is another. */
function evidenceAgainst(p: number, canary: number, control: number, mixture: number): number {
  return mixture - times(canary, Math.log(p)) - times(control, Math.log1p(-p))
}

/** 0 · −∞ is 0: no event says nothing about what it would have meant. */
const times = (n: number, log: number): number => (n === 0 ? 0 : n * log)

/** Ratios of the rates (canary ÷ control) that the events leave possible, with confidence 1 − α at all times at once. */
export function ratioInterval({ canary, control, canaryPer, controlPer }: Pair, alpha: number = ALPHA): Interval {
  if (canaryPer <= 0 || controlPer <= 0) return [0, Number.POSITIVE_INFINITY]
  const mixture = logBeta(PRIOR + canary, PRIOR + control) - logBeta(PRIOR, PRIOR)
  const [low, high] = confidence(p => evidenceAgainst(p, canary, control, mixture), canary, control, alpha)
  const ratio = (p: number): number => (p >= 1 ? Number.POSITIVE_INFINITY : ((p / (1 - p)) * controlPer) / canaryPer)
  return [ratio(low), ratio(high)]
}

/** Rates of one arm alone that its events leave possible; exact at any sample, zero events too. Uniform prior. */
export function rateInterval(events: number, of: number, alpha: number = ALPHA): Interval {
  if (of <= 0) return [0, 1]
  const misses = Math.max(0, of - events)
  const mixture = logBeta(1 + events, 1 + misses)
  return confidence(p => evidenceAgainst(p, events, misses, mixture), events, misses, alpha)
}

/** The p against which there is less evidence than 1/α: an interval around x / (x + y), found by bisection. */
function confidence(evidence: (p: number) => number, x: number, y: number, alpha: number): Interval {
  const limit = -Math.log(alpha)
  const centre = x + y > 0 ? x / (x + y) : 0.5
  const edge = (outer: number): number => {
    if (evidence(outer) < limit) return outer
    let [out, inside] = [outer, centre]
    for (let i = 0; i < STEPS; i++) {
      const middle = (out + inside) / 2
      if (evidence(middle) < limit) inside = middle
      else out = middle
    }
    return out // outwards: never narrower than it is
  }
  return [edge(0), edge(1)]
}
/** Halvings: 2^-40 is far below any rate that matters. */
const STEPS = 40

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** Stirling's series; from 10 on it is right to 1e-10, below it is carried there. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x)
  const inverse = 1 / x
  const square = inverse * inverse
  const series = inverse * (1 / 12 - square * (1 / 360 - square / 1260))
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + series
}
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)
