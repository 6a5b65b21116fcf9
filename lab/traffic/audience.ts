import { structuredAgent } from './devices.ts'
import { utcOffset } from './geography.ts'
import type { JsonObject } from './json.ts'
import type { Scene } from './scene.ts'

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits

/** Geo as located by the device (type 1) or from the address (type 2, coarse). ISO-3 mostly; ISO-2 from a few sellers. */
function geo({ random, user, at_ms, exchange, publisher, kind }: Scene): JsonObject {
  const { country, city } = user
  const precise = kind === 'app-banner' && random.chance(0.35)
  const digits = precise ? 4 : 2
  const made: JsonObject = {
    country: publisher.id.endsWith('7') ? country.iso2 : country.iso3,
    // ISO 3166-2 in full from boreal, the bare subdivision from the others: both are common.
    region: exchange === 'boreal' && country.iso2 !== 'US' ? `${country.iso2}-${city.region}` : city.region,
    city: city.name,
  }
  if (random.chance(0.8)) made['zip'] = user.zip
  if (city.metro !== undefined) made['metro'] = city.metro
  if (random.chance(0.75))
    Object.assign(made, { lat: rounded(user.lat, digits), lon: rounded(user.lon, digits), type: precise ? 1 : 2 })
  if (precise) Object.assign(made, { accuracy: random.pick([10, 25, 65, 100]), lastfix: random.int(1, 600) })
  else if (random.chance(0.3)) made['accuracy'] = random.pick([1000, 5000, 20_000])
  if (random.chance(0.85)) made['utcoffset'] = utcOffset(country, at_ms)
  return made
}

const BOT_AGENT = 'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)'

/** The Device object. One request in 250 comes from a declared crawler, which an honest bidder does not pay for. */
export function deviceOf(scene: Scene): JsonObject {
  const { random, user, kind } = scene
  const { device } = user
  const inApp = 'app' in scene.place
  const bot = random.chance(0.004) && !inApp
  const ua = bot ? BOT_AGENT : inApp && device.appUa !== '' ? device.appUa : device.ua
  const made: JsonObject = { ua, ip: user.ip, geo: geo(scene), devicetype: device.type }
  if (kind === 'dooh') return { ...made, devicetype: 8, ua: 'ExampleSignage/4.2 (Linux)', os: 'Linux' }
  if (device.brands !== undefined && !inApp && random.chance(0.7)) made['sua'] = structuredAgent(device)
  Object.assign(made, {
    make: device.make,
    model: device.model,
    os: device.os,
    osv: device.osv,
    w: device.w,
    h: device.h,
  })
  if (random.chance(0.6)) made['pxratio'] = device.pxratio
  Object.assign(made, { js: kind === 'ctv' ? 0 : 1, language: user.language })
  if (device.type === 4 || device.type === 5) Object.assign(made, { carrier: user.carrier[0], mccmnc: user.carrier[1] })
  made['connectiontype'] = user.wifi ? (device.type === 2 ? 1 : 2) : random.pick([5, 6, 6, 7])
  if (inApp) made['ifa'] = user.ifa
  made['lmt'] = user.limited ? 1 : 0
  made['dnt'] = user.limited && random.chance(0.5) ? 1 : 0
  if (inApp && device.os === 'iOS') made['ext'] = { atts: user.limited ? 2 : 3 }
  return made
}

function eids({ user }: Scene): JsonObject[] {
  return user.eids.map(([source, atype, id]) => ({ source, uids: [{ id, atype }] }))
}

/** The User object before privacy takes anything away: ids, demographics and the provider's segments. */
export function userOf(scene: Scene): JsonObject {
  const { random, user, exchange } = scene
  const made: JsonObject = { id: `${exchange}-${user.id}` }
  if (user.buyeruid !== undefined) made['buyeruid'] = user.buyeruid
  if (random.chance(0.3)) made['yob'] = user.yob
  if (random.chance(0.3)) made['gender'] = user.gender
  if (random.chance(0.6))
    made['data'] = [{ id: 'dp-1', name: 'data.example', segment: user.segments.map(id => ({ id })) }]
  if (user.eids.length > 0 && random.chance(0.85)) made['eids'] = eids(scene)
  return made
}
