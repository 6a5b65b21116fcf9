/** Enough line items for dense bitmaps and several blocks: the index must still say what the programs say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { match } from '@flightplan/engine/index/match.ts'
import { holds } from '@flightplan/engine/index/program.ts'
import { openSnapshot, termOf } from '@flightplan/engine/snapshot.ts'
import { compileTree } from '../compile.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const LINE_ITEMS = 3_000
const PER_CAMPAIGN = 300
const EVENTS = 60
const COUNTRIES = ['DE', 'AT', 'CH', 'FR', 'IT', 'ES']

/** Numbers that look random and are the same every time. */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function whereOf(random: (below: number) => number): string {
  const kind = random(10)
  if (kind < 3) return '{}'
  const country = COUNTRIES[random(COUNTRIES.length)]
  if (kind < 6) return `{geo: {country: [${country}]}}`
  if (kind < 7) return `{geo: {country: {not: [${country}]}}}`
  const domains = [...new Set(Array.from({ length: 1 + random(20) }, () => `s${random(200)}.example`))]
  if (kind < 9) return `{inventory: {domain: [${domains}]}}`
  return `{any: [{geo: {country: [${country}]}}, {inventory: {domain: [${domains}]}}]}`
}

function worldOf(random: (below: number) => number): Files {
  const files: Files = { ...BASE }
  for (let c = 0; c * PER_CAMPAIGN < LINE_ITEMS; c++) {
    const items = Array.from(
      { length: PER_CAMPAIGN },
      (_, i) => `l${i}: {bid: {cpm: ${1 + random(20)}}, creatives: {b-300x250: 1}, where: ${whereOf(random)}}`,
    )
    files[`campaigns/acme/c${c}.yaml`] = campaign(items.join('\n')).replace('campaign: camp', `campaign: c${c}`)
  }
  return files
}

test(`index of ${LINE_ITEMS} line items against their programs`, async () => {
  const random = sequence(7)
  const { release, diagnostics } = await compileTree(treeOf(worldOf(random)), { now_ms: 0 })
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  const snapshot = openSnapshot(Uint8Array.from(release?.files.get('snapshot.bin') ?? []).buffer)
  assert.ok(snapshot.term.in_kind.includes(2), 'some posting is dense')
  assert.ok(snapshot.term.in_kind.includes(1), 'some posting is sparse')
  assert.ok(snapshot.meta.conjunctions > 3 * 1024, 'several blocks')
  const attribute = (name: string) => snapshot.attributeIndex.get(name) ?? -1
  let matched = 0
  for (let e = 0; e < EVENTS; e++) {
    const words = new Map([
      [attribute('shape'), 'banner:300x250'],
      [attribute('country'), e % 5 === 0 ? 'none' : COUNTRIES[random(COUNTRIES.length)]!],
      [attribute('domain'), `s${random(200)}.example`],
    ])
    const values = snapshot.meta.attributes.map((_, i) => [termOf(snapshot, i, words.get(i) ?? '')].filter(t => t >= 0))
    const found = new Set<number>()
    match(snapshot, values, null, conjunction => {
      found.add(snapshot.conjunction_line_item[conjunction]!)
      return true
    })
    for (let item = 0; item < LINE_ITEMS; item++)
      assert.equal(found.has(item), holds(snapshot, snapshot.line_item.program[item]!, values), `line item ${item}`)
    matched += found.size
  }
  assert.ok(matched > EVENTS * 100 && matched < EVENTS * LINE_ITEMS, `${matched} matches`)
})

test('line items come by tier, then highest price, then id', async () => {
  const items = [
    'cheap: {bid: {cpm: 1}, creatives: {b-300x250: 1}}',
    'dear: {bid: {cpm: 9}, creatives: {b-300x250: 1}}',
    'capped: {bid: {cpm: 9, max_cpm: 5}, creatives: {b-300x250: 1}}',
    'first: {priority: 1, bid: {cpm: 0.5}, creatives: {b-300x250: 1}}',
    'also-dear: {bid: {cpm: 9}, creatives: {b-300x250: 1}}',
    'paused: {status: paused, bid: {cpm: 99}, creatives: {b-300x250: 1}}',
  ]
  const files = { ...BASE, 'campaigns/acme/campaign.yaml': campaign(items.join('\n')) }
  const { release, counts } = await compileTree(treeOf(files), { now_ms: 0 })
  const snapshot = openSnapshot(Uint8Array.from(release?.files.get('snapshot.bin') ?? []).buffer)
  const ids = Array.from(snapshot.line_item.id_str, id => snapshot.strings.get(id))
  assert.deepEqual(ids, ['camp/first', 'camp/also-dear', 'camp/dear', 'camp/capped', 'camp/cheap'])
  assert.deepEqual(Array.from(snapshot.line_item.max_nano), [500_000, 9e6, 9e6, 5e6, 1e6])
  assert.equal(counts['line_items'], 6)
  assert.equal(counts['line_items_active'], 5)
})
