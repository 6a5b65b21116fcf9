import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import { verifyToken } from '../../notice/token.ts'
import { NOW_MS, shippedRelease, verifyOptions } from '../release/shipped.ts'
import { bidderOf, goldensOf, loaded, served } from './one-thread.ts'

const release = await shippedRelease()
const options = verifyOptions()
const first = await loaded(release, options)
const serving = await served(first, options)
const goldens = goldensOf(release)
const withBid = goldens.filter(({ expect }) => expect.bids.length > 0)

interface Answered {
  id: string
  bidid: string
  seatbid: { bid: { id: string; price: number; impid: string; nurl?: string; adm: string }[] }[]
}
const parse = (body: string | null) => JSON.parse(body ?? '') as Answered // our own answer

test('a golden request gets a bid whose tokens verify and say what was bid', async () => {
  const { ask, tally } = bidderOf(serving)
  const key = createSecretKey(Buffer.alloc(32, 1))
  for (const { exchange, request } of withBid) {
    const { status, body } = await ask(exchange, request)
    assert.equal(status, 200, body ?? '')
    for (const bid of parse(body).seatbid.flatMap(seat => seat.bid)) {
      const [, token = ''] = /\/n\/b\?t=([A-Za-z0-9_.-]+)/.exec(bid.adm) ?? []
      const claims = token === '' ? null : verifyToken('bill', token, key)
      if (token === '') continue // third-party markup without our pixel
      assert.equal(claims?.price_nano, Math.round(bid.price * 1e6))
      assert.equal(claims?.release, release.digest.slice(0, 16))
      assert.equal(claims?.exchange, exchange)
    }
  }
  assert.deepEqual(tally.faults, { handler: 0, policy: 0, model: 0, charge: 0 })
})

