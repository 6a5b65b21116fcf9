/**
 * The fields of a request that `parse/` reads, by kind of object: what `bytes.ts` keeps, and all that it keeps. A field
 * that parse/ reads and this table lacks would be lost for serving alone; a test records every read over the corpus.
 *
 * Each kind makes its objects from one literal, so all of a kind have one shape whatever an exchange sends in whatever
 * order: reading a field is then a load and no search (4 µs a request, where those of JSON.parse's shapes cost 9).
 */

/** An object with every field of its kind; `undefined` where the request has none. */
export type Fields = Record<string, unknown>

interface Written {
  make(): Fields
  /** Kinds of the fields that hold objects or lists of them; of the others only plain values are kept. */
  of?: { readonly [field: string]: string }
}

const u = undefined

// biome-ignore format: a table, a kind a row
const WRITTEN = {
  request: {
    make: () => ({
      id: u, imp: u, site: u, app: u, dooh: u, device: u, user: u, regs: u, source: u, ext: u, at: u, tmax: u, test: u,
      cur: u, wseat: u, bseat: u, bcat: u, acat: u, cattax: u, badv: u, bapp: u, wlang: u, wlangb: u,
    }),
    of: {
      imp: 'imp', site: 'inventory', app: 'inventory', dooh: 'inventory', device: 'device', user: 'user', regs: 'regs',
      source: 'source', ext: 'requestExt',
    },
  },
  source: { make: () => ({ schain: u, ext: u }), of: { schain: 'chain', ext: 'requestExt' } },
  requestExt: { make: () => ({ schain: u, dsa: u }), of: { schain: 'chain', dsa: 'dsa' } },
  chain: { make: () => ({ complete: u, nodes: u }), of: { nodes: 'node' } },
  node: { make: () => ({ asi: u, sid: u, hp: u }) },
  imp: {
    make: () => ({
      id: u, banner: u, video: u, audio: u, native: u, pmp: u, ext: u, qty: u, bidfloor: u, bidfloorcur: u, secure: u,
      instl: u, rwdd: u, tagid: u, exp: u, wseat: u, bcat: u, battr: u, ssai: u,
    }),
    of: { banner: 'banner', video: 'media', audio: 'media', native: 'native', pmp: 'pmp', ext: 'impExt', qty: 'qty' },
  },
  impExt: { make: () => ({ reward: u, prebid: u, videotype: u }), of: { prebid: 'prebid' } },
  prebid: { make: () => ({ is_rewarded_inventory: u }) },
  qty: { make: () => ({ multiplier: u }) },
  pmp: { make: () => ({ private_auction: u, deals: u }), of: { deals: 'deal' } },
  deal: { make: () => ({ id: u, bidfloor: u, bidfloorcur: u, at: u, wseat: u, wadomain: u, guar: u }) },
  banner: {
    make: () => ({ format: u, w: u, h: u, pos: u, battr: u, api: u, mimes: u, btype: u }),
    of: { format: 'format' },
  },
  format: { make: () => ({ w: u, h: u, wratio: u, hratio: u, wmin: u }) },
  media: {
    make: () => ({
      mimes: u, minduration: u, maxduration: u, maxextended: u, rqddurs: u, protocols: u, protocol: u, api: u, battr: u,
      startdelay: u, podid: u, poddur: u, maxseq: u, podseq: u, slotinpod: u, durfloors: u, mincpmpersec: u,
      linearity: u, w: u, h: u, plcmt: u, placement: u, skip: u, pos: u, ext: u,
    }),
    of: { durfloors: 'durationFloor', ext: 'mediaExt' },
  },
  mediaExt: { make: () => ({ rewarded: u, videotype: u }) },
  durationFloor: { make: () => ({ mindur: u, maxdur: u, bidfloor: u }) },
  native: {
    make: () => ({ request: u, native: u, assets: u, eventtrackers: u, ver: u, battr: u, api: u }),
    of: { request: 'native', native: 'native', assets: 'asset', eventtrackers: 'tracker' },
  },
  asset: {
    make: () => ({ id: u, required: u, title: u, img: u, video: u, data: u }),
    of: { title: 'assetBody', img: 'assetBody', video: 'assetBody', data: 'assetBody' },
  },
  assetBody: { make: () => ({ len: u, type: u, w: u, h: u, wmin: u, hmin: u, mimes: u }) },
  tracker: { make: () => ({ event: u, methods: u }) },
  inventory: {
    make: () => ({
      id: u, domain: u, page: u, bundle: u, publisher: u, content: u, cattax: u, pagecat: u, sectioncat: u, cat: u,
      kwarray: u, keywords: u,
    }),
    of: { publisher: 'idOnly', content: 'content' },
  },
  content: {
    make: () => ({
      cat: u, cattax: u, kwarray: u, keywords: u, genre: u, qagmediarating: u, language: u, langb: u, series: u,
      title: u, livestream: u,
    }),
  },
  idOnly: { make: () => ({ id: u }) },
  device: {
    make: () => ({
      ua: u, sua: u, ip: u, ipv6: u, ifa: u, devicetype: u, os: u, osv: u, make: u, model: u, carrier: u,
      connectiontype: u, language: u, langb: u, w: u, h: u, dnt: u, lmt: u, geo: u,
    }),
    of: { sua: 'sua', geo: 'geo' },
  },
  geo: { make: () => ({ country: u, region: u, city: u, zip: u, lat: u, lon: u, accuracy: u, utcoffset: u }) },
  sua: {
    make: () => ({ browsers: u, platform: u, mobile: u, model: u }),
    of: { browsers: 'brand', platform: 'brand' },
  },
  brand: { make: () => ({ brand: u, version: u }) },
  user: {
    make: () => ({
      id: u, buyeruid: u, yob: u, gender: u, data: u, eids: u, ext: u, keywords: u, kwarray: u, geo: u, consent: u,
    }),
    of: { data: 'data', eids: 'eid', ext: 'userExt', geo: 'geo' },
  },
  userExt: { make: () => ({ eids: u, consent: u }), of: { eids: 'eid' } },
  data: { make: () => ({ id: u, name: u, segment: u }), of: { segment: 'idOnly' } },
  eid: { make: () => ({ source: u, uids: u }), of: { uids: 'idOnly' } },
  regs: {
    make: () => ({ coppa: u, gdpr: u, us_privacy: u, gpp: u, gpp_sid: u, gpc: u, dsa: u, ext: u }),
    of: { dsa: 'dsa', ext: 'regsExt' },
  },
  regsExt: {
    make: () => ({ coppa: u, gdpr: u, us_privacy: u, gpp: u, gpp_sid: u, gpc: u, dsa: u }),
    of: { dsa: 'dsa' },
  },
  dsa: { make: () => ({ dsarequired: u }) },
} satisfies Record<string, Written>

