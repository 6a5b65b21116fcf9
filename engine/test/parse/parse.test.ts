import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Auction, BannerSlot, Imp, NativeSlot, Slot, VideoSlot } from '../../auction.ts'
import { parseAuction } from '../../parse/parse.ts'
import { FULL_REQUEST } from './requests.ts'
import { shapeFaults } from './shape.ts'

/** Through JSON text, as a request comes: own `__proto__` fields and all. */
function parse(request: unknown): Auction {
  const auction = parseAuction(JSON.parse(JSON.stringify(request)))
  assert.ok(auction)
  assert.deepEqual(shapeFaults(auction), [])
  return auction
}
const withFields = (fields: object) => parse({ id: 'a', imp: [{ id: '1' }], ...fields })
function impOf(fields: object): Imp {
  const imp = withFields({ imp: [{ id: '1', ...fields }] }).imps[0]
  assert.ok(imp)
  return imp
}
function slotOf<F extends Slot['format']>(format: F, fields: object): Extract<Slot, { format: F }> {
  const slot = impOf({ [format]: fields }).slots.find(candidate => candidate.format === format)
  assert.ok(slot)
  return slot as Extract<Slot, { format: F }> // found by its format
}
const banner = (fields: object): BannerSlot => slotOf('banner', fields)
const video = (fields: object): VideoSlot => slotOf('video', fields)
const native = (request: unknown): NativeSlot | undefined =>
  impOf({ native: { request } }).slots.find(slot => slot.format === 'native')

test('null for what gets 400, and only for that', () => {
  const refused = [null, 1, 'x', [], {}, { id: 'a' }, { id: '', imp: [{}] }, { id: 'a', imp: [] }, { id: 'a', imp: {} }]
  for (const body of [...refused, { imp: [{ id: '1' }] }, { id: true, imp: [{}] }, { id: null, imp: [{}] }]) {
    assert.equal(parseAuction(body), null, JSON.stringify(body))
  }
  assert.equal(parse({ id: 7, imp: [{ id: '1' }] }).id, '7')
  assert.equal(parse({ id: 'x'.repeat(5000), imp: [null] }).id.length, 5000)
})

test('a full request', () => {
  const auction = parse(FULL_REQUEST)
  assert.deepEqual(
    auction.imps[0]?.slots.map(slot => slot.format),
    ['banner', 'video', 'audio', 'native'],
  )
  assert.deepEqual(auction.currencies, ['EUR', 'USD'])
  assert.equal(auction.channel, 'site')
  assert.equal(auction.inventory.domain, 'www.news.example')
  assert.deepEqual(auction.inventory.categories, ['1:IAB12'])
  assert.deepEqual(auction.inventory.keywords, ['news', 'sport'])
  assert.equal(auction.device.geo.country, 'DE')
  assert.equal(auction.device.geo.region, 'DE-BY')
  assert.equal(auction.device.geo.lat, 48.13)
  assert.deepEqual(auction.device.sua?.browsers, [{ brand: 'Chromium', version: '120.0' }])
  assert.deepEqual(auction.user.segments, [{ provider: 'dmp', id: 'seg1' }])
  assert.deepEqual(auction.user.keywords, ['cyclist', 'runner'])
  assert.deepEqual(auction.imps[0]?.deals[0], {
    id: 'd-1',
    floor: 2,
    floor_currency: 'USD',
    at: 3,
    wseat: ['s'],
    wadomain: ['x.example'],
    guaranteed: false,
  })
})

test('unreadable imps are dropped, of repeated ids the first stays', () => {
  const imp = [null, 'x', [], {}, { id: '' }, { id: 1, tagid: 'first' }, { id: '1', tagid: 'second' }, { id: '2' }]
  const auction = withFields({ imp })
  assert.deepEqual(
    auction.imps.map(({ index, id, tagid }) => ({ index, id, tagid })),
    [
      { index: 5, id: '1', tagid: 'first' },
      { index: 7, id: '2', tagid: '' },
    ],
  )
  assert.deepEqual(withFields({ imp: [null] }).imps, [])
})

