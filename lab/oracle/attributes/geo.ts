import { COUNTRIES } from '@flightplan/contract/countries.ts'
import type { Ask } from '../ask.ts'
import { first, number, type Tree, text, tree } from '../lenient.ts'

const ALPHA2_OF = new Map([...COUNTRIES].map(([two, three]) => [three, two] as const))

const geoOf = (ask: Ask, whose: 'device' | 'user') => tree(tree(ask.request[whose])['geo'])

/** ISO 3166-1 alpha-2. The spec wants alpha-3; alpha-2 occurs. Other text is no country. */
function codeOf(name: string | null): string | null {
  const code = name?.trim().toUpperCase() ?? ''
  return COUNTRIES.has(code) ? code : (ALPHA2_OF.get(code) ?? null)
}
const countryOf = (geo: Tree) => codeOf(text(geo['country']))

/** The user's home stands in for the place of a device that does not say its country. */
function placeOf(ask: Ask): Tree {
  const [device, user] = [geoOf(ask, 'device'), geoOf(ask, 'user')]
  return countryOf(device) === null && countryOf(user) !== null ? user : device
}

const listed = (value: string | null): string[] => (value === null ? [] : [value])

export const country = (ask: Ask) => listed(countryOf(placeOf(ask)))

/** ISO 3166-2. Requests mostly leave the country out (`BY`); without a country such a code says nothing. */
export function region(ask: Ask): string[] {
  const [, prefix, part] =
    /^(?:([A-Z]+)-)?([A-Z0-9]{1,3})$/.exec(text(placeOf(ask)['region'])?.toUpperCase() ?? '') ?? []
  const two = prefix === undefined ? country(ask) : listed(codeOf(prefix))
  return part === undefined ? [] : two.map(code => `${code}-${part}`)
}

export const city = (ask: Ask) => listed(text(placeOf(ask)['city'])?.toLowerCase() ?? null)

export const normalZip = (zip: string): string => zip.replaceAll(/[\s-]/g, '').toUpperCase()

export function zip(ask: Ask): string[] {
  if (!ask.use.has('precise_geo')) return []
  return listed(text(placeOf(ask)['zip'])).flatMap(code => country(ask).map(two => `${two}:${normalZip(code)}`))
}

/** Minutes from UTC, as the request says. */
export const utcoffset = (ask: Ask): number | null =>
  number(first(geoOf(ask, 'device')['utcoffset'], geoOf(ask, 'user')['utcoffset']))

const EARTH_KM = 6371.0088 // mean radius, IUGG
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Great-circle distance by the haversine formula. */
export function distance_km(a: readonly [number, number], b: readonly [number, number]): number {
  const dLat = Math.sin(radians(b[0] - a[0]) / 2)
  const dLon = Math.sin(radians(b[1] - a[1]) / 2)
  const h = dLat * dLat + Math.cos(radians(a[0])) * Math.cos(radians(b[0])) * dLon * dLon
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Latitude and longitude of the device, when there and allowed. */
export function point(ask: Ask): [number, number] | null {
  if (!ask.use.has('precise_geo')) return null
  const geo = geoOf(ask, 'device')
  const lat = number(geo['lat'])
  const lon = number(geo['lon'])
  return lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180 ? null : [lat, lon]
}
