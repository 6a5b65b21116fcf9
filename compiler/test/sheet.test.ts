import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LINE_ITEM_FIELDS, type LineItem } from '@flightplan/contract/schema/line-item.ts'
import fc from 'fast-check'
import { sourceFile } from '../load.ts'
import { parseFile } from '../parse.ts'
import { readTree } from '../read-tree.ts'
import { COLUMNS, rowOf } from '../sheet/columns.ts'
import { formatCsv, offsetIn, parseCsv } from '../sheet/csv.ts'
import { editYaml } from '../sheet/edit.ts'
import { exportRows, SHEET_FORMS } from '../sheet/export.ts'
import { readSheet } from '../sheet/read-sheet.ts'
import { rowFile } from '../sheet/row-file.ts'
import { SDF } from '../sheet/sdf.ts'
import { validateFile } from '../validate.ts'
import { BASE, campaign, treeOf } from './compile-tree.ts'

const SEED = 11

test('CSV: any cells come back, and every character of a cell is found in the file', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' ', "'", '=') })
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(rows, given => {
      const text = formatCsv(given)
      const { rows: read, fault } = parseCsv(text)
      assert.equal(fault, null)
      assert.deepEqual(
        read.map(row => row.map(one => one.text)),
        given,
      )
      for (const one of read.flat())
        for (let i = 0; i < one.text.length; i++) assert.equal(text[offsetIn(text, one, i)], one.text[i])
    }),
    { seed: SEED },
  )
})

test('CSV: CRLF, a byte order mark, no last line end, blank lines, a last empty cell', () => {
  const texts = (text: string) => parseCsv(text).rows.map(row => row.map(cell => cell.text))
  assert.deepEqual(texts('\ufeffa,b\r\n\r\n1,"2"\r\n3,'), [
    ['a', 'b'],
    ['1', '2'],
    ['3', ''],
  ])
  assert.deepEqual(parseCsv('a\n"b').fault, { at: 2, message: 'the quote that begins here is not closed' })
  assert.equal(parseCsv('a,"b"c').fault?.at, 5)
})

test('a sheet has a column for every field of a line item', () => {
  const fields = new Set(Object.values(COLUMNS).map(({ path }) => path[0]))
  for (const field of Object.keys(LINE_ITEM_FIELDS)) assert.ok(fields.has(field as never), field)
})

// Line items as the schema takes them.
const id = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/)
const decimal = fc.constantFrom('0', '0.80', '8.50', '12', '1200.5', '9.10')
const optional = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map(v => (v === undefined ? {} : { [key]: v }))
const merged = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map(all => Object.assign({}, ...all) as Record<string, unknown>)
const nonEmpty = (value: Record<string, unknown>) => Object.keys(value).length > 0
const time = fc.constantFrom('2027-03-01 00:00', '2027-04-30 23:59', '2026-12-24 18:05')
const where = fc.constantFrom<LineItem['where'] & object>(
  { geo: { country: ['DE', 'AT'] } },
  { geo: { zip: ['DE:10115'], near: { lat: 50.938, lon: 6.957, km: 8 } } },
  { not: { rule: 'sensitive_event_live' }, device: { os: { ios: '>=15 <18' } } },
  {
    any: [
      { inventory: { category: ['2.2:483', 'IAB17'], bundle: ['990000006', 'true', 'a,b "c"'] } },
      { slot: { interstitial: true } },
    ],
  },
  { daypart: ['Mon-Sun 06:00-23:00'], user: { age: { min: 25 } } },
)
const lineItem = merged(
  optional(
    'name',
    fc.string({ unit: fc.constantFrom('a', 'Ü', ',', '"', ' ', ':', '#', '-', '7'), minLength: 1, maxLength: 12 }),
  ),
  optional('status', fc.constantFrom('draft', 'active', 'paused', 'ended')),
  optional('priority', fc.integer({ min: 1, max: 9 })),
  optional('flight', merged(optional('start', time), optional('end', time)).filter(nonEmpty)),
  optional(
    'budget',
    merged(
      fc.oneof(optional('total', decimal), optional('share', fc.constantFrom('60%', '7.5%'))),
      optional('daily_max', decimal),
      optional('impressions', fc.integer({ min: 1, max: 1_000_000 })),
    ).filter(nonEmpty),
  ),
  fc
    .oneof(
      merged(
        decimal.map(cpm => ({ cpm })),
        optional('shading', fc.constant('none')),
      ),
      merged(
        decimal.map(cpc => ({ cpc })),
        optional('max_cpm', decimal),
        optional('model', id),
      ),
      merged(
        decimal.map(cpa => ({ cpa })),
        optional('model_ctr', id),
        optional('model_cvr', id),
        optional('conversion', id),
      ),
    )
    .map(bid => ({ bid })),
  optional('deals', fc.uniqueArray(id, { minLength: 1, maxLength: 3 })),
  optional('open_auction', fc.boolean()),
  fc
    .dictionary(id, fc.integer({ min: 1, max: 100 }), { minKeys: 1, maxKeys: 3, noNullPrototype: true })
    .map(creatives => ({ creatives })),
  optional('where', where),
).map(value => value as unknown as LineItem) // of its shape by construction; validateFile below agrees

