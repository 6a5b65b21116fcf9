import type { Reader } from './reader.ts'
import { addTerm } from './reader.ts'

const EARTH_KM = 6371.0088 // mean radius, IUGG

/** Great circle distance (haversine), kilometres. */
export function distance_km(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = Math.PI / 180
  const sinLat = Math.sin(((lat2 - lat1) * rad) / 2)
  const sinLon = Math.sin(((lon2 - lon1) * rad) / 2)
  const a = sinLat * sinLat + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * sinLon * sinLon
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(a)))
}

/** A degree of latitude is 111 km: circles further off than that in latitude alone need no trigonometry. */
const KM_PER_DEGREE = 110.5

const near: Reader = ({ snapshot, auction }, _attribute, _parameter, out) => {
  const { lat, lon } = auction.device.geo
  if (lat === null || lon === null) return
  for (const circle of snapshot.meta.circles)
    if (
      Math.abs(circle.lat - lat) * KM_PER_DEGREE <= circle.km &&
      distance_km(lat, lon, circle.lat, circle.lon) <= circle.km
    )
      out.push(circle.term)
}

export const GEO_READERS = {
  country: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, reading.auction.device.geo.country, out),
  region: (reading, attribute, _parameter, out) => addTerm(reading, attribute, reading.auction.device.geo.region, out),
  city: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, reading.auction.device.geo.city.trim().toLowerCase(), out),
  zip: (reading, attribute, _parameter, out) => {
    const { country, zip } = reading.auction.device.geo
    if (country && zip) addTerm(reading, attribute, `${country}:${zip.replace(/[\s-]/g, '').toUpperCase()}`, out)
  },
  near,
} satisfies Record<string, Reader>
