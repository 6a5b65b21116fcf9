import { COUNTRIES } from '@flightplan/contract/countries.ts'
import { type Ask, geoOf } from '../ask.ts'
import { number, text } from '../lenient.ts'

const ALPHA2_OF = new Map([...COUNTRIES].map(([two, three]) => [three, two] as const))

/** ISO 3166-1 alpha-2. The spec wants alpha-3; alpha-2 occurs. Other text is no country. */
export function country(ask: Ask): string[] {
  const code = text(geoOf(ask.request)['country'])?.toUpperCase()
  if (code === undefined) return []
  if (COUNTRIES.has(code)) return [code]
  const two = ALPHA2_OF.get(code)
  return two === undefined ? [] : [two]
}

/** ISO 3166-2. Requests mostly leave the country out (`BY`); without a country such a code says nothing. */
export function region(ask: Ask): string[] {
  const code = text(geoOf(ask.request)['region'])?.toUpperCase()
  if (code === undefined) return []
  return code.includes('-') ? [code] : country(ask).map(two => `${two}-${code}`)
}

export function city(ask: Ask): string[] {
  const name = text(geoOf(ask.request)['city'])
  return name === null ? [] : [name.toLowerCase()]
}

export const normalZip = (zip: string): string => zip.replaceAll(/\s/g, '').toUpperCase()

export function zip(ask: Ask): string[] {
  if (!ask.use.has('precise_geo')) return []
  const code = text(geoOf(ask.request)['zip'])
  return code === null ? [] : country(ask).map(two => `${two}:${normalZip(code)}`)
}

const EARTH_KM = 6371.0088 // mean radius, IUGG
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Great-circle distance by the haversine formula. */
export function distance_km(a: readonly [number, number], b: readonly [number, number]): number {
  const dLat = Math.sin(radians(b[0] - a[0]) / 2)
  const dLon = Math.sin(radians(b[1] - a[1]) / 2)
  const h = dLat * dLat + Math.cos(radians(a[0])) * Math.cos(radians(b[0])) * dLon * dLon
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Latitude and longitude, when there and allowed. */
export function point(ask: Ask): [number, number] | null {
  if (!ask.use.has('precise_geo')) return null
  const geo = geoOf(ask.request)
  const lat = number(geo['lat'])
  const lon = number(geo['lon'])
  return lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180 ? null : [lat, lon]
}