test('a sheet gives back the line items that it was made of, in each form', () => {
  fc.assert(
    fc.property(fc.array(lineItem, { minLength: 1, maxLength: 3 }), fc.constantFrom(...SHEET_FORMS), (items, form) => {
      const text = exportRows(
        items.map((item, n) => rowOf('camp', `item-${n}`, item)),
        form,
      )
      const { sheet, rows, diagnostics } = readSheet(sourceFile('a.csv', text), form === 'sdf' ? SDF : undefined)
      assert.deepEqual(diagnostics, [])
      items.forEach((item, n) => {
        const { file, diagnostics: faults } = rowFile(sheet, rows[n]!, 'camp') // a row each
        assert.deepEqual(faults, [])
        const { valid, diagnostics: found } = validateFile(file)
        assert.deepEqual(found, [], text)
        assert.deepEqual(valid?.value, { line_item: `item-${n}`, campaign: 'camp', ...item })
      })
    }),
    { seed: SEED, numRuns: 300 },
  )
})

const COMMENTED = `# of the campaign
campaign: camp
order: io-1
flight: {start: "2026-01-01 00:00", end: "2026-12-31 23:59", timezone: Europe/Berlin}
budget: {total: 50000}
line_items:
  # why it is there
  one:
    bid: {cpm: 8.50} # agreed by mail
    creatives: {b-300x250: 1}
`

