import type { Auction, Device, Geo, User } from '../auction.ts'
import type { PersonalField } from '../types.ts'

const NOTHING: never[] = Object.freeze([]) as unknown as never[] // shared; `readonly` in the types

/**
 * The auction without the personal fields that are not in `use`; the same object when there is nothing to take out.
 * Whatever reads an auction after the policy reads this one: two requests that differ only in fields that may not be
 * used give equal auctions here, and therefore the same answer.
 *
 * ids: user.id, buyeruid, eids, ifa · precise_geo: latitude, longitude, accuracy, zip · segments: user's segments and
 * keywords · demographics: year of birth, gender · ip: ip, ipv6
 */
export function redact(auction: Auction, use: readonly PersonalField[]): Auction {
  const user = redactUser(auction.user, use)
  const device = redactDevice(auction.device, use)
  return user === auction.user && device === auction.device ? auction : { ...auction, user, device }
}

function redactUser(user: User, use: readonly PersonalField[]): User {
  const ids = !use.includes('ids') && (user.id !== '' || user.buyeruid !== '' || user.eids.length > 0)
  const segments = !use.includes('segments') && (user.segments.length > 0 || user.keywords.length > 0)
  const demographics = !use.includes('demographics') && (user.yob !== null || user.gender !== '')
  if (!ids && !segments && !demographics) return user
  return {
    id: ids ? '' : user.id,
    buyeruid: ids ? '' : user.buyeruid,
    yob: demographics ? null : user.yob,
    gender: demographics ? '' : user.gender,
    segments: segments ? NOTHING : user.segments,
    eids: ids ? NOTHING : user.eids,
    keywords: segments ? NOTHING : user.keywords,
  }
}

function redactDevice(device: Device, use: readonly PersonalField[]): Device {
  const ifa = use.includes('ids') ? device.ifa : ''
  const ip = use.includes('ip') ? device.ip : ''
  const ipv6 = use.includes('ip') ? device.ipv6 : ''
  const geo = use.includes('precise_geo') ? device.geo : blurred(device.geo)
  const same = ifa === device.ifa && ip === device.ip && ipv6 === device.ipv6 && geo === device.geo
  return same ? device : { ...device, ifa, ip, ipv6, geo }
}

/** Country, region and city stay: they are no precise location (TCF special feature 1: within 500 metres). */
function blurred(geo: Geo): Geo {
  const isBlurred = geo.lat === null && geo.lon === null && geo.accuracy === null && geo.zip === ''
  return isBlurred ? geo : { ...geo, zip: '', lat: null, lon: null, accuracy: null }
}
