/** An audience of our own profile store, from `from: {profile: …}` in YAML to the bid: store file, release, answer. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openProfiles } from '../../profile/embedded.ts'
import { shippedRelease, temporaryDirectory, verifyOptions } from '../release/shipped.ts'
import { bidderOf, loaded, served } from './one-thread.ts'

/** `loyal-customers` of campaigns/harvest/weekly-offers asks for it; alpha's `ids.user` is the key. */
const AUDIENCE = 'harvest-loyalty'
const MEMBER = 'card-holder'

const requestOf = (buyeruid: string, more: object = {}) => ({
  ...{ id: `of-${buyeruid}`, at: 1, cur: ['USD'], regs: { gdpr: 0 }, user: { buyeruid } },
  imp: [{ id: '1', bidfloor: 0.4, secure: 1, banner: { format: [{ w: 300, h: 250 }] } }],
  site: { id: 's', domain: 'weather-9.example', page: 'https://weather-9.example/a', publisher: { id: 'p' } },
  device: { devicetype: 2, ip: '198.51.100.9', geo: { country: 'GBR', utcoffset: 0 } },
  source: { schain: { complete: 1, ver: '1.0', nodes: [{ asi: 'exchange.example', sid: '4711', hp: 1 }] } },
  ...more,
})

const options = verifyOptions()
const serving = await served(await loaded(await shippedRelease(), options), options)

/** CPM of the bids: in the campaign each line item has a price of its own. */
async function pricesOf(users: readonly object[], request: object): Promise<number[]> {
  const file = join(temporaryDirectory(), 'profiles.ndjson')
  writeFileSync(file, users.map(user => JSON.stringify(user)).join('\n'))
  const profiles = openProfiles(file, 60_000, assert.fail)
  try {
    const { ask } = bidderOf(serving, { profiles })
    const { status, body } = await ask('alpha', request)
    if (status === 204) return []
    const answer = JSON.parse(body ?? '') as { seatbid: { bid: { price: number }[] }[] } // our own answer
    return answer.seatbid.flatMap(({ bid }) => bid.map(({ price }) => price))
  } finally {
    profiles.stop()
  }
}

/** GBP 2.40 of `loyal-customers`, in dollars. */
const LOYAL_CPM = 2.4 * 1.27
const member = { exchange: 'alpha', key: MEMBER, audiences: [AUDIENCE] }

test('a user in the audience gets the bid of the line item that asks for it', async () => {
  assert.deepEqual(await pricesOf([member], requestOf(MEMBER)), [LOYAL_CPM])
})

const OTHERS: [name: string, users: object[], request: object][] = [
  ['a user that the store does not know', [member], requestOf('passer-by')],
  ['a user of another audience', [{ ...member, audiences: ['others'] }], requestOf(MEMBER)],
  ['the same id at another exchange', [{ ...member, exchange: 'boreal' }], requestOf(MEMBER)],
  ['no user', [member], requestOf(MEMBER, { user: {} })],
  [
    'a user who limits tracking',
    [member],
    requestOf(MEMBER, { device: { lmt: 1, devicetype: 2, geo: { country: 'GBR' } } }),
  ],
]
for (const [name, users, request] of OTHERS)
  test(`no such bid: ${name}`, async () => {
    const [price, ...more] = await pricesOf(users, request)
    assert.ok(price !== undefined && price < LOYAL_CPM && more.length === 0, `${price} is of another line item`)
  })
