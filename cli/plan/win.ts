/** What would become of a bid: what the log says of this very auction first, else the landscape of such auctions. */
import { alpha2 } from '@flightplan/contract/countries.ts'
import type { OutcomeLine, RecordedAuction, RecordedBid } from '@flightplan/contract/traffic.ts'
import type { Landscape, Place, Seen } from './landscape.ts'

/** Of a bid: how likely it wins, what it pays then, and how it is known. */
export interface Forecast {
  probability: number
  paid_nano: number
  /** `none`: nothing in the log speaks of such auctions. */
  known: 'logged' | 'landscape' | 'none'
  /** The curve that it was read from, and how far off the probability may be there (one standard deviation). */
  doubt?: { curve: number; deviation: number }
}

export interface Asked {
  place: Place
  price_nano: number
  /** The auction charges the second price. */
  second: boolean
  floor_nano: number
}

const UNKNOWN: Forecast = { probability: 0, paid_nano: 0, known: 'none' }

/** What an outcome tells of the least price that wins; null where the exchange says nothing. */
export function seenOf({ price_nano, outcome }: RecordedBid, second: boolean): Seen | null {
  if (!outcome) return null
  const { won, paid_nano, min_nano } = outcome
  if (min_nano !== undefined) return { is: 'exactly', nano: min_nano }
  if (!won) return { is: 'more_than', nano: price_nano }
  const told = second && paid_nano !== undefined && paid_nano < price_nano
  return told ? { is: 'exactly', nano: paid_nano } : { is: 'at_most', nano: price_nano }
}

export function forecast(
  landscape: Landscape,
  { place, price_nano, second, floor_nano }: Asked,
  logged: Seen | null,
): Forecast {
  if (logged?.is === 'exactly') {
    const paid_nano = second ? Math.min(price_nano, Math.max(logged.nano, floor_nano)) : price_nano
    return { probability: price_nano >= logged.nano ? 1 : 0, paid_nano, known: 'logged' }
  }
  const curve = landscape.curve(place)
  const paid = () => (second && curve ? curve.meanPrice(price_nano, floor_nano) : price_nano)
  if (logged) {
    const beyond = logged.is === 'at_most' ? price_nano >= logged.nano : price_nano <= logged.nano
    if (beyond) return { probability: logged.is === 'at_most' ? 1 : 0, paid_nano: paid(), known: 'logged' }
  }
  if (!curve) return UNKNOWN
  const rate = curve.winRate(price_nano)
  const probability = logged ? given(rate, curve.winRate(logged.nano), logged.is) : rate
  const doubt = { curve: curve.id, deviation: Math.sqrt((probability * (1 - probability)) / curve.n) }
  return { probability, paid_nano: paid(), known: 'landscape', doubt }
}

/** The rate among auctions where a bid at `rateOfLogged` won (`at_most`) or lost (`more_than`). */
function given(rate: number, rateOfLogged: number, is: Seen['is']): number {
  if (is === 'at_most') return rateOfLogged > 0 ? Math.min(1, rate / rateOfLogged) : 0
  return rateOfLogged < 1 ? Math.max(0, (rate - rateOfLogged) / (1 - rateOfLogged)) : 0
}

/** Floor of an imp, or of a deal in it, as the request writes it: CPM. */
export function floorIn(request: RecordedAuction['request'], imp: string, deal: string | null): number {
  const found = objects(request['imp']).find(one => String(one['id']) === imp)
  if (!found || deal === null) return Number(found?.['bidfloor'] ?? 0)
  const { pmp } = found
  const deals = typeof pmp === 'object' && pmp !== null && 'deals' in pmp ? objects(pmp.deals) : []
  return Number(deals.find(one => one['id'] === deal)?.['bidfloor'] ?? 0)
}

/** As the engine reads it: of the device, else of the user. */
function countryIn({ device, user }: RecordedAuction['request']): string {
  const of = (holder: unknown): string => {
    const [geo] = objects([objects([holder])[0]?.['geo']])
    return alpha2(String(geo?.['country'] ?? ''))
  }
  return of(device) || of(user)
}

type Json = { [field: string]: unknown }
const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((one): one is Json => typeof one === 'object' && one !== null) : []

/** A bid of the log, less its request: what is learnt of the market when its outcome is known. */
export interface Lesson {
  place: Place
  bid: RecordedBid
  second: boolean
}

export function lessonsOf({ exchange, request, at_ms, bids }: RecordedAuction): Lesson[] {
  const country = countryIn(request)
  return bids.map(bid => {
    const { format, deal, imp } = bid
    const place = { exchange, format, deal, floor: floorIn(request, imp, deal), country, at_ms }
    return { place, bid, second: request['at'] !== 1 }
  })
}

/** @param later outcomes that came in lines of their own */
export function learn(landscape: Landscape, lessons: readonly Lesson[], later: readonly OutcomeLine[] = []): void {
  for (const { place, bid, second } of lessons) {
    const outcome = bid.outcome ?? later.find(({ imp, deal }) => imp === bid.imp && deal === bid.deal)
    const seen = outcome && seenOf({ ...bid, outcome }, second)
    if (seen) landscape.add(place, seen)
  }
}

/** Of one recorded auction, what its bids tell, by imp and deal. */
export function seenIn({ bids, request }: RecordedAuction): Map<string, Seen> {
  const out = new Map<string, Seen>()
  for (const bid of bids) {
    const seen = seenOf(bid, request['at'] !== 1)
    if (seen) out.set(seenKey(bid.imp, bid.deal), seen)
  }
  return out
}

export const seenKey = (imp: string, deal: string | null): string => `${imp}\u0000${deal ?? ''}`
