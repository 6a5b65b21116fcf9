/** Exchange rates of the facts. A stale or unknown rate converts nothing: no bid in that currency. */
import type { Facts } from '@flightplan/contract/facts.ts'

export interface Rates {
  /**
   * Whole nano of `from` → whole nano of `to`: `nano × per_unit[from] ÷ per_unit[to]`, through the base. Bids round
   * `down`, so that nobody pays more than they said; floors round `up`, so that no bid is under what the seller asked.
   * Same currency: unchanged, no rate needed. Null: a rate is missing, or the rates are older than `max_age_ms`.
   */
  convert(nano: number, from: string, to: string, now_ms: number, round: 'down' | 'up'): number | null
}

/**
 * Below this many nano a difference is an error of the doubles, not money: 10.00 EUR at 1.08 gives 10.800000000000002,
 * and a floor rounded up from that would refuse a bid of exactly the floor. Doubles err by less up to 1e12 nano
 * (1,000 units an impression). One multiplication and one division of doubles: the same bits on every machine.
 */
const NOISE_NANO = 1e-3

/** Opens the rates of checked facts (`runtime/facts/`): decimal texts become doubles once. */
export function openRates(facts: Pick<Facts, 'rates'>): Rates {
  const { base, at_ms, max_age_ms, per_unit } = facts.rates
  const perUnit = new Map(Object.entries(per_unit).map(([currency, text]) => [currency, Number(text)]))
  perUnit.set(base, 1)
  // The pair asked for last: the candidates of an imp ask for the same one, dozens of times.
  let [lastFrom, lastTo] = ['', '']
  let [a, b]: (number | undefined)[] = []
  return {
    convert(nano, from, to, now_ms, round) {
      if (from === to) return nano
      if (from !== lastFrom || to !== lastTo) {
        ;[lastFrom, lastTo] = [from, to]
        ;[a, b] = [perUnit.get(from), perUnit.get(to)]
      }
      if (a === undefined || b === undefined || now_ms - at_ms > max_age_ms) return null
      const exact = (nano * a) / b
      return round === 'down' ? Math.floor(exact + NOISE_NANO) : Math.max(0, Math.ceil(exact - NOISE_NANO)) // no -0
    },
  }
}