test('banner sizes: w/h alone, format alone, both, none, zero, flex', () => {
  const size = { w: 300, h: 250 }
  const other = { w: 320, h: 50 }
  const cases: [object, BannerSlot['sizes'], BannerSlot['wh']][] = [
    [size, [size], null],
    [{ format: [other] }, [other], null],
    [{ ...size, format: [size, other] }, [size, other], null],
    [{ ...size, format: [other] }, [other], size],
    [{ ...size, format: [{ w: 0, h: 0 }, {}] }, [size], null],
    [{}, [], null],
    [{ w: 0, h: 0 }, [], null],
    [{ w: '300', h: 250.0, format: 'x' }, [size], null],
    [{ wmin: 1, hmin: 1, wmax: 9, hmax: 9 }, [], null],
    [{ ...size, format: [{ wratio: 16, hratio: 9 }] }, [], size],
  ]
  for (const [fields, sizes, wh] of cases) {
    const read = banner(fields)
    assert.deepEqual([read.sizes, read.wh], [sizes, wh], JSON.stringify(fields))
  }
  assert.deepEqual(banner({ format: [{ wratio: 16, hratio: 9, wmin: 600 }] }).flex, [
    { wratio: 16, hratio: 9, wmin: 600 },
  ])
})

test('masks: one number for a list, text for numbers, exchange-specific ones ignored', () => {
  assert.equal(banner({ battr: [1, '3', 500, -1, 0, 31, null] }).battr, 0b1010)
  assert.equal(video({ api: 1, protocol: 2, protocols: [3] }).apis, 0b10)
  assert.equal(video({ api: 1, protocol: 2, protocols: [3] }).protocols, 0b1100)
  assert.equal(banner({ api: '7', btype: [4] }).btype, 0b10000)
})

test('secure, at, tmax', () => {
  for (const [secure, read] of [
    [1, true],
    ['1', true],
    [true, true],
    [0, false],
    ['0', false],
    [undefined, true],
    ['x', true],
  ]) {
    assert.equal(impOf({ secure }).secure, read)
  }
  const types: [unknown, number][] = [
    [undefined, 2],
    [1, 1],
    [2, 2],
    ['2.0', 2],
    ['1', 1],
    ['ab', 2],
    ['', 2],
    [0, 2],
    [5, 2],
    [500, 500],
  ]
  for (const [at, read] of types) assert.equal(withFields({ at }).at, read, String(at))
  const times: [unknown, number | null][] = [
    [undefined, null],
    [100.0, 100],
    ['80', 80],
    [0, null],
    [-5, null],
    [1, 1],
    [194999, 194999],
    ['soon', null],
  ]
  for (const [tmax, read] of times) assert.equal(withFields({ tmax }).tmax_ms, read, String(tmax))
})

test('currencies and floors', () => {
  const currencies: [unknown, string[]][] = [
    [undefined, ['USD']],
    [[], ['USD']],
    [null, ['USD']],
    ['eur', ['EUR']],
    [
      ['EUR', 'usd', 3, null],
      ['EUR', 'USD', '3'],
    ],
    [['TYR'], ['TYR']],
  ]
  for (const [cur, read] of currencies) assert.deepEqual(withFields({ cur }).currencies, read)
  const floors: [object, number, string][] = [
    [{}, 0, 'USD'],
    [{ bidfloor: -1 }, 0, 'USD'],
    [{ bidfloor: '0.25', bidfloorcur: 'eur' }, 0.25, 'EUR'],
    [{ bidfloor: 1, bidfloorcur: 'INVALID' }, 1, 'INVALID'],
    [{ bidfloor: 'much' }, 0, 'USD'],
  ]
  for (const [fields, floor, code] of floors) {
    const imp = impOf(fields)
    assert.deepEqual([imp.floor, imp.floor_currency], [floor, code])
    const deal = impOf({ bidfloorcur: 'JPY', pmp: { deals: [{ id: 'd', ...fields }] } }).deals[0]
    assert.deepEqual([deal?.floor, deal?.floor_currency], [floor, code])
  }
})

