/** The checker itself: real answers have no fault, and each fault put into them is found. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkAnswer } from '../../conformance/answer.ts'
import { shapeDifferences } from '../../conformance/shape.ts'
import type { Tree } from '../../oracle/lenient.ts'
import { asked, openWide } from './setup.ts'

// biome-ignore lint/suspicious/noExplicitAny: the cases dig in JSON of their own
type Bag = Record<string, any>

const DEVICE = {
  ua: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/137.0',
  ip: '198.51.100.7',
  ifa: 'ifa-0123456789',
}
const base = (imp: Bag, more: Bag = {}): Bag => ({
  ...{ id: 'request-1', cur: ['USD'], at: 1, tmax: 200 },
  site: { domain: 'news.example', page: 'https://news.example/', publisher: { id: 'p' } },
  ...{ device: { ...DEVICE, geo: { country: 'USA' } }, user: { id: 'user-0123456789' }, regs: { gdpr: 0 } },
  ...{ imp: [{ id: 'imp-1', secure: 1, bidfloor: 0.5, bidfloorcur: 'USD', ...imp }], ...more },
})
const VIDEO = {
  mimes: ['video/mp4'],
  protocols: [2, 3, 5, 6, 7, 8, 11, 13],
  minduration: 5,
  maxduration: 30,
  w: 640,
  h: 360,
}
const ASSETS = [
  { id: 1, required: 1, title: { len: 90 } },
  { id: 2, required: 1, img: { type: 3, wmin: 600, hmin: 300 } },
  { id: 3, required: 0, data: { type: 2, len: 90 } },
]
const REQUESTS = {
  banner: base({ banner: { format: [{ w: 300, h: 250 }], battr: [3] } }),
  video: base({ video: VIDEO }),
  native: base({ native: { request: JSON.stringify({ ver: '1.2', assets: ASSETS }) } }),
  audio: base({ audio: { mimes: ['audio/mpeg', 'audio/mp4'], minduration: 5, maxduration: 30 } }),
}
type Kind = keyof typeof REQUESTS

const bidder = await openWide()
const bytes = (request: Bag) => Buffer.from(JSON.stringify(request))
const answers = new Map<Kind, Bag>()
for (const [kind, request] of Object.entries(REQUESTS)) {
  const { status, body } = await bidder.answer('alpha', bytes(request))
  assert.equal(status, 200, `no bid on ${kind}`)
  answers.set(kind as Kind, JSON.parse(body)) // a key of REQUESTS
}

for (const kind of answers.keys())
  test(`a real ${kind} answer has no fault`, () => {
    assert.deepEqual(
      faults(kind, () => {}),
      [],
    )
  })

function faults(kind: Kind, harm: (bid: Bag, answer: Bag, request: Bag) => void): string[] {
  const [request, answer] = [structuredClone<Bag>(REQUESTS[kind]), structuredClone<Bag>(answers.get(kind) ?? {})]
  harm(answer['seatbid'][0].bid[0], answer, request)
  return checkAnswer(asked({ exchange: 'alpha', body: bytes(request) }), 200, JSON.stringify(answer))
}

type Harm = [kind: Kind, expected: RegExp, harm: (bid: Bag, answer: Bag, request: Bag) => void]
const adm = (change: (markup: string) => string) => (bid: Bag) => void Object.assign(bid, { adm: change(bid['adm']) })
const nativeAdm = (change: (root: Bag) => void) =>
  adm(markup => {
    const root = JSON.parse(markup)
    change(root)
    return JSON.stringify(root)
  })
const put = (fields: Bag) => (bid: Bag) => void Object.assign(bid, fields)
const ask = (fields: Bag) => (_bid: Bag, _answer: Bag, request: Bag) => void Object.assign(request, fields)
const offer = (fields: Bag) => (_bid: Bag, _answer: Bag, request: Bag) => void Object.assign(request['imp'][0], fields)
const DEAL = { id: 'deal-1', bidfloor: 1, bidfloorcur: 'USD' }
const deals = (deal: Bag, more: Bag = {}) => offer({ pmp: { deals: [{ ...DEAL, ...deal }], ...more } })

const HARMS: Record<string, Harm> = {
  'another id': ['banner', /^id is not/, (_, answer) => void Object.assign(answer, { id: 'other' })],
  'an unknown field': ['banner', /no attribute/, put({ foo: 1 })],
  'a price as text': ['banner', /price is no float/, put({ price: '1.0' })],
  'no bid id': ['banner', /Bid.id is required/, bid => void delete bid['id']],
  'no cur': ['banner', /^no cur/, (_, answer) => void delete answer['cur']],
  'a cur that is not asked for': ['banner', /^cur EUR/, (_, answer) => void Object.assign(answer, { cur: 'EUR' })],
  'an unknown imp': ['banner', /is no imp/, put({ impid: 'imp-2' })],
  'two open bids': ['banner', /two bids for/, (bid, a) => void a['seatbid'][0].bid.push({ ...bid, id: 'b' })],
  'one bid id twice': ['banner', /with one id/, (bid, a) => void a['seatbid'][0].bid.push({ ...bid, dealid: 'x' })],
  'below the floor': ['banner', /below the floor/, put({ price: 0.49 })],
  'below a floor in euros': [
    'banner',
    /below the floor/,
    (bid, _, request) => {
      Object.assign(request['imp'][0], { bidfloor: 1, bidfloorcur: 'EUR' })
      bid['price'] = 1.05
    },
  ],
  'against a floor without a rate': ['banner', /no rate/, offer({ bidfloorcur: 'XYZ' })],
  'below the floor of its length': [
    'video',
    /below the floor/,
    (_bid, _answer, request) => {
      request['imp'][0].video.durfloors = [{ mindur: 1, maxdur: 60, bidfloor: 99 }]
    },
  ],
  'below the floor per second': [
    'video',
    /below the floor/,
    (_bid, _answer, request) => {
      request['imp'][0].video.mincpmpersec = 9
    },
  ],
  'no price': ['banner', /is no bid/, put({ price: 0 })],
  'no adomain': ['banner', /domains in adomain/, put({ adomain: [] })],
  'a URL as adomain': ['banner', /is no domain/, put({ adomain: ['https://usd.example/'] })],
  'no crid': ['banner', /no crid/, put({ crid: '' })],
  'another media type': ['banner', /is no media type/, put({ mtype: 2 })],
  'another size': ['banner', /size 728x90/, put({ w: 728, h: 90 })],
  'no size': ['banner', /no w, which/, bid => void delete bid['w']],
  'an unknown deal': ['banner', /not offered/, put({ dealid: 'deal-1' })],
  'below the floor of the deal': [
    'banner',
    /below the floor/,
    (bid, a, request) => {
      deals({ bidfloor: 99 })(bid, a, request)
      bid['dealid'] = 'deal-1'
    },
  ],
  'a fixed price missed': [
    'banner',
    /fixed price/,
    (bid, a, request) => {
      deals({ at: 3 })(bid, a, request)
      bid['dealid'] = 'deal-1'
    },
  ],
  "another seat's deal": [
    'banner',
    /not for seat/,
    (bid, a, request) => {
      deals({ wseat: ['x'] })(bid, a, request)
      bid['dealid'] = 'deal-1'
    },
  ],
  'open in a private auction': ['banner', /private auction/, deals({}, { private_auction: 1 })],
  'a seat not in wseat': ['banner', /not in wseat/, ask({ wseat: ['x'] })],
  'a seat in bseat': ['banner', /in bseat/, ask({ bseat: ['alpha-1000'] })],
  'a blocked domain': ['banner', /badv/, ask({ badv: ['USD.example'] })],
  'a blocked category': ['banner', /bcat/, ask({ bcat: ['IAB22'] })],
  'a blocked category of another taxonomy': ['banner', /bcat/, ask({ bcat: ['473'], cattax: 6 })],
  'not an allowed category': ['banner', /acat/, ask({ acat: ['IAB1'] })],
  'a blocked attribute': ['banner', /battr/, put({ attr: [3] })],
  'a blocked app': [
    'banner',
    /bapp/,
    (bid, a, request) => {
      ask({ bapp: ['com.shop.example'] })(bid, a, request)
      bid['bundle'] = 'com.shop.example'
    },
  ],
  'a language not asked for': [
    'banner',
    /wlang/,
    (bid, a, request) => {
      ask({ wlang: ['de'] })(bid, a, request)
      bid['language'] = 'en'
    },
  ],
  'no DSA statement': ['banner', /DSA/, ask({ regs: { gdpr: 0, dsa: { dsarequired: 2 } } })],
  'an API that is not offered': ['banner', /API/, put({ apis: [7] })],
  'no markup': ['banner', /no adm/, bid => void delete bid['adm']],
  'a macro of ours left': ['banner', /CLICK_URL/, adm(markup => `${markup}\${CLICK_URL}`)],
  'an encoded macro left': ['banner', /CLICK_URL/, adm(markup => `${markup}%24%7BCLICK_URL%7D`)],
  'another price macro': ['banner', /price macro/, adm(markup => `${markup}\${AUCTION_PRICE:X}`)],
  'a missing value': ['banner', /missing/, put({ burl: 'https://a.example/?x=undefined' })],
  'a notice that is no URL': ['banner', /burl is no URL/, put({ burl: '/n/b' })],
  'http markup': ['banner', /http:/, adm(markup => markup.replace('https:', 'http:'))],
  'http markup, encoded': ['banner', /http:/, adm(markup => `${markup}<img src="//x/?u=http%3A%2F%2Fy">`)],
  'a personal id': ['banner', /echoes user-0123456789/, adm(markup => `${markup}user-0123456789`)],
  'broken VAST': ['video', /well-formed/, adm(markup => markup.replace('</VAST>', ''))],
  'VAST of no version': ['video', /known version/, adm(markup => markup.replace(/ version="[\d.]+">/, '>'))],
  'VAST without impression': [
    'video',
    /no Impression/,
    adm(markup => markup.replace(/<Impression>.*?<\/Impression>/g, '')),
  ],
  'a protocol that is not offered': [
    'video',
    /not offered/,
    (_bid, _answer, request) => {
      request['imp'][0].video.protocols = [10]
    },
  ],
  'media that is not offered': [
    'video',
    /no media file/,
    (_bid, _answer, request) => {
      request['imp'][0].video.mimes = ['video/ogg']
    },
  ],
  'another duration than the VAST': ['video', /of the VAST/, put({ dur: 6 })],
  'too long': [
    'video',
    /dur \d+ is not within/,
    (_bid, _answer, request) => {
      request['imp'][0].video.maxduration = 6
    },
  ],
  'not one of the exact durations': [
    'audio',
    /dur \d+ is not within/,
    (_bid, _answer, request) => {
      request['imp'][0].audio.rqddurs = [7]
    },
  ],
  'a place in a structured pod': ['video', /slotinpod/, put({ slotinpod: 1 })],
  'native that is no JSON': ['native', /no JSON/, adm(markup => markup.slice(1))],
  'native wrapped': ['native', /wrapped/, adm(markup => `{"native":${markup}}`)],
  'a required asset missing': ['native', /required asset 1/, nativeAdm(root => void root['assets'].shift())],
  'an unknown asset': ['native', /not asked for/, nativeAdm(root => void Object.assign(root['assets'][2], { id: 9 }))],
  'an asset twice': ['native', /twice/, nativeAdm(root => void root['assets'].push(root['assets'][0]))],
  'an asset of another kind': [
    'native',
    /kind/,
    nativeAdm(root => {
      root['assets'][0] = { id: 1, data: { value: 'x' } }
    }),
  ],
  'a title too long': [
    'native',
    /too long/,
    nativeAdm(root => {
      root['assets'][0].title.text = 'x'.repeat(91)
    }),
  ],
  'an image too small': [
    'native',
    /another size/,
    nativeAdm(root => {
      root['assets'][1].img.w = 599
    }),
  ],
  'no link': ['native', /no link/, nativeAdm(root => void delete root['link'])],
  'no tracker': [
    'native',
    /no impression tracker/,
    nativeAdm(root => {
      delete root['imptrackers']
      delete root['eventtrackers']
    }),
  ],
}

for (const [name, [kind, expected, harm]] of Object.entries(HARMS))
  test(`the checker finds: ${name}`, () => {
    const found = faults(kind, harm)
    assert.ok(
      found.some(fault => expected.test(fault)),
      `found ${JSON.stringify(found)}`,
    )
  })

const whole = bytes(REQUESTS.banner)
const STATUSES: Record<string, [exchange: string, body: Buffer, status: number, answer: string, isLegal: boolean]> = {
  '204': ['alpha', whole, 204, '', true],
  '204 where 200 is agreed': ['boreal', whole, 204, '', false],
  '204 with a body': ['alpha', whole, 204, '{}', false],
  'a no-bid with its reason': ['boreal', whole, 200, '{"id":"request-1","seatbid":[],"nbr":2}', true],
  'a no-bid without reason': ['boreal', whole, 200, '{"id":"request-1","seatbid":[]}', false],
  'a no-bid to another': ['boreal', whole, 200, '{"id":"request-2","seatbid":[],"nbr":2}', false],
  '400 to a whole request': ['alpha', whole, 400, '', false],
  '400 to no JSON': ['alpha', Buffer.from('{'), 400, '', true],
  '400 with a body': ['alpha', Buffer.from('{'), 400, 'why', false],
  '204 to a request without imps': ['alpha', Buffer.from('{"id":"1","imp":[]}'), 204, '', false],
  '500': ['alpha', whole, 500, '', false],
  'no JSON': ['alpha', whole, 200, 'ok', false],
}
for (const [name, [exchange, body, status, answer, isLegal]] of Object.entries(STATUSES))
  test(`${isLegal ? 'legal' : 'a fault'}: ${name}`, () => {
    assert.equal(checkAnswer(asked({ exchange, body }), status, answer).length === 0, isLegal)
  })

const TABLES = new URL('../../../../shared/data/openrtb-2.6-tables.json', import.meta.url)
test('the table of attributes is that of the specification', {
  skip: !existsSync(TABLES) && 'no ../shared/data',
}, () => {
  const specification: unknown = JSON.parse(readFileSync(TABLES, 'utf8'))
  assert.deepEqual(shapeDifferences(specification as Tree), []) // an object, as its README says
})
