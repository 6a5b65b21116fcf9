import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileTree } from '../compile.ts'
import { notReducing } from '../diff/reducing.ts'
import type { World } from '../resolve/world.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const LINES = `a: {bid: {cpm: 2.5}, creatives: {b-300x250: 1}, where: {geo: {country: [DE, AT]}, inventory: {lists: [good]}}}
b: {bid: {cpm: 3, max_cpm: 2}, deals: [d1], creatives: {b-300x250: 1, b-728x90: 2}, where: {device: {type: {not: [ctv]}}, audience: {none: [store]}}}
c: {bid: {cpm: 1}, creatives: {video: 1}, where: {any: [{geo: {country: [FR]}}, {inventory: {lists: {not: [bad]}}}], video: {player: {min_w: 300}}}}`
const PATH = 'campaigns/acme/campaign.yaml'
const FILES: Files = {
  ...BASE,
  'campaigns/acme/bad.yaml': 'inventory_list: bad\ndomains: [bad.example, worse.example]\n',
  [PATH]: campaign(LINES, 'name: Spring\nowner: [jana@agency.example]\n'),
}

async function worldOf(files: Files): Promise<World> {
  const { world, diagnostics } = await compileTree(treeOf(files), { now_ms: 0 })
  assert.ok(world, diagnostics.map(({ message }) => message).join('\n'))
  return world
}

async function refused(change: (text: string) => string, path: string): Promise<string[]> {
  const text = FILES[path] ?? ''
  assert.notEqual(change(text), text, 'the test changes something')
  const found = notReducing(await worldOf(FILES), await worldOf({ ...FILES, [path]: change(text) }))
  return found.map(({ span, message }) => `${span.file}:${span.start.line} ${message}`)
}

const swap = (from: string, to: string) => (text: string) => text.replace(from, to)

const REDUCING: [what: string, change: (text: string) => string, path?: string][] = [
  ['fewer countries', swap('[DE, AT]', '[DE]')],
  ['one more condition', swap('{geo: {country: [DE, AT]}', '{geo: {country: [DE, AT]}, device: {type: [phone]}')],
  ['one more thing excluded', swap('{not: [ctv]}', '{not: [ctv, tablet]}')],
  ['one more audience excluded', swap('{none: [store]}', '{none: [store, seg]}')],
  ['an audience asked for', swap('{none: [store]}', '{none: [store], all: [seg]}')],
  ['a larger player', swap('min_w: 300', 'min_w: 640')],
  [
    'a condition moved into all',
    swap(
      'where: {geo: {country: [DE, AT]}, inventory: {lists: [good]}}',
      'where: {all: [{geo: {country: [DE, AT]}}, {inventory: {lists: [good]}}]}',
    ),
  ],
  ['a default for all line items', swap('line_items:', 'defaults: {where: {device: {language: [de]}}}\nline_items:')],
  ['a lower bid under a cap that it no longer needs', swap('{cpm: 3, max_cpm: 2}', '{cpm: 1.5, max_cpm: 2}')],
  ['a default cap', swap('line_items:', 'defaults: {bid: {max_cpm: 2}}\nline_items:')],
  ['a daily limit', swap('{total: 50000}', '{total: 50000, daily_max: 400}')],
  ['words for people', text => text.replace('Spring', 'Summer').replace('jana', 'ada')],
  ['fewer domains bought', swap('domains: [news.example]\n', ''), 'campaigns/acme/list.yaml'],
  ['more domains kept out', swap('worse.example', 'worse.example, worst.example'), 'campaigns/acme/bad.yaml'],
  ['an exchange that is stopped', swap('status: live', 'status: stopped'), 'exchanges/beta.yaml'],
  ['what was signed, which only checks read', swap('100000', '60000'), 'campaigns/acme/order.yaml'],
]
for (const [what, change, path = PATH] of REDUCING)
  test(`${what} can only reduce`, async () => assert.deepEqual(await refused(change, path), []))

const RAISING: [what: string, change: (text: string) => string, wanted: RegExp, path?: string][] = [
  [
    'another country',
    swap('[DE, AT]', '[DE, AT, CH]'),
    /campaign\.yaml:8 line_item camp\/a: where\.geo\.country: \[AT, DE\] → \[AT, CH, DE\]$/,
  ],
  ['fewer things excluded', swap(', audience: {none: [store]}', ''), /audience\.none is gone/],
  ['one more alternative', swap('any: [', 'any: [{device: {type: [ctv]}}, '), /where\.any/],
  ['an exclusion in the place of a list', swap('{country: [DE, AT]}', '{country: {not: [DE]}}'), /where\.geo\.country/],
  ['a smaller player', swap('min_w: 300', 'min_w: 200'), /min_w: 300 → 200/],
  ['a cap that is gone', swap('{cpm: 3, max_cpm: 2}', '{cpm: 3}'), /bid\.max_cpm is gone/],
  ['a bid of another kind', swap('a: {bid: {cpm: 2.5}', 'a: {bid: {cpm: 2.6}'), /bid\.cpm: 2\.5 → 2\.6/],
  ['no deals, so the open auction', swap('deals: [d1], ', ''), /open_auction: false → true/],
  [
    'another creative',
    swap(
      'a: {bid: {cpm: 2.5}, creatives: {b-300x250: 1}',
      'a: {bid: {cpm: 2.5}, creatives: {b-300x250: 1, b-728x90: 1}',
    ),
    /creatives\.b-728x90 is new/,
  ],
  ['a later end', swap('2026-12-31', '2027-12-31'), /flight\.end/],
  ['another zone', swap('Europe/Berlin', 'UTC'), /flight\.timezone: Europe\/Berlin → UTC/],
  [
    'more domains bought',
    swap('news.example', 'news.example, other.example'),
    /inventory_list good: members/,
    'campaigns/acme/list.yaml',
  ],
  ['fewer domains kept out', swap(', worse.example', ''), /inventory_list bad: members/, 'campaigns/acme/bad.yaml'],
  ['another rate', swap('1.08', '1.10'), /planning_rates\.EUR/, 'flightplan.yaml'],
  [
    'another segment of an audience',
    swap('"8"', '"9"'),
    /audience seg: from\.segments/,
    'campaigns/acme/audience-seg.yaml',
  ],
]
for (const [what, change, wanted, path = PATH] of RAISING)
  test(`${what} is refused, with its line`, async () => {
    const found = await refused(change, path)
    assert.ok(
      found.some(line => wanted.test(line)),
      `${found}`,
    )
  })
