import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileTree } from '../compile.ts'
import { blastOf } from '../diff/blast.ts'
import { type Change, diffWorlds } from '../diff/diff.ts'
import type { World } from '../resolve/world.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const LINES = `a: {bid: {cpm: 2.5}, creatives: {b-300x250: 1}, where: {geo: {country: [DE, AT]}}}
b: {bid: {cpm: 1}, creatives: {b-300x250: 1, b-728x90: 2}}`
const FILES: Files = { ...BASE, 'campaigns/acme/campaign.yaml': campaign(LINES) }

async function worldOf(files: Files): Promise<World> {
  const { world, diagnostics } = await compileTree(treeOf(files), { now_ms: 0 })
  assert.ok(world, diagnostics.map(({ message }) => message).join('\n'))
  return world
}

async function diff(change: (text: string) => string, more: Files = {}): Promise<Change[]> {
  const text = FILES['campaigns/acme/campaign.yaml'] ?? ''
  return diffWorlds(
    await worldOf(FILES),
    await worldOf({ ...FILES, ...more, 'campaigns/acme/campaign.yaml': change(text) }),
  )
}

const short = (changes: readonly Change[]) =>
  changes.map(({ op, kind, id, fields }) => [
    op,
    kind,
    id,
    ...fields.map(({ field, from, to }) => `${field}: ${from} → ${to}`),
  ])

const SAME: [string, (text: string) => string][] = [
  ['a comment', text => `# said\n${text}`],
  ['an amount written in another way', text => text.replace('cpm: 2.5', 'cpm: 2.50').replace('50000', '50000.00')],
  ['values of a list in another order', text => text.replace('[DE, AT]', '[AT, DE]')],
  ['block style', text => text.replace('{country: [DE, AT]}', '{"country": ["DE", "AT"]}')],
  ['a default that is written out', text => text.replace('a: {bid', 'a: {priority: 5, status: active, bid')],
]
for (const [what, change] of SAME) test(`${what} is no change`, async () => assert.deepEqual(await diff(change), []))

test('fields change by their values, and know their line', async () => {
  const changes = await diff(text => text.replace('cpm: 2.5', 'cpm: 3').replace('[DE, AT]', '[DE]'))
  assert.deepEqual(short(changes), [
    ['changed', 'line_item', 'camp/a', 'bid.cpm: 2.5 → 3', 'where.geo.country: [AT, DE] → [DE]'],
  ])
  assert.equal(changes[0]?.fields[0]?.span.start.line, 6)
})

test('what comes and goes is named once', async () => {
  const changes = await diff(text => text.replace('  b: {', '  c: {'))
  assert.deepEqual(
    changes.map(({ op, id }) => [op, id]),
    [
      ['removed', 'camp/b'],
      ['added', 'camp/c'],
    ],
  )
})

test('a default of the campaign shows at each line item that it changes', async () => {
  const changes = await diff(text =>
    text.replace('line_items:', 'defaults: {where: {device: {type: [phone]}}}\nline_items:'),
  )
  assert.deepEqual(short(changes), [
    ['changed', 'line_item', 'camp/a', 'where.device.type: null → [phone]'],
    ['changed', 'line_item', 'camp/b', 'where.device.type: null → [phone]'],
  ])
})

test('shared things come last, lists by their members', async () => {
  const list = 'inventory_list: good\nbundles: [com.example.game]\ndomains: [news.example, sport.example]\n'
  assert.deepEqual(short(await diff(text => text, { 'campaigns/acme/list.yaml': list })), [
    [
      'changed',
      'inventory_list',
      'good',
      'members: [bundle:com.example.game, domain:news.example] → [bundle:com.example.game, domain:news.example, domain:sport.example]',
    ],
  ])
})

test('the blast radius is in money', async () => {
  const head = await worldOf({
    ...FILES,
    'campaigns/acme/campaign.yaml': campaign(
      LINES.replace('cpm: 2.5', 'cpm: 5').replace('b: {', 'b: {status: paused, '),
    ).replace('total: 50000', 'total: 60000, daily_max: 700'),
  })
  const { currencies, bids, line_items } = blastOf(await worldOf(FILES), head)
  assert.deepEqual(currencies, [
    {
      currency: 'USD',
      ...{ daily_from: '0', daily_to: '700', total_from: '50000', total_to: '60000' },
      ...{ daily_raised: '700', daily_lowered: '0' },
    },
  ])
  assert.deepEqual(bids, { raised: 1, lowered: 0, highest: { line_item: 'camp/a', factor: 2 }, lowest: null })
  assert.deepEqual(line_items, { added: [], deleted: [], paused: ['camp/b'], resumed: [] })
})