test('YAML that is written from a sheet says what the sheet says; comments and what is equal stay', () => {
  const now = { bid: { cpm: '8.50' }, creatives: { 'b-300x250': 1 } }
  fc.assert(
    fc.property(lineItem, lineItem, (changed, added) => {
      const text = editYaml(COMMENTED, [
        { at: ['line_items', 'one'], now, wanted: changed },
        { at: ['line_items', 'two'], now: null, wanted: added },
      ])
      const { file, diagnostics } = parseFile(sourceFile('campaigns/c.yaml', text))
      assert.deepEqual(diagnostics, [], text)
      const { valid, diagnostics: found } = validateFile(file)
      assert.deepEqual(found, [], text)
      const value = valid?.kind === 'campaign' ? valid.value : null
      assert.deepEqual(value?.line_items, { one: changed, two: added }, text)
      assert.match(text, /^# of the campaign\n/)
      assert.match(text, /^ {2}# why it is there$/m)
      if (changed.bid.cpm === '8.50' && Object.keys(changed.bid).length === 1)
        assert.match(text, /cpm: 8\.50\} # agreed/)
    }),
    { seed: SEED, numRuns: 200 },
  )
  assert.equal(editYaml(COMMENTED, [{ at: ['line_items', 'one'], now, wanted: now }]), COMMENTED)
})

const WITH_SHEET = campaign('inline: {bid: {cpm: 1}, creatives: {b-300x250: 1}}', 'line_items_from: lines/all.csv\n')
const sheetTree = (csv: string) =>
  readTree(treeOf({ ...BASE, 'campaigns/acme/camp.yaml': WITH_SHEET, 'campaigns/acme/lines/all.csv': csv }))

test('line_items_from: rows are line items, known by file, line and column', () => {
  const { world, diagnostics } = sheetTree(
    'line_item,bid_kind,bid,creatives,where\nwide,cpm,2.10,b-300x250:2,\nnear,cpm,3,b-728x90:1,"{geo: {country: [DE]}, device: {type: [phone]}}"\n',
  )
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(
    world?.line_items.map(({ id, place, bid_nano }) => [id, place.file.path, place.file.at([]).start.line, bid_nano]),
    [
      ['camp/inline', 'campaigns/acme/camp.yaml', 1, 1_000_000],
      ['camp/near', 'campaigns/acme/lines/all.csv', 3, 3_000_000],
      ['camp/wide', 'campaigns/acme/lines/all.csv', 2, 2_100_000],
    ],
  )
  const near = world?.line_items.find(({ id }) => id === 'camp/near')
  const at = near?.place.file.at(['where', 'device', 'type', 0]).start
  assert.deepEqual([at?.line, at?.col], [3, 63])
})

/** Sheet → code, line and column of each fault. */
const FAULTS: [string, string, ...string[]][] = [
  ['no such creative', 'line_item,bid_kind,bid,creatives\na,cpm,1,b-300x251:1\n', 'FP3001 2:9'],
  ['a bid that is no number', 'line_item,bid_kind,bid,creatives\na,cpm,one,b-300x250:1\n', 'FP2007 2:7'],
  ['no bid', 'line_item,creatives\na,b-300x250:1\n', 'FP2003 2:1'],
  ['a kind of bid that is not there', 'line_item,bid_kind,bid,creatives\na,cpx,1,b-300x250:1\n', 'FP2002 2:3'],
  ['an unknown column', 'line_item,bid_kin,bid\na,cpm,1\n', 'FP2002 1:11'],
  ['a column twice', 'line_item,bid,bid\na,1,1\n', 'FP1004 1:15'],
  ['no column for the id', 'bid_kind,bid\ncpm,1\n', 'FP2003 1:1'],
  ['more cells than the header', 'line_item,bid\na,1,2\n', 'FP1014 2:5'],
  ['an open quote', 'line_item,bid\na,"1\n', 'FP1014 2:3'],
  ['a row of another campaign', 'line_item,campaign\na,other\n', 'FP3033 2:3'],
  ['an id twice', 'line_item,bid_kind,bid,creatives\na,cpm,1,b-300x250\na,cpm,1,b-300x250\n', 'FP3002 3:1'],
  ['an id of the YAML', 'line_item,bid_kind,bid,creatives\ninline,cpm,1,b-300x250\n', 'FP3002 2:1'],
  ['a priority of words', 'line_item,bid_kind,bid,creatives,priority\na,cpm,1,b-300x250,high\n', 'FP2005 2:19'],
  [
    'a where that is broken',
    'line_item,bid_kind,bid,creatives,where\na,cpm,1,b-300x250,"{geo: {country: [DE}}"\n',
    'FP1003 2:39',
  ],
  [
    'a word in a where',
    'line_item,bid_kind,bid,creatives,where\na,cpm,1,b-300x250,"{geo: {cuntry: [DE]}}"\n',
    'FP2002 2:27',
  ],
  [
    'a country in a where',
    'line_item,bid_kind,bid,creatives,where\na,cpm,1,b-300x250,"{geo: {country: [XX]}}"\n',
    'FP3014 2:37',
  ],
]

test('line_items_from: faults are on their cell', () => {
  for (const [name, csv, ...wanted] of FAULTS) {
    const { world, diagnostics } = sheetTree(csv)
    assert.equal(world, null, name)
    const seen = diagnostics.map(({ code, span }) => `${code} ${span.start.line}:${span.start.col}`)
    assert.deepEqual(seen, wanted, `${name}: ${diagnostics.map(({ message }) => message)}`)
    for (const { span } of diagnostics) assert.equal(span.file, 'campaigns/acme/lines/all.csv', name)
  }
  const gone = readTree(treeOf({ ...BASE, 'campaigns/acme/camp.yaml': WITH_SHEET }))
  assert.deepEqual(
    gone.diagnostics.map(({ code, span }) => [code, span.file]),
    [['FP3020', 'campaigns/acme/camp.yaml']],
  )
})