test('numbers as text, text as numbers, booleans for 0/1, one for a list and a list for one', () => {
  const auction = withFields({
    imp: [{ id: 1 }],
    test: true,
    wseat: 'one',
    bcat: [25, 'IAB26', null, {}],
    site: {
      cat: 'IAB1',
      privacypolicy: true,
      content: { keywords: ['a', ' b '], livestream: '1' },
      publisher: { id: 9 },
    },
    device: { geo: { lat: '48.5', lon: '11' }, carrier: 77, w: '640', lmt: '1', dnt: true },
    user: { yob: '1980' },
  })
  assert.equal(auction.imps[0]?.id, '1')
  assert.equal(auction.test, true)
  assert.deepEqual(auction.wseat, ['one'])
  assert.deepEqual(auction.bcat, ['25', 'IAB26'])
  assert.deepEqual(auction.inventory.categories, ['1:IAB1'])
  assert.deepEqual(auction.inventory.keywords, ['a', 'b'])
  assert.equal(auction.inventory.content.livestream, true)
  assert.equal(auction.inventory.publisher, '9')
  assert.deepEqual([auction.device.geo.lat, auction.device.geo.lon], [48.5, 11])
  assert.deepEqual(
    [auction.device.carrier, auction.device.w, auction.device.lmt, auction.device.dnt],
    ['77', 640, true, true],
  )
  assert.equal(auction.user.yob, 1980)
})

test('null, text and numbers for objects and lists', () => {
  for (const wrong of [null, 'x', 7, true, []]) {
    const auction = parse({
      id: 'a',
      imp: [{ id: '1', banner: wrong, video: wrong, native: wrong, audio: wrong, pmp: wrong, ext: wrong, qty: wrong }],
      ...Object.fromEntries('app site dooh device user regs source ext'.split(' ').map(name => [name, wrong])),
    })
    assert.deepEqual([auction.imps[0]?.slots, auction.channel, auction.chain], [[], null, null])
    const nested = parse({
      id: 'a',
      imp: [{ id: '1', video: { mimes: wrong, ext: wrong, durfloors: wrong }, pmp: { deals: wrong } }],
      site: { content: wrong, publisher: wrong, keywords: wrong },
      device: { geo: wrong, sua: wrong },
      user: { ext: wrong, data: wrong, eids: wrong, geo: wrong },
      regs: { ext: wrong, gpp_sid: wrong },
      source: { ext: wrong, schain: wrong },
    })
    assert.equal(nested.imps[0]?.slots.length, 1)
  }
})

test('channel: app before site, dooh, none', () => {
  const site = { domain: 'a.example' }
  const app = { bundle: 'com.a' }
  assert.deepEqual([withFields({ site, app }).channel, withFields({ site, app }).inventory.bundle], ['app', 'com.a'])
  assert.equal(withFields({ site, app: null }).channel, 'site')
  assert.equal(withFields({ dooh: {} }).channel, 'dooh')
  assert.equal(withFields({}).channel, null)
})

test('domain: of the page where the site gives none', () => {
  const cases: [object, string][] = [
    [{ page: 'https://u:p@News.Example:8080/a?b' }, 'news.example'],
    [{ page: 'http://news.example?x=a@b' }, 'news.example'],
    [{ domain: 'https://a.example/', page: 'https://b.example' }, 'a.example'],
    [{ domain: 'A.example' }, 'a.example'],
    [{ page: '' }, ''],
  ]
  for (const [site, domain] of cases) assert.equal(withFields({ site }).inventory.domain, domain, JSON.stringify(site))
})

test('country and region', () => {
  const cases: [object, string, string][] = [
    [{ country: 'USA', region: 'ca' }, 'US', 'US-CA'],
    [{ country: 'US', region: 'US-CA' }, 'US', 'US-CA'],
    [{ country: 'usa', region: 'USA-CA' }, 'US', 'US-CA'],
    [{ country: 'UK' }, 'GB', ''],
    [{ country: '' }, '', ''],
    [{ country: 'Italy', region: 'RM' }, '', ''],
    [{ region: 'DE-BY' }, '', 'DE-BY'],
    [{ country: 'IND', region: 'Maharashtra' }, 'IN', ''],
    [{ country: 5, region: 30 }, '', ''],
  ]
  for (const [geo, country, region] of cases) {
    const read = withFields({ device: { geo } }).device.geo
    assert.deepEqual([read.country, read.region], [country, region], JSON.stringify(geo))
  }
})

