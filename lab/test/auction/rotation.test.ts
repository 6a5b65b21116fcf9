/** What one case cannot show: how creatives, ties and predictions fall over many auctions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, select } from '@flightplan/engine/decide.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { type Bench, openBench } from '../../auction/bench.ts'
import type { Case } from '../../auction/case.ts'

const AUCTIONS = 2_000
const BANNER = { id: '1', banner: { format: [{ w: 300, h: 250 }] } }

const lineItem = (id: string, rest: string) => [
  `campaigns/acme/${id}.yaml`,
  `{line_item: ${id}, campaign: usd, bid: {cpm: 5}, ${rest}}`,
]
const bannerOf = (id: string) => [
  `campaigns/acme/${id}.yaml`,
  `{creative: ${id}, advertiser: acme, format: {banner: {size: 300x250, type: html}},
    tag: "<a href=\${CLICK_URL}>x</a>", landing_page: "https://shop.acme.example/"}`,
]
const caseOf = (files: string[][], more: Partial<Case> = {}): Case => ({
  ...{ world: Object.fromEntries(files), request: {}, expect: {} },
  ...more,
})

interface Seen {
  line_item: string
  creative: string
  price_nano: number
}

/** One bid of each auction, with the auction's own id. */
async function askAll(bench: Bench, requestOf: (n: number) => object): Promise<Seen[]> {
  const { engine, policy, authority, predictor, now_ms } = bench
  const { strings, line_item, creative } = engine.snapshot
  const seen: Seen[] = []
  for (let n = 0; n < AUCTIONS; n++) {
    const auction = parseAuction({ id: `auction-${n}`, imp: [BANNER], ...requestOf(n) })
    assert.ok(auction)
    const selection = select(engine, policy, 'alpha', auction, now_ms)
    const predictions = await predictor.predict(selection, 1_000)
    const [bid] = decide(engine, selection, { profile: null, predictions }, authority).bids
    assert.ok(bid)
    const name = strings.get(line_item.id_str[bid.candidate.line_item]!) // a row of the table, as is the next
    seen.push({ line_item: name, creative: strings.get(creative.id_str[bid.creative]!), price_nano: bid.price_nano })
  }
  return seen
}

const shares = (seen: readonly Seen[], key: 'line_item' | 'creative') =>
  new Map([...Map.groupBy(seen, one => one[key])].map(([name, all]) => [name, all.length / seen.length]))

/** Four standard deviations of a share of 2,000. */
const within = (share: number | undefined, wanted: number) =>
  assert.ok(Math.abs((share ?? 0) - wanted) < 4 * Math.sqrt((wanted * (1 - wanted)) / AUCTIONS), `${share} ≠ ${wanted}`)

test('creatives are shown by their weights', async () => {
  const files = [lineItem('a', 'creatives: {b300: 50, b300b: 30, third: 20}'), bannerOf('third')]
  const bench = await openBench(caseOf(files))
  const seen = shares(await askAll(bench, () => ({})), 'creative')
  within(seen.get('b300'), 0.5)
  within(seen.get('b300b'), 0.3)
  within(seen.get('third'), 0.2)
})

test('a creative that does not fit leaves its share to the others, by their weights', async () => {
  const bench = await openBench(caseOf([lineItem('a', 'creatives: {b300: 30, b300b: 10, b728: 60}')]))
  const seen = shares(await askAll(bench, () => ({})), 'creative')
  within(seen.get('b300'), 0.75)
  within(seen.get('b300b'), 0.25)
})

test('which creative is drawn says nothing about who wins a tie', async () => {
  const bench = await openBench(
    caseOf([lineItem('a', 'creatives: {b300: 1, b300b: 1}'), lineItem('b', 'creatives: {b300: 1, b300b: 1}')]),
  )
  const seen = await askAll(bench, () => ({}))
  within(shares(seen, 'line_item').get('usd/a'), 0.5)
  for (const ofItem of Map.groupBy(seen, ({ line_item }) => line_item).values()) {
    const share = shares(ofItem, 'creative').get('b300') ?? 0
    assert.ok(Math.abs(share - 0.5) < 4 * Math.sqrt(0.25 / ofItem.length), `${share}`)
  }
})

test('the same auctions give the same answers in a bidder that was just opened', async () => {
  const given = caseOf([lineItem('a', 'creatives: {b300: 1, b300b: 1}'), lineItem('b', 'creatives: {b300: 1}')])
  const first = await askAll(await openBench(given), () => ({}))
  assert.deepEqual(await askAll(await openBench(given), () => ({})), first)
})

test('prices of a cpc bid are held by the limits of the shipped model', async () => {
  const world = {
    'campaigns/acme/a.yaml': '{line_item: a, campaign: usd, bid: {cpc: 1, max_cpm: 400}, creatives: {b300: 1}}',
  }
  const bench = await openBench(caseOf([], { world, models: ['ctr-display'] }))
  const [low, high] = [bench.engine.snapshot.meta.models[0]?.min ?? 0, bench.engine.snapshot.meta.models[0]?.max ?? 0]
  const seen = await askAll(bench, n => ({
    site: { domain: `site-${n}.example` },
    device: {
      devicetype: 1 + (n % 7),
      os: ['iOS', 'Android', 'Windows'][n % 3],
      geo: { country: n % 2 ? 'USA' : 'CAN' },
    },
  }))
  for (const { price_nano } of seen) assert.ok(price_nano >= low * 1e9 && price_nano <= high * 1e9, `${price_nano}`)
  assert.ok(
    new Set(seen.map(({ price_nano }) => price_nano)).size > 100,
    'requests that differ are worth different sums',
  )
})