export interface Kind {
  make(): Fields
  /** By {@link hashOfKey}, with linear probing; the length is a power of two, and one place stays free. */
  places: readonly (Field | null)[]
}

export interface Field {
  name: string
  /** Of the objects in it; null: only plain values are read. */
  kind: Kind | null
}

/** Of a name's length and four of its letters: names differ in them, and reading all of each costs 2 µs a request. */
export const hashOfKey = (n: number, first: number, early: number, middle: number, last: number): number =>
  n ^ (first << 1) ^ (early << 2) ^ (middle << 3) ^ (last << 4)

function hashOf(name: string): number {
  const code = (at: number) => name.charCodeAt(at)
  const n = name.length
  return hashOfKey(n, code(0), code(n >> 2), code(n >> 1), code(n - 1))
}

const kinds = new Map<string, Kind>()

/** Kinds may hold themselves (`native.native`): each is known before its fields are. */
function kindOf(name: string): Kind {
  const known = kinds.get(name)
  if (known !== undefined) return known
  const { make, of = {} }: Written = WRITTEN[name as keyof typeof WRITTEN] // a name out of the table
  const names = Object.keys(make())
  const places: (Field | null)[] = new Array(64).fill(null)
  const kind: Kind = { make, places }
  kinds.set(name, kind)
  for (const field of names) {
    const child = of[field]
    let at = hashOf(field) & (places.length - 1)
    while (places[at] !== null) at = (at + 1) & (places.length - 1)
    places[at] = { name: field, kind: child === undefined ? null : kindOf(child) }
  }
  return kind
}

export const REQUEST = kindOf('request')