test("the user's geo gives a country, never a point", () => {
  const user = { geo: { country: 'AUT', region: '9', lat: 48, lon: 16, zip: '1010' } }
  const { geo } = withFields({ user, device: { geo: { lat: 1 } } }).device
  assert.deepEqual([geo.country, geo.region, geo.zip, geo.lat, geo.lon], ['AT', 'AT-9', '1010', null, null])
  assert.equal(withFields({ user, device: { geo: { country: 'DEU' } } }).device.geo.country, 'DE')
})

test('several media types, or none', () => {
  const formats = (fields: object) => impOf(fields).slots.map(slot => slot.format)
  assert.deepEqual(formats({ audio: {}, video: {}, banner: {} }), ['banner', 'video', 'audio'])
  assert.deepEqual(formats({}), [])
})

const ASSETS = [{ id: 1, required: 1, title: { len: 25 } }]

test('native: wrapped, bare, object, no JSON, missing', () => {
  assert.equal(native(JSON.stringify({ native: { ver: '1.1', assets: ASSETS } }))?.wrapped, true)
  assert.equal(native(JSON.stringify({ assets: ASSETS }))?.wrapped, false)
  assert.equal(native({ native: { assets: ASSETS } })?.wrapped, true)
  assert.equal(native({ assets: ASSETS })?.assets[0]?.length, 25)
  assert.equal(impOf({ native: { assets: ASSETS } }).slots.length, 1)
  for (const lost of [
    '{json string}',
    '',
    'x',
    '[]',
    '7',
    '{"native":{"assets":[...]}}',
    undefined,
    null,
    7,
    {},
    '{"assets":[]}',
  ]) {
    assert.equal(native(lost), undefined, String(lost))
  }
})

test('native assets: what is optional and unreadable is left out, what is required loses the slot', () => {
  assert.equal(native({ assets: [...ASSETS, { id: 2 }, { data: { type: 1 } }, 7] })?.assets.length, 1)
  assert.equal(native({ assets: [...ASSETS, { id: 2, required: 1 }] }), undefined)
  assert.equal(native({ assets: [...ASSETS, { required: 1, data: { type: 1 } }] }), undefined)
  assert.equal(native({ assets: [...ASSETS, { id: 1, required: 1, data: {} }] }), undefined)
  assert.deepEqual(
    native({
      assets: ASSETS,
      eventtrackers: [
        { event: 2, methods: [2] },
        { event: 1, methods: [1, 2, 1] },
      ],
    })?.impression_methods,
    [1, 2],
  )
})

test('video with nothing said', () => {
  const slot = video({})
  assert.deepEqual(
    [slot.mimes, slot.protocols, slot.min_duration_s, slot.max_duration_s, slot.w],
    [[], 0, 0, Infinity, 0],
  )
  assert.deepEqual(
    [slot.plcmt, slot.skippable, slot.linear, slot.pod, slot.start_delay],
    [null, null, null, null, null],
  )
})

test('video durations, placement, pods and floors', () => {
  assert.deepEqual(video({ rqddurs: [15, '30', 0] }).exact_durations_s, [15, 30])
  assert.equal(video({ maxduration: 30, maxextended: 15 }).max_duration_s, 45)
  assert.equal(video({ maxduration: 30, maxextended: -1 }).max_duration_s, Infinity)
  const placements: [object, number | null][] = [
    [{ placement: 1 }, 1],
    [{ placement: 2 }, 4],
    [{ placement: 3 }, 4],
    [{ placement: 4 }, 4],
    [{ placement: 5 }, 3],
    [{ placement: 6 }, null],
    [{ plcmt: 2, placement: 1 }, 2],
    [{}, null],
  ]
  for (const [fields, plcmt] of placements) assert.equal(video(fields).plcmt, plcmt, JSON.stringify(fields))
  assert.deepEqual(video({ podid: 3, podseq: 1, slotinpod: -1 }).pod, {
    id: '3',
    duration_s: null,
    max_ads: null,
    sequence: 1,
    slotinpod: -1,
  })
  assert.deepEqual(video({ poddur: 90, maxseq: 4 }).pod, {
    id: '',
    duration_s: 90,
    max_ads: 4,
    sequence: null,
    slotinpod: null,
  })
  assert.equal(video({ mincpmpersec: 0.2 }).min_cpm_per_second, 0.2)
  assert.deepEqual(
    video({ durfloors: [{ mindur: 1, maxdur: 15, bidfloor: 5 }, { mindur: 9, maxdur: 3, bidfloor: 1 }, {}, 7] })
      .duration_floors,
    [{ min_s: 1, max_s: 15, floor: 5 }],
  )
  assert.deepEqual(slotOf('audio', { durfloors: [{ mindur: 16, bidfloor: 9 }] }).duration_floors, [
    { min_s: 16, max_s: Infinity, floor: 9 },
  ])
})

