/** A resident compiler against one that starts afresh: after any edit both write the same bytes. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CompileResult, compile, compileTree, nothingKept, openCompiler } from '../compile.ts'
import { lower } from '../lower/lower.ts'
import { type TargetPool, Targets } from '../lower/target-all.ts'
import { parseFile } from '../parse.ts'
import { ReadFiles } from '../read-files.ts'
import { resolve } from '../resolve/resolve.ts'
import { validateFile } from '../validate.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const item = (name: string, cpm: number, where: string, more = '') =>
  `${name}: {bid: {cpm: ${cpm}}, creatives: {b-300x250: 1, b-tag: 2}${more}, where: ${where}}`
const ownFile = (name: string, body: string) => `line_item: ${name}\ncampaign: camp\n${body}`

/** What a file can be in turn, sound or not; null: not there. The first is where every run begins. */
const VARIANTS: Record<string, readonly (string | null)[]> = {
  'campaigns/acme/campaign.yaml': [
    campaign(item('a', 2, '{geo: {country: [US, CA]}}')),
    campaign(item('a', 7, '{geo: {country: [DE], region: [DE-BY]}}')),
    `# moved\n${campaign(item('a', 2, '{geo: {country: [US, CA]}}'))}`,
    campaign(
      item('a', 2, '{inventory: {lists: [good]}, audience: {any: [seg, store]}}', ', deals: [d1], open_auction: true'),
    ),
    campaign(
      item('a', 2, '{device: {os: {ios: ">=15"}}, daypart: ["Mon-Fri 06:00-23:00"]}'),
      'defaults: {where: {geo: {country: [US]}}}\n',
    ),
    campaign(item('a', 2, '{deals: [d1], audience: {none: [seg]}}')),
    campaign(item('a', 2, '{geo: {country: [US]}, not: {geo: {country: [US]}}}')),
    'campaign: [broken',
    null,
  ],
  'campaigns/acme/own.yaml': [
    ownFile('own', 'bid: {cpm: 3}\ncreatives: {video: 1}\n'),
    ownFile('own', 'bid: {cpm: 3}\ncreatives: {b-728x90: 1}\nwhere: {geo: {country: [AT, US]}}\n'),
    ownFile('a', 'bid: {cpm: 3}\ncreatives: {video: 1}\n'),
    null,
  ],
  'campaigns/acme/deal.yaml': [
    `${BASE['campaigns/acme/deal.yaml']}`,
    'deal: d1\nexchange: beta\ncurrency: EUR\nat: first\nfloor: 2\n',
    'deal: d1\nexchange: alpha\ncurrency: USD\nat: first\nto: "2025-01-01"\n',
    null,
  ],
  'campaigns/acme/audience-seg.yaml': [
    `${BASE['campaigns/acme/audience-seg.yaml']}`,
    'audience: seg\nfrom: {segments: ["9"]}\n',
    'audience: seg\nfrom: {profile: late}\n',
    null,
  ],
  'campaigns/acme/list.yaml': [
    'inventory_list: good\nfile: good.txt\n',
    'inventory_list: good\ndomains: [news.example, blog.example]\n',
    null,
  ],
  'campaigns/acme/good.txt': ['news.example\n', 'news.example\nblog.example\n', 'no domain\n', null],
  'campaigns/acme/b-tag.yaml': [
    `${BASE['campaigns/acme/b-300x250.yaml']}`
      .replace('b-300x250', 'b-tag')
      .replace(/type: image, .*/, 'type: html}}\ntag: b.html'),
    `${BASE['campaigns/acme/b-728x90.yaml']}`.replace('b-728x90', 'b-tag'),
    null,
  ],
  'campaigns/acme/b.html': [
    '<a href="${CLICK_URL}">a</a>',
    '<a href="${CLICK_URL}">http://b</a>',
    '<b>no click</b>',
    null,
  ],
  'campaigns/acme/advertiser.yaml': [
    `${BASE['campaigns/acme/advertiser.yaml']}`,
    'advertiser: acme\nname: Acme\ndomain: other.example\ncategories: [IAB18-5, IAB2]\n',
    'advertiser: acme\nname: Acme\ndomain: acme.example\ncategories: [IAB99]\n',
  ],
  'campaigns/acme/order.yaml': [
    `${BASE['campaigns/acme/order.yaml']}`,
    'order: io-1\nadvertiser: acme\ncurrency: EUR\nsigned: {amount: 100000}\nbudget_counts: media\n',
    'order: io-1\nadvertiser: acme\ncurrency: JPY\nsigned: {amount: 100000}\n',
  ],
  'exchanges/beta.yaml': [`${BASE['exchanges/beta.yaml']}`, `# edited\n${BASE['exchanges/beta.yaml']}`, null],
  'flightplan.yaml': [
    `${BASE['flightplan.yaml']}`,
    'flightplan: 1\nvendor_id: 999\nplanning_rates: {EUR: "3"}\n',
    'flightplan: 1\nvendor_id: 999\nplanning_rates: {EUR: "1.08"}\nlimits: {max_cpm_usd: 3}\n',
    null,
  ],
}
const FIRST: Files = {
  ...BASE,
  ...Object.fromEntries(Object.entries(VARIANTS).map(([path, [text]]) => [path, `${text}`])),
}

