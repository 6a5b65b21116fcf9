/**
 * A bid request without what tells who a person is: a copy of the fields that the engine reads, by list. What is not
 * listed is not copied, so an id in a field that somebody invents tomorrow stays out too.
 *
 * Gone: ids of user, device and auction, eids, all extensions but those of law and rewarded placements, query strings.
 * Cut: IPv4 to /24, IPv6 to /48, coordinates to two decimals (a kilometre). Segments, demographics and precise places
 * only where the policy allowed them for this very request. Consent strings stay: without them nobody can judge again
 * whether a bid was allowed; they say what was agreed to, not by whom.
 */
import { PERSONAL_FIELDS, type PersonalField } from '@flightplan/engine/types.ts'

type Json = { [field: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const REQUEST = [
  'at',
  'tmax',
  'test',
  'cur',
  'bcat',
  'acat',
  'cattax',
  'badv',
  'bapp',
  'wlang',
  'wlangb',
  'wseat',
  'bseat',
]
const PLACE = [
  'id',
  'name',
  'domain',
  'bundle',
  'cat',
  'sectioncat',
  'pagecat',
  'cattax',
  'keywords',
  'kwarray',
  'mobile',
]
const SCREEN = ['venuetype', 'venuetypetax']
const DEVICE = [
  'ua',
  'sua',
  'devicetype',
  'os',
  'osv',
  'make',
  'model',
  'carrier',
  'connectiontype',
  'language',
  'langb',
  'w',
  'h',
  'dnt',
  'lmt',
  'js',
]
const GEO = ['country', 'region', 'city', 'metro', 'utcoffset', 'type']
const REGS = ['coppa', 'gdpr', 'us_privacy', 'gpp', 'gpp_sid', 'dsa', 'gpc']
const DEMOGRAPHICS = ['yob', 'gender']
const SEGMENTS = ['data', 'keywords', 'kwarray']
const SUPPLY_NODE = ['asi', 'sid', 'hp']

/**
 * @param id what the auction is called in the log
 * @param use personal fields that the policy allowed (engine/types.ts `Verdict.use`)
 */
export function stripRequest(request: Json, id: string, use: readonly PersonalField[]): Json {
  const out: Json = { id, ...pick(request, REQUEST) }
  out['imp'] = list(request['imp']).map(impOf)
  for (const channel of ['site', 'app', 'dooh'])
    if (isObject(request[channel])) out[channel] = placeOf(request[channel])
  if (isObject(request['device'])) out['device'] = deviceOf(request['device'], use)
  const user = isObject(request['user']) ? userOf(request['user'], use) : null
  if (user) out['user'] = user
  const regs = isObject(request['regs']) ? request['regs'] : {}
  out['regs'] = { ...pick(regs, REGS), ...pickExt(regs, REGS) }
  const chain = chainOf(request)
  if (chain) out['source'] = { schain: chain }
  const dsa = isObject(request['ext']) ? request['ext']['dsa'] : undefined
  if (isObject(dsa)) out['ext'] = { dsa: withoutExt(dsa) }
  return out
}

/** IPv4 to /24, IPv6 to /48; '' for what is no address. */
export function cutAddress(address: string): string {
  const four = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address)
  if (four) return `${four[1]}.0`
  const groups = address.split(':')
  if (groups.length < 4 || !/^[0-9a-f:]+$/i.test(address)) return ''
  const head = address.split('::')[0]?.split(':').filter(Boolean) ?? []
  return `${head.slice(0, 3).join(':')}::`
}

function pick(from: Json, names: readonly string[]): Json {
  const out: Json = {}
  for (const name of names) if (from[name] !== undefined) out[name] = withoutExt(from[name])
  return out
}

function pickExt(from: Json, names: readonly string[]): Json {
  return isObject(from['ext']) ? { ext: pick(from['ext'], names) } : {}
}

/** A deep copy without `ext`, where exchanges put what has no field of its own. */
function withoutExt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExt)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (k === 'ext' ? [] : [[k, withoutExt(v)]])))
}

const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** An imp says nothing about a person; its extensions might. Where exchanges said "rewarded" before 2.6 is kept. */
function impOf(imp: Json): Json {
  const { ext, ...rest } = imp
  const out = withoutExt(rest) as Json // a copy of an object is one
  const prebid = isObject(ext) && isObject(ext['prebid']) ? pick(ext['prebid'], ['is_rewarded_inventory']) : null
  if (isObject(ext)) out['ext'] = { ...pick(ext, ['reward', 'videotype']), ...(prebid && { prebid }) }
  const video = imp['video']
  if (isObject(video) && isObject(video['ext']) && isObject(out['video']))
    out['video'] = { ...out['video'], ext: pick(video['ext'], ['rewarded', 'videotype']) }
  return out
}

function placeOf(place: Json): Json {
  const out = pick(place, [...PLACE, ...SCREEN])
  // Query strings carry session ids and search words.
  if (typeof place['page'] === 'string') out['page'] = place['page'].split(/[?#]/)[0]
  if (isObject(place['publisher']))
    out['publisher'] = pick(place['publisher'], ['id', 'name', 'domain', 'cat', 'cattax'])
  if (isObject(place['content'])) out['content'] = withoutExt(place['content'])
  return out
}

function deviceOf(device: Json, use: readonly PersonalField[]): Json {
  const out = pick(device, DEVICE)
  // Cut, an address says which network it is of, as a list of data centres does; it no longer says whose.
  for (const name of ['ip', 'ipv6']) if (typeof device[name] === 'string') out[name] = cutAddress(device[name])
  const { geo } = device
  if (!isObject(geo)) return out
  out['geo'] = { ...pick(geo, GEO), ...(use.includes('precise_geo') ? placeOnEarth(geo) : {}) }
  return out
}

function placeOnEarth(geo: Json): Json {
  const round = (value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : undefined)
  const [lat, lon] = [round(geo['lat']), round(geo['lon'])]
  const point = lat === undefined || lon === undefined ? {} : { lat, lon }
  return { ...pick(geo, ['zip', 'accuracy']), ...point }
}

function userOf(user: Json, use: readonly PersonalField[]): Json {
  const law = pick(user, ['consent'])
  const home = isObject(user['geo']) ? { geo: pick(user['geo'], GEO) } : {}
  return {
    ...law,
    ...pickExt(user, ['consent']),
    ...home,
    ...(use.includes('demographics') ? pick(user, DEMOGRAPHICS) : {}),
    ...(use.includes('segments') ? pick(user, SEGMENTS) : {}),
  }
}

/** Of its three places the first that holds one (engine/parse/chain.ts). */
function chainOf(request: Json): Json | null {
  const source = isObject(request['source']) ? request['source'] : {}
  const inExt = (holder: Json) => (isObject(holder['ext']) ? holder['ext']['schain'] : undefined)
  const chain = [source['schain'], inExt(source), inExt(request)].find(isObject)
  if (!chain) return null
  return { ...pick(chain, ['complete', 'ver']), nodes: list(chain['nodes']).map(node => pick(node, SUPPLY_NODE)) }
}

/** Fields of a person that a stripped request can hold at all: with all of them allowed, ids are still not there. */
export const KEPT_FIELDS: readonly PersonalField[] = PERSONAL_FIELDS.filter(field => field !== 'ids')