test('consent and law: the 2.6 place wins, the 2.5 place fills', () => {
  const places: [keyof Auction['regs'], unknown, object, unknown, object][] = [
    ['tcf', 'new', { user: { consent: 'new' } }, 'old', { user: { ext: { consent: 'old' } } }],
    ['gdpr', false, { regs: { gdpr: 0 } }, true, { regs: { ext: { gdpr: 1 } } }],
    ['us_privacy', '1YNN', { regs: { us_privacy: '1YNN' } }, '1YYN', { regs: { ext: { us_privacy: '1YYN' } } }],
    ['gpp', 'new', { regs: { gpp: 'new' } }, 'old', { regs: { ext: { gpp: 'old' } } }],
    ['gpp_sid', [2], { regs: { gpp_sid: [2] } }, [7], { regs: { ext: { gpp_sid: [7] } } }],
    ['dsa', 3, { regs: { ext: { dsa: { dsarequired: 3 } } } }, 1, { ext: { dsa: { dsarequired: 1 } } }],
  ]
  for (const [field, newer, inNew, older, inOld] of places) {
    assert.deepEqual(withFields(inNew).regs[field], newer)
    assert.deepEqual(withFields(inOld).regs[field], older)
    assert.deepEqual(withFields(mergeDeep(inOld, inNew)).regs[field], newer, `both ${field}`)
  }
  for (const regs of [{ gpc: 1 }, { gpc: '1' }, { ext: { gpc: '1' } }, { ext: { gpc: true } }]) {
    assert.equal(withFields({ regs }).regs.gpc, true)
  }
  assert.equal(withFields({ regs: { gdpr: 2 } }).regs.gdpr, null)
  assert.equal(withFields({ regs: { coppa: '1' } }).regs.coppa, true)
})

function mergeDeep(one: object, other: object): object {
  const merged = new Map<string, unknown>(Object.entries(one))
  for (const [name, value] of Object.entries(other)) {
    const own = merged.get(name)
    merged.set(name, typeof own === 'object' && own !== null && !Array.isArray(own) ? mergeDeep(own, value) : value)
  }
  return Object.fromEntries(merged)
}

test('supply chain: three places, the newest first', () => {
  const chain = (sid: string) => ({ complete: 1, nodes: [{ asi: 'SSP.example', sid, hp: 1 }] })
  const all = { source: { schain: chain('26'), ext: { schain: chain('25') } }, ext: { schain: chain('24') } }
  assert.deepEqual(withFields(all).chain, { complete: true, nodes: [{ asi: 'ssp.example', sid: '26', hp: true }] })
  assert.equal(withFields({ ...all, source: { ext: all.source.ext } }).chain?.nodes[0]?.sid, '25')
  assert.equal(withFields({ ext: all.ext }).chain?.nodes[0]?.sid, '24')
  assert.deepEqual(
    withFields({ source: { schain: { complete: 1, nodes: [{ asi: 'a.example' }] } } }).chain?.complete,
    false,
  )
  assert.equal(
    withFields({ source: { schain: { complete: 1, nodes: Array(65).fill({ asi: 'a', sid: 1 }) } } }).chain?.complete,
    false,
  )
})

test('extended ids: user.eids, else user.ext.eids', () => {
  const eids = (source: string) => [
    { source, uids: [{ id: 'x' }, { id: 7 }, {}, null] },
    null,
    { source: 'none', uids: [] },
  ]
  const user = { eids: eids('new'), ext: { eids: eids('old') } }
  assert.deepEqual(withFields({ user }).user.eids, [{ source: 'new', ids: ['x', '7'] }])
  assert.deepEqual(withFields({ user: { eids: [], ext: user.ext } }).user.eids, [{ source: 'old', ids: ['x', '7'] }])
})

