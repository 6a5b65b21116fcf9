/** Money as fractions of BigInts: exact until the one rounding that the rules name. */
import type { Facts } from '@flightplan/contract/facts.ts'
import { list, number, type Tree, text, tree } from './lenient.ts'
import type { LineItemRules } from './world.ts'

/** num / den, den > 0. */
export interface Fraction {
  num: bigint
  den: bigint
}

/** Decimal text, or a JSON number by its shortest decimal form, also with an exponent. */
export function fraction(written: string | number): Fraction {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(String(written))
  if (!match) throw new RangeError(`${written} is no decimal number`)
  const [, sign, whole = '', decimals = '', exponent = '0'] = match
  const power = BigInt(exponent) - BigInt(decimals.length)
  const num = BigInt(`${sign}${whole}${decimals}`)
  return power < 0n ? { num, den: 10n ** -power } : { num: num * 10n ** power, den: 1n }
}

export const times = (a: Fraction, b: Fraction): Fraction => ({ num: a.num * b.num, den: a.den * b.den })
const over = (a: Fraction, b: Fraction): Fraction => ({ num: a.num * b.den, den: a.den * b.num })
const floorDiv = (a: bigint, b: bigint) => (a < 0n && a % b !== 0n ? a / b - 1n : a / b)
export const floor = ({ num, den }: Fraction): bigint => floorDiv(num, den)
export const ceil = ({ num, den }: Fraction): bigint => -floorDiv(-num, den)

const NANO_PER_CPM: Fraction = { num: 1_000_000n, den: 1n }
const NANO_PER_UNIT: Fraction = { num: 1_000_000_000n, den: 1n }

/** Units of `to` for one of `from`; null without a rate, or with a stale one. */
export function rate(facts: Facts, from: string, to: string, now_ms: number): Fraction | null {
  if (from === to) return { num: 1n, den: 1n }
  const { base, at_ms, max_age_ms, per_unit } = facts.rates
  if (now_ms - at_ms > max_age_ms) return null
  const unit = (currency: string): Fraction | null =>
    currency === base
      ? { num: 1n, den: 1n }
      : Object.hasOwn(per_unit, currency)
        ? fraction(per_unit[currency] ?? '')
        : null
  const [a, b] = [unit(from), unit(to)]
  return a === null || b === null || b.num <= 0n ? null : over(a, b)
}

/** Predicted rates of a click and of a conversion after it; NaN: unknown. */
export interface Prediction {
  ctr: number
  cvr: number
}

export const maxCpm = ({ tree: written, campaign }: LineItemRules): string | null =>
  text(tree(written['bid'])['max_cpm']) ?? text(tree(tree(campaign['defaults'])['bid'])['max_cpm'])

/** Value of an impression in nano of the order's currency, rounded down; null: there is no prediction. */
export function value_nano(item: LineItemRules, prediction: Prediction | null): bigint | null {
  const bid = tree(item.tree['bid'])
  const [cpm, cpc, cpa] = [text(bid['cpm']), text(bid['cpc']), text(bid['cpa'])]
  const cap = maxCpm(item)
  const capped = (value: bigint) => {
    const max = cap === null ? value : floor(times(fraction(cap), NANO_PER_CPM))
    return value < max ? value : max
  }
  if (cpm !== null) return capped(floor(times(fraction(cpm), NANO_PER_CPM)))
  if (prediction === null || Number.isNaN(prediction.ctr) || (cpc === null && Number.isNaN(prediction.cvr))) return null
  const perUnit = times(fraction(cpc ?? cpa ?? '0'), NANO_PER_UNIT)
  const clicks = times(perUnit, fraction(prediction.ctr))
  return capped(floor(cpc === null ? times(clicks, fraction(prediction.cvr)) : clicks))
}

/** A floor as the request or the YAML states it: CPM in a currency. */
export interface Floor {
  cpm: Fraction
  currency: string
}

const ZERO: Fraction = { num: 0n, den: 1n }
const amount = (value: unknown): Fraction => {
  const read = number(value)
  return read === null || read <= 0 ? ZERO : fraction(read)
}
/** `bidfloorcur` covers every floor of its object and defaults to USD. */
const currencyOf = (value: Tree) => text(value['bidfloorcur'])?.toUpperCase() ?? 'USD'

/** OpenRTB 2.6 §7.11 (implementation guide): by length of the ad, else per second (in a dynamic pod first), else the imp's. */
export function openFloor(imp: Tree, media: Tree, seconds: number | null): Floor {
  const currency = currencyOf(imp)
  const byLength = list(media['durfloors'])
    .map(tree)
    .find(({ mindur, maxdur }) => {
      const [from, to] = [number(mindur) ?? 0, number(maxdur) ?? Number.POSITIVE_INFINITY]
      return seconds !== null && seconds >= from && seconds <= to
    })
  const ofSecond = amount(media['mincpmpersec'])
  const perSecond = seconds === null || ofSecond.num === 0n ? null : times(ofSecond, fraction(seconds))
  const ofLength = byLength ? amount(byLength['bidfloor']) : null
  // a dynamic pod sells seconds, not places
  const isDynamic = (number(media['poddur']) ?? 0) > 0
  const ofAd = isDynamic ? (perSecond ?? ofLength) : (ofLength ?? perSecond)
  return { cpm: ofAd ?? amount(imp['bidfloor']), currency }
}

/** The deal's floor: the request's, else the YAML's. It does not inherit the imp's currency. */
export function dealFloor(stated: Tree, written: Tree): Floor {
  if (number(stated['bidfloor']) !== null) return { cpm: amount(stated['bidfloor']), currency: currencyOf(stated) }
  return { cpm: amount(written['floor']), currency: text(written['currency']) ?? 'USD' }
}

/** A floor in nano of the bid currency, rounded up; null without a rate. A floor of nothing needs none. */
export function floor_nano(stated: Floor, currency: string, facts: Facts, now_ms: number): bigint | null {
  if (stated.cpm.num === 0n) return 0n
  const at = rate(facts, stated.currency, currency, now_ms)
  return at === null ? null : ceil(times(times(stated.cpm, NANO_PER_CPM), at))
}
