/** Golden auctions prove what they are there for: prices in another currency, and deals that are won. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { compile, compileTree } from '../compile.ts'
import { prove } from '../prove/prove.ts'
import { goldenRequests } from '../prove/requests.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const NOW_MS = Date.UTC(2026, 5, 1, 12)
const ALLOW: Policy = () => ({ allow: true, reason: null, use: [], rules: {} })
const EUROS = BASE['campaigns/acme/order.yaml']?.replace('currency: USD', 'currency: EUR') ?? ''

async function goldenOf(lineItems: string, more: Files = {}) {
  const files = { ...BASE, 'campaigns/acme/campaign.yaml': campaign(lineItems), ...more }
  const { release, diagnostics } = await compileTree(treeOf(files), { now_ms: NOW_MS })
  assert.deepEqual(diagnostics, [])
  return prove(release?.files.get('snapshot.bin') ?? new Uint8Array(), ALLOW, goldenRequests(), NOW_MS)
}

test('a line item in euros bids on a dollar exchange at the planning rate', async () => {
  const order = { 'campaigns/acme/order.yaml': EUROS }
  const prices = (await goldenOf('a: {bid: {cpm: 2.5}, creatives: {b-300x250: 1}}', order)).flatMap(({ expect }) =>
    expect.bids.map(bid => bid.price_nano),
  )
  assert.ok(prices.length > 0)
  assert.deepEqual(new Set(prices), new Set([2_500_000 * 1.08]))
})

const WHERES = [
  '{}',
  '{geo: {country: [DE, AT]}, device: {type: [tablet]}}',
  '{inventory: {domain: [sport.example]}, device: {language: [de]}}',
  '{inventory: {lists: [good]}, not: {geo: {country: [FR]}}}',
  '{inventory: {bundle: [com.example.app]}}',
  '{inventory: {publisher: [alpha/77], category: [IAB17-5]}}',
  '{any: [{geo: {country: [JP]}}, {geo: {country: [US]}}]}',
]

for (const where of WHERES)
  test(`a deal of a line item with ${where} is won where it runs, in the exchange’s currency`, async () => {
    const golden = await goldenOf(`a: {bid: {cpm: 3}, creatives: {b-300x250: 1}, deals: [d1], where: ${where}}`, {
      'campaigns/acme/order.yaml': EUROS,
    })
    const of = golden.filter(({ request }) => JSON.stringify(request).includes('golden-deal-d1'))
    const bid = { impid: '1', line_item: 'camp/a', creative: 'b-300x250', price_nano: 3_240_000, deal: 'd1' }
    assert.deepEqual(
      of.map(({ exchange, expect }) => [exchange, expect.bids]),
      [
        ['alpha', [bid]],
        ['beta', []],
      ],
    )
  })

test('the shipped campaigns: each deal that is proved is won on its exchange', async () => {
  const { release } = await compile(resolve(import.meta.dirname, '../..'), { now_ms: NOW_MS })
  const bytes = release?.files.get('snapshot.bin') ?? new Uint8Array()
  const { deals } = openSnapshot(Uint8Array.from(bytes).buffer).meta
  const golden = prove(bytes, ALLOW, goldenRequests(), NOW_MS)
  const won = new Set(golden.flatMap(({ exchange, expect }) => expect.bids.map(({ deal }) => `${exchange}/${deal}`)))
  const proved = deals.filter(({ id }) =>
    golden.some(({ request }) => JSON.stringify(request).includes(`"golden-deal-${id}"`)),
  )
  assert.ok(proved.length > 0)
  for (const { exchange, deal_id } of proved) assert.ok(won.has(`${exchange}/${deal_id}`), deal_id)
})
