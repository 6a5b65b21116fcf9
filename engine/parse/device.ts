import { alpha2 } from '@flightplan/contract/countries.ts'
import type { Device, Geo } from '../auction.ts'
import { answer, flag, isObject, type Json, list, number, object, positive, prose, text, within } from './json.ts'

const MAX_BRANDS = 16
/** What an operating system gives in place of an advertising id that its owner switched off. */
const ZERO_IFA = '00000000-0000-0000-0000-000000000000'

/** The device, and the user's geo where the device's does not say in which country it is. */
export function parseDevice(value: unknown, user: unknown): Device {
  const device = object(value)
  const ifa = text(device['ifa'])
  return {
    ua: prose(device['ua']),
    sua: userAgent(device['sua']),
    ip: text(device['ip']),
    ipv6: text(device['ipv6']),
    ifa: ifa === ZERO_IFA ? '' : ifa,
    type: within(device['devicetype'], 1, 8),
    os: text(device['os']),
    osv: text(device['osv']),
    make: text(device['make']),
    model: text(device['model']),
    carrier: text(device['carrier']),
    connection: within(device['connectiontype'], 1, 7),
    language: text(device['language']) || text(device['langb']),
    w: positive(device['w']),
    h: positive(device['h']),
    dnt: flag(device['dnt']),
    lmt: flag(device['lmt']),
    geo: parseGeo(object(device['geo']), object(object(user)['geo'])),
  }
}

/**
 * `user.geo` is the user's home base (§3.2.20): it can stand in for the country of a device that says none, but never
 * for the point where the device is. Which of the two is read must hang on the country alone: were it to hang on
 * latitude and longitude, those would show in an answer that may not use them.
 */
function parseGeo(device: Json, user: Json): Geo {
  const own = alpha2(text(device['country']))
  const home = own === '' ? alpha2(text(user['country'])) : ''
  const place = home === '' ? device : user
  const country = own || home
  const lat = coordinate(device['lat'], 90)
  const lon = coordinate(device['lon'], 180)
  const located = lat !== null && lon !== null
  return {
    country,
    region: region(text(place['region']), country),
    city: text(place['city']),
    zip: text(place['zip']),
    lat: located ? lat : null,
    lon: located ? lon : null,
    accuracy: located ? within(device['accuracy'], 0, 100_000_000) : null,
    utcoffset_min: within(device['utcoffset'] ?? user['utcoffset'], -14 * 60, 14 * 60),
  }
}

function coordinate(value: unknown, most: number): number | null {
  const read = value === undefined ? null : number(value)
  return read !== null && read >= -most && read <= most ? read : null
}

/** `ca`, `US-CA` and `USA-CA` are `US-CA`; a name, or a part of no known country, is ''. */
function region(written: string, country: string): string {
  if (written === '') return ''
  const code = written.trim().toUpperCase()
  const dash = code.indexOf('-')
  const prefix = dash < 0 ? country : alpha2(code.slice(0, dash))
  const part = code.slice(dash + 1)
  return prefix !== '' && /^[A-Z0-9]{1,3}$/.test(part) ? `${prefix}-${part}` : ''
}

function userAgent(value: unknown): Device['sua'] {
  if (!isObject(value)) return null
  const browsers: { brand: string; version: string }[] = []
  for (const entry of list(value['browsers'])) {
    const browser = brandVersion(entry)
    if (browser !== null && browsers.length < MAX_BRANDS) browsers.push(browser)
  }
  return {
    browsers,
    platform: brandVersion(value['platform']),
    mobile: answer(value['mobile']),
    model: text(value['model']),
  }
}

/** The version comes as a list of its parts (§3.2.30). */
function brandVersion(value: unknown): { brand: string; version: string } | null {
  const brand = text(object(value)['brand'])
  if (brand === '') return null
  const parts = object(value)['version']
  return { brand, version: Array.isArray(parts) ? parts.slice(0, 4).map(text).join('.') : text(parts) }
}