const EDIT = fc
  .constantFrom(...Object.keys(VARIANTS))
  .chain(path => fc.constantFrom(...(VARIANTS[path] ?? [])).map(text => ({ path, text })))

function edited(files: Files, { path, text }: { path: string; text: string | null }): Files {
  const { [path]: _, ...rest } = files
  return text === null ? rest : { ...rest, [path]: text }
}

const NO_MODELS = { metas: [], weights: new Map() }
const outcome = ({ release, diagnostics, counts }: CompileResult) => [
  release && [...release.files],
  diagnostics,
  counts,
]

test('a sequence of edits of any kind of file: resident == afresh, byte for byte', async () => {
  let sound = 0
  let faulty = 0
  await fc.assert(
    fc.asyncProperty(fc.array(EDIT, { minLength: 1, maxLength: 12 }), async edits => {
      const kept = nothingKept()
      let files = FIRST
      for (const edit of [{ path: 'flightplan.yaml', text: `${BASE['flightplan.yaml']}` }, ...edits]) {
        files = edited(files, edit)
        const resident = await compileTree(treeOf(files), { now_ms: 0 }, kept)
        assert.deepEqual(outcome(resident), outcome(await compileTree(treeOf(files), { now_ms: 0 })))
        resident.release ? sound++ : faulty++
      }
    }),
    { numRuns: 60 },
  )
  assert.ok(sound > 100 && faulty > 100, `${sound} sound, ${faulty} faulty`)
})

test('line items that an edit does not touch stay the same objects, past a fault and its repair too', () => {
  const kept = nothingKept()
  const run = (files: Files) => {
    const { yaml, side } = treeOf(files)
    const parsed = kept.files.parse(yaml)
    const valid = kept.files.validate(yaml, parsed).flatMap(one => one.valid ?? [])
    const whole = parsed.every(one => one.diagnostics.length === 0)
    const { world } = resolve({ files: valid, side, rules: null, whole, resolved: kept.resolved })
    return new Map(world?.line_items.map(node => [node.id, node]))
  }
  assert.equal(run(FIRST).size, 2)
  for (const path of ['campaigns/acme/own.yaml', 'exchanges/beta.yaml', 'campaigns/acme/list.yaml']) {
    const before = run(FIRST)
    run(edited(FIRST, { path, text: 'broken: [' }))
    const after = run(edited(FIRST, { path, text: VARIANTS[path]?.[1] ?? null }))
    assert.equal(after.get('camp/a'), before.get('camp/a'), path)
    assert.equal(after.get('camp/own') === before.get('camp/own'), path !== 'campaigns/acme/own.yaml', path)
  }
})

test('what many edits leave behind is thrown away in time, and the bytes do not tell when', () => {
  const worldOf = (variant: number) => {
    const path = 'campaigns/acme/campaign.yaml'
    const { yaml, side } = treeOf(edited(FIRST, { path, text: VARIANTS[path]?.[variant] ?? null }))
    const files = yaml.flatMap(source => validateFile(parseFile(source).file).valid ?? [])
    const { world } = resolve({ files, side, rules: null, whole: true })
    assert.ok(world)
    return world
  }
  const bytesOf = (variant: number, targets = new Targets()) => lower(worldOf(variant), NO_MODELS, targets).bytes
  const targets = new Targets()
  const afresh = [bytesOf(0), bytesOf(1)]
  const pools = new Set<TargetPool>()
  for (let i = 0; i < 400; i++) {
    assert.deepEqual(bytesOf(i % 2, targets), afresh[i % 2], `edit ${i}`)
    pools.add(targets.all(worldOf(i % 2)).pool)
  }
  assert.ok(pools.size > 1 && pools.size < 40, `${pools.size} pools`)
})

test('on disk: edits within one tick, with the same size and with times set back, are all seen', async t => {
  const root = mkdtempSync(join(tmpdir(), 'flight-session-'))
  t.after(() => rmSync(root, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries(FIRST)) write(path, text)
  cpSync(join(import.meta.dirname, '../../policies/request'), join(root, 'policies/request'), { recursive: true })
  const session = openCompiler(root)
  const path = 'campaigns/acme/campaign.yaml'
  const digests = new Set<string>()
  for (let cpm = 1; cpm <= 9; cpm++) {
    write(path, campaign(item('a', cpm, '{geo: {country: [US, CA]}}')))
    if (cpm % 3 === 0) utimesSync(join(root, path), 1e9, 1e9)
    const resident = await session.compile({ now_ms: 0 })
    assert.deepEqual(outcome(resident), outcome(await compile(root, { now_ms: 0 })))
    digests.add(`${resident.release?.digest}`)
  }
  assert.equal(digests.size, 9)
})

test('only files that changed are parsed anew', () => {
  const read = new ReadFiles()
  const run = (files: Files) => {
    const { yaml } = treeOf(files)
    const parsed = read.parse(yaml)
    read.validate(yaml, parsed)
    return new Map(parsed.map(one => [one.file.path, one]))
  }
  const before = run(BASE)
  const path = 'campaigns/acme/deal.yaml'
  const after = run({ ...BASE, [path]: `# later\n${BASE[path]}` })
  for (const [name, parsed] of after) assert.equal(parsed === before.get(name), name !== path, name)
})
