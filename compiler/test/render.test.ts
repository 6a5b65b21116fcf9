import assert from 'node:assert/strict'
import { test } from 'node:test'
import { error, warning } from '../diagnostics.ts'
import { didYouMean } from '../did-you-mean.ts'
import { sourceFile } from '../load.ts'
import { parseFile } from '../parse.ts'
import { renderGithub } from '../render/github.ts'
import { renderJson } from '../render/json.ts'
import { renderPretty } from '../render/pretty.ts'
import { renderSarif } from '../render/sarif.ts'

const text = `order: a\ncurrency: EUR\nadvertiser: ${'x'.repeat(300)}\n`
const { file } = parseFile(sourceFile('campaigns/50% off, now:then/o.yaml', text))
const note = { message: 'signed in', span: file.at(['currency']) }
const found = [
  error('FP3001', file.at(['advertiser']), 'no advertiser\n"x"', {
    notes: [note, { message: 'plain' }],
    fix: 'add it',
  }),
  warning('FP3011', file.keyAt(['order']), '110% of it'),
]

test('pretty shows place, frame, notes and fix; long lines are cut; colours only when asked', () => {
  const plain = renderPretty(found, { source: () => text, color: false })
  assert.match(plain, /^campaigns\/50% off, now:then\/o\.yaml:3:13 error FP3001 no advertiser/)
  assert.match(plain, /\n {2}note: signed in \(campaigns.*:2:11\)\n/)
  assert.match(plain, /\n {2}2 \| currency: EUR\n {4}\| {11}\^\^\^\n/)
  assert.match(plain, /\n {2}fix: add it\n/)
  assert.match(plain, /\n1 error, 1 warning\n$/)
  assert.ok(plain.split('\n').every(line => line.length < 200))
  assert.ok(!plain.includes('\u001b'))
  assert.ok(renderPretty(found, { source: () => text, color: true }).includes('\u001b[31m'))
  assert.equal(renderPretty([], { source: () => text, color: true }), '')
  assert.ok(!renderPretty(found, { source: () => null, color: false }).includes(' | '))
})

test('json carries the diagnostics as they are', () => {
  const json = JSON.parse(renderJson(found))
  assert.deepEqual(
    { ...json, diagnostics: undefined },
    { schemaVersion: 1, errors: 1, warnings: 1, diagnostics: undefined },
  )
  assert.deepEqual(json.diagnostics, found)
})

test('github annotations are one line each, escaped as the toolkit does', () => {
  const [first, second, last] = renderGithub(found).split('\n')
  assert.match(
    first ?? '',
    /^::error file=campaigns\/50%25 off%2C now%3Athen\/o\.yaml,line=3,endLine=3,col=13,endColumn=313,title=FP3001::/,
  )
  assert.ok(first?.endsWith('::no advertiser%0A"x"%0Anote: signed in%0Anote: plain%0Afix: add it'))
  assert.ok(second?.endsWith('title=FP3011::110%25 of it'))
  assert.equal(last, '')
})

test('sarif 2.1.0: rules by index, encoded uris, regions that count from 1', () => {
  const log = JSON.parse(renderSarif(found, '0.1.0'))
  assert.equal(log.version, '2.1.0')
  const [run] = log.runs
  for (const result of run.results) {
    assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId)
    const { artifactLocation, region } = result.locations[0].physicalLocation
    assert.equal(decodeURIComponent(artifactLocation.uri), file.path)
    assert.ok(!/[ :]/.test(artifactLocation.uri))
    assert.ok(region.startLine >= 1 && region.startColumn >= 1 && region.endColumn >= region.startColumn)
  }
  assert.equal(run.results[0].relatedLocations.length, 1)
  assert.deepEqual(
    run.results.map((result: { level: string }) => result.level),
    ['error', 'warning'],
  )
})

test('did you mean: slips, other spellings, nothing far off', () => {
  const words = ['budget', 'bid', 'flight', 'max_cpm', 'line_items']
  const table: [string, string | null][] = [
    ['buget', 'budget'],
    ['budegt', 'budget'],
    ['maxCpm', 'max_cpm'],
    ['max-cpm', 'max_cpm'],
    ['MAX_CPM', 'max_cpm'],
    ['line_item', 'line_items'],
    ['bit', 'bid'],
    ['frequency', null],
    ['x', null],
  ]
  for (const [word, expected] of table) assert.equal(didYouMean(word, words), expected, word)
})
