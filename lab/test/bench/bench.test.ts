import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { deckOf } from '../../bench/requests.ts'
import { asMarkdown, asText } from '../../bench/table.ts'

const MAIN = resolve(import.meta.dirname, '../../bench/main.ts')

function bench(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 60_000 })
}

/** The first number of the row with this label. */
function figure(table: string, label: string): number {
  const row = table.split('\n').find(line => line.startsWith(`${label} `))
  assert.ok(row, `no row "${label}" in\n${table}`)
  return Number.parseFloat(row.slice(label.length).replaceAll(',', ''))
}

// It ends with an error when any server answers anything but 200 and 204, so what is left to see are the figures.
test('the small bench runs whole: build, index, capacity, open loop and swap', () => {
  const { status, stdout, stderr } = bench('--quick')
  assert.equal(status, 0, stderr)
  const of = (label: string) => figure(stdout, label)
  assert.ok(of('bidder, strict server: × bare') > 0.1, stdout)
  assert.ok(of('bidder, node server: × bare') > 0.05, stdout)
  assert.ok(of('answers with a bid') > 10, stdout)
  assert.ok(of('candidates per request, median') > 0, stdout)
  assert.ok(of('index match of a slot, p99') > 0, stdout)
  // A machine that is too busy for the lowest rate says so instead; a swap that was measured fails nothing.
  if (!stdout.includes('none held')) assert.equal(of('swap: failed requests'), 0, stdout)
})

test('options that make no sense are told in one line', () => {
  const { status, stderr } = bench('--line-items', 'many')
  assert.equal(status, 1)
  assert.match(stderr, /^--line-items: "many" is no number/)
  assert.doesNotMatch(stderr, /\n\s+at /)
})

test('a deck gives each run what the run before did not use', () => {
  const all = ['a', 'b', 'c'].map(text => Buffer.from(text))
  const deck = deckOf(all)
  deck.used(4)
  assert.deepEqual(deck.requests().map(String), ['b', 'c', 'a'])
})

test('tables: aligned for the console, the same rows for Markdown', () => {
  const rows = [
    ['line items', '1,000'],
    ['p50', '2.0 µs'],
  ]
  assert.equal(asText(rows), 'line items   1,000\np50         2.0 µs\n')
  assert.equal(asMarkdown(rows), '| line items | 1,000 |\n| --- | ---: |\n| p50 | 2.0 µs |\n')
})