const MALFORMED: [name: string, body: string][] = [
  ['nothing', ''],
  ['no JSON', '{'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no id', '{"imp":[{"id":"1"}]}'],
  ['an empty id', '{"id":"","imp":[{"id":"1"}]}'],
  ['no imp', '{"id":"1"}'],
  ['an empty imp', '{"id":"1","imp":[]}'],
  ['deep nesting', `${'['.repeat(200_000)}`],
]
for (const [name, body] of MALFORMED)
  test(`400 with an empty body: ${name}`, async () => {
    const { ask, tally } = bidderOf(serving)
    assert.deepEqual(await ask('alpha', Buffer.from(body)), { status: 400, body: null })
    assert.equal(tally.exchanges.get('alpha')?.malformed, 1)
  })

test('no-bids: an unknown exchange, one without its secret, before the first release, and in words where it is asked for', async () => {
  const request = withBid[0]?.request
  assert.deepEqual(await bidderOf(serving).ask('nobody', request), { status: 204, body: null })
  const stopped = bidderOf({ ...serving, stopped: new Set(['alpha', 'boreal']) })
  assert.deepEqual(await stopped.ask('alpha', request), { status: 204, body: null })
  assert.equal(stopped.reasons('alpha').get('exchange_stopped'), 1)
  const spoken = await stopped.ask('boreal', { id: 'a"b', imp: [{ id: '1' }] }) // boreal has no_bid: 200
  assert.deepEqual(spoken, { status: 200, body: '{"id":"a\\"b","seatbid":[],"nbr":1}' })
  assert.deepEqual(await bidderOf(serving, { serving: () => null }).ask('alpha', request), { status: 204, body: null })
})

test('a fault of ours is a no-bid, counted and told without what the request said', async () => {
  const policy = () => {
    throw new Error('broken')
  }
  const { ask, tally, faults } = bidderOf({ ...serving, policy })
  assert.deepEqual(await ask('alpha', withBid[0]?.request), { status: 204, body: null })
  assert.equal(tally.faults.handler, 1)
  assert.equal(faults.length, 1)
})

test('what is late gets no bid', async () => {
  const one = withBid.find(({ exchange }) => exchange === 'alpha')
  assert.ok(one, 'some golden bid is on alpha')
  let elapsed_ms = 0
  const clock = {
    now_ms: () => NOW_MS,
    elapsed_ms: () => {
      elapsed_ms += 400
      return elapsed_ms
    },
  }
  const { ask, reasons } = bidderOf(serving, { clock })
  assert.deepEqual(await ask('alpha', one.request), { status: 204, body: null })
  assert.equal(reasons('alpha').get('deadline'), 1)
})

test('a profile store that never answers, or breaks, costs its deadline and no answer', async () => {
  for (const lookup of [() => new Promise<null>(() => {}), () => Promise.reject(new Error('down'))]) {
    const { ask, tally } = bidderOf(serving, { profiles: { lookup } })
    for (const { exchange, request } of withBid) assert.ok([200, 204].includes((await ask(exchange, request)).status))
    assert.equal(tally.faults.handler, 0)
  }
})

test('shedding answers at once with a no-bid', async () => {
  const { ask, reasons } = bidderOf(serving, { shedder: { admits: () => false } })
  assert.equal((await ask('alpha', Buffer.from('not even parsed'))).status, 204)
  assert.equal(reasons('alpha').get('shed'), 1)
})

test('a daily cap holds over two workers and a swap, to the nano', async () => {
  const cap_nano = 20_000_000 // some bids of every campaign
  const options = verifyOptions() // nothing is spent yet
  const budget = await loaded(await shippedRelease(), options)
  const { campaign } = openSnapshot(budget.snapshot) // views: the workers below see the caps
  campaign.daily_nano.fill(cap_nano)
  const workers = [bidderOf(await served(budget, options)), bidderOf(await served(budget, options))]
  const spend = async (turns: number) => {
    for (let i = 0; i < turns; i++)
      for (const { exchange, request } of withBid)
        await workers[i % 2]?.ask(exchange, { ...(request as object), id: `${i}` })
  }
  const bids = () =>
    workers.reduce((n, { tally }) => n + [...tally.exchanges.values()].reduce((m, row) => m + row.bids, 0), 0)
  await spend(40)
  const authority = (await served(budget, options)).authority
  authority.at(NOW_MS)
  const left = Array.from(campaign.id_str, (_, i) => authority.campaignDaily_nano(i))
  assert.ok(
    left.every(nano => nano >= 0),
    `${left}`,
  )
  assert.ok(
    left.some(nano => nano < cap_nano),
    'something was spent',
  )
  const before = bids()
  await spend(20)
  assert.equal(bids(), before, 'nothing is left to bid with')
  assert.ok(workers.some(({ reasons }) => [...reasons('alpha').keys()].includes('daily_budget')))
  // A swap: another release, the same counters.
  const next = await loaded(await shippedRelease(Date.UTC(2027, 2, 11)), options)
  openSnapshot(next.snapshot).campaign.daily_nano.fill(cap_nano)
  workers[0] = bidderOf(await served(next, options))
  workers[1] = workers[0]
  await spend(2)
  assert.equal(bids(), 0)
})

const LAWS: [name: string, put: (request: Json) => void][] = [
  [
    'GDPR without consent',
    request => Object.assign(request, { regs: { gdpr: 1 }, user: { ...of(request['user']), consent: '' } }),
  ],
  ['US opt-out', request => Object.assign(request, { regs: { us_privacy: '1YYN' } })],
  ['COPPA', request => Object.assign(request, { regs: { coppa: 1 } })],
  ['lmt', request => Object.assign(request, { device: { ...of(request['device']), lmt: 1 } })],
]
type Json = Record<string, unknown>
const of = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {}) // checked

function asPerson(request: Json, name: string, lat: number): Json {
  const user = {
    ...of(request['user']),
    id: `u-${name}`,
    buyeruid: `b-${name}`,
    eids: [{ source: 'id.example', uids: [{ id: name }] }],
  }
  const geo = { ...of(of(request['device'])['geo']), lat, lon: -lat, accuracy: 10 }
  const data = [{ id: 'p', segment: [{ id: `s-${name}` }] }]
  return { ...request, user: { ...user, data }, device: { ...of(request['device']), ifa: `ifa-${name}`, geo } }
}

for (const [law, put] of LAWS)
  test(`non-interference: ${law}: who it is changes no byte of the answer`, async () => {
    const { authority } = serving
    const free = { ...serving, authority: Object.assign(Object.create(authority), { charge: () => true }) } // equal budgets
    let bids = 0
    for (const { exchange, request } of goldens) {
      const answers: unknown[] = []
      for (const [name, lat] of [
        ['ann', 52.5],
        ['bob', 40.7],
        ['cleo', -33.9],
      ] as const) {
        const body = asPerson(structuredClone(request) as Json, name, lat) // a bid request is an object
        put(body)
        answers.push(await bidderOf(free).ask(exchange, body))
      }
      assert.deepEqual(answers[1], answers[0])
      assert.deepEqual(answers[2], answers[0])
      if (JSON.stringify(answers[0]).includes('impid')) bids++
    }
    if (law === 'lmt' || law === 'US opt-out') assert.ok(bids > 0, 'some of the answers are bids')
  })