test('rewarded, in each of its places', () => {
  const said = [
    { rwdd: 1 },
    { ext: { reward: 1 } },
    { ext: { prebid: { is_rewarded_inventory: 1 } } },
    { ext: { videotype: 'rewarded' } },
    { video: { ext: { rewarded: 1 } } },
    { video: { ext: { videotype: 'rewarded_interstitial' } } },
  ]
  for (const fields of said) {
    const imp = impOf({ video: {}, ...fields })
    assert.deepEqual([imp.rewarded, imp.slots[0]?.format === 'video' && imp.slots[0].rewarded], [true, true])
  }
  assert.equal(impOf({ video: { ext: { rewarded: 0, videotype: 'x' } } }).rewarded, false)
})

test('deals and what is blocked at the wrong level', () => {
  const imp = impOf({
    pmp: {
      private_auction: '1',
      deals: [{ id: 'd', at: 9, guar: 1, wseat: 's' }, { id: 'd', at: 1 }, {}, null, { id: 5 }],
    },
    bcat: [70, 14],
    battr: [2],
    wseat: ['s1'],
    banner: { battr: [1] },
    video: {},
  })
  assert.equal(imp.private_auction, true)
  assert.deepEqual(
    imp.deals.map(({ id, at, guaranteed, wseat }) => [id, at, guaranteed, wseat]),
    [
      ['d', null, true, ['s']],
      ['5', null, false, []],
    ],
  )
  assert.deepEqual([imp.bcat, imp.battr, imp.wseat], [['70', '14'], 0b100, ['s1']])
  assert.deepEqual(
    imp.slots.map(slot => slot.battr),
    [0b110, 0b100],
  )
})

test('foreign fields change nothing', () => {
  const foreign = {
    '@timestamp': 1,
    Xid: 'x',
    user: { buyerUid: 'u' },
    device: { deviceType: 4, geo: { long: 5, dma: 7 } },
  }
  assert.deepEqual(withFields(foreign), withFields({ user: {}, device: { geo: {} } }))
})

test('user: gender words, switched-off advertising id, impossible year', () => {
  const genders: [unknown, string][] = [
    ['m', 'M'],
    ['F', 'F'],
    ['male', 'M'],
    ['Female', 'F'],
    ['O', 'O'],
    ['x', ''],
    [1, ''],
    ['constructor', ''],
  ]
  for (const [gender, read] of genders) assert.equal(withFields({ user: { gender } }).user.gender, read)
  assert.equal(withFields({ device: { ifa: '00000000-0000-0000-0000-000000000000' } }).device.ifa, '')
  assert.equal(withFields({ user: { yob: 80 } }).user.yob, null)
})

test('a __proto__ in the request is a field like any other', () => {
  const evil =
    '{"id":"a","imp":[{"id":"1","__proto__":{"instl":1,"polluted":1}}],"__proto__":{"test":1},"user":{"__proto__":{"id":"u"}}}'
  const auction = parseAuction(JSON.parse(evil))
  assert.deepEqual([auction?.test, auction?.imps[0]?.interstitial, auction?.user.id], [false, false, ''])
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
})

test('counts and lengths are bounded', () => {
  const many = (count: number, make: (at: number) => unknown) => Array.from({ length: count }, (_, at) => make(at))
  const auction = withFields({
    imp: many(500, at => ({
      id: `${at}`,
      banner: { format: many(500, () => ({ w: 1, h: 1 })) },
      pmp: { deals: many(500, id => ({ id })) },
    })),
    site: { cat: many(500, at => `IAB${at}`), keywords: many(500, at => `k${at}`).join(), domain: 'd'.repeat(513) },
    device: { ua: 'u'.repeat(100_000), ifa: 'i'.repeat(513) },
    user: { data: many(50, id => ({ id, segment: many(50, at => ({ id: `s${at}` })) })), keywords: 'k,'.repeat(500) },
  })
  const imp = auction.imps[0]
  const slot = imp?.slots[0]
  assert.deepEqual(
    [auction.imps.length, imp?.deals.length, slot?.format === 'banner' && slot.sizes.length],
    [64, 64, 64],
  )
  assert.deepEqual([auction.inventory.categories.length, auction.inventory.keywords.length], [64, 128])
  assert.deepEqual([auction.user.segments.length, auction.user.keywords.length], [512, 128])
  assert.deepEqual([auction.device.ua.length, auction.device.ifa, auction.inventory.domain], [2048, '', ''])
})
