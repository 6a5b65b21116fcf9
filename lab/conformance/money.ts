/** A bid's price against the floor that holds for it (OpenRTB 2.6 implementation guide §7.11). */
import type { Facts } from '@flightplan/contract/facts.ts'
import { list, number, type Tree, text, tree } from '../oracle/lenient.ts'
import { ceil, type Fraction, fraction, rate, times } from '../oracle/price.ts'
import { type Check, dealOf, isTimed, type Scene } from './scene.ts'

const FIXED_PRICE = 3
/** CPM → nano per impression. */
const NANO: Fraction = { num: 1_000_000n, den: 1n }

const amount = (value: unknown): number => Math.max(0, number(value) ?? 0)

/** Floor of the imp as CPM: by the ad's seconds where the media says one, per second first in dynamic pods. */
function openFloor({ imp, media, bid, ...rest }: Scene): number {
  if (!isTimed({ imp, media, bid, ...rest })) return amount(imp['bidfloor'])
  const seconds = number(bid['dur']) ?? 0
  const range = list(media['durfloors'])
    .map(tree)
    .find(({ mindur, maxdur }) => seconds >= (number(mindur) ?? 0) && seconds <= (number(maxdur) ?? Infinity))
  const perSecond = amount(media['mincpmpersec']) * seconds || null
  const ofRange = range ? amount(range['bidfloor']) : null
  const inOrder = number(media['poddur']) === null ? [ofRange, perSecond] : [perSecond, ofRange]
  return inOrder.find(floor => floor !== null) ?? amount(imp['bidfloor'])
}

const currencyOf = (value: Tree): string => text(value['bidfloorcur'])?.toUpperCase() ?? 'USD'

/** In nano of the currency, rounded up; null: no rate, so the bid cannot have been compared with it. */
function inNano(cpm: number, from: string, to: string, facts: Facts, now_ms: number): bigint | null {
  if (cpm === 0) return 0n
  const at = rate(facts, from, to, now_ms)
  return at === null ? null : ceil(times(times(fraction(cpm), NANO), at))
}

export const price: Check = scene => {
  const { asked, bid, imp, currency } = scene
  const deal = dealOf(scene)
  const cpm = deal ? amount(deal['bidfloor']) : openFloor(scene)
  const floor = inNano(cpm, currencyOf(deal ?? imp), currency, asked.facts, asked.now_ms)
  const offered = number(bid['price']) ?? 0
  const offered_nano = ceil(times(fraction(offered), NANO))
  if (offered_nano <= 0n) return `price ${offered} is no bid`
  if (floor === null) return `bids against a floor in ${currencyOf(deal ?? imp)}, which has no rate`
  if (offered_nano < floor) return `price ${offered} ${currency} is below the floor ${cpm} ${currencyOf(deal ?? imp)}`
  const isFixed = deal !== undefined && number(deal['at']) === FIXED_PRICE && floor > 0n
  return isFixed && offered_nano !== floor ? `price ${offered} is not the deal's fixed price ${cpm}` : null
}
