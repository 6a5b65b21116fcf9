import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Equivalents, readEquivalents } from '../../mutation/equivalents.ts'
import type { Mutant } from '../../mutation/mutants.ts'
import { optionsOf } from '../../mutation/options.ts'
import { countsOf, type Result, share, toJson, toText } from '../../mutation/report.ts'
import type { Outcome } from '../../mutation/run.ts'
import { sampled } from '../../mutation/sample.ts'
import { found, TARGETS } from '../../mutation/targets.ts'

const ROOT = join(import.meta.dirname, '../../..')
const LISTED = join(ROOT, 'lab/mutation/equivalents.ndjson')

const mutant = (file: string, after: string): Mutant => {
  return { file, operator: 'relational', start: 0, end: 1, text: '<', line: 3, col: 9, before: 'a > b', after }
}
const result = (file: string, state: Outcome['state'], equivalent = false): Result => {
  return { mutant: mutant(file, 'a < b'), outcome: { state, by: 'a test', stages_ms: [] }, equivalent }
}
const RESULTS = [
  result('b.ts', 'killed'),
  result('b.ts', 'timeout'),
  result('a.ts', 'survived'),
  result('a.ts', 'survived', true),
  result('a.ts', 'killed', true),
]

test('a timeout is a kill, and what is listed as equivalent counts on neither side', () => {
  const counts = countsOf(RESULTS)
  assert.deepEqual(counts, { mutants: 5, killed: 2, survived: 1, timeouts: 1, equivalent: 1 })
  assert.equal(share(counts), 0.75)
  assert.equal(share(countsOf([])), 1)
})

test('the table has a row per file, and survivors and faults of the list are shown', () => {
  const stale = [{ file: 'c.ts', before: 'x', after: 'y', reason: 'none' }]
  const text = toText({ seed: 7, results: RESULTS, stale })
  for (const part of [
    'survived: a.ts:3:9 relational\n  - a > b\n  + a < b\n',
    'listed as equivalent, and killed: a.ts:3:9 by a test\n',
    'stale, no such mutant: c.ts\n  - x\n  + y\n',
    'a.ts                3       1         1         0           1   50.0%\n',
    'all (seed 7)        5       2         1         1           1   75.0%\n',
  ])
    assert.ok(text.includes(part), `${part} is in\n${text}`)
  const json = JSON.parse(toJson({ seed: 7, results: RESULTS, stale }))
  assert.deepEqual(json.files['b.ts'], { mutants: 2, killed: 1, survived: 0, timeouts: 1, equivalent: 0 })
  assert.equal(json.results.length, 5)
})

test('an entry of the list is known by its lines, and stale when they are gone', () => {
  const known = new Equivalents([{ file: 'a.ts', before: 'a > b', after: 'a >= b', reason: 'same' }])
  assert.equal(known.has(mutant('a.ts', 'a >= b')), true)
  assert.equal(known.has(mutant('b.ts', 'a >= b')), false)
  assert.deepEqual(known.stale(['a.ts'], [mutant('a.ts', 'a >= b')]), [])
  assert.equal(known.stale(['a.ts'], [mutant('a.ts', 'a < b')]).length, 1)
  assert.equal(known.stale(['b.ts'], []).length, 0)
})

test('every entry of equivalents.ndjson has a reason and a file that is mutated', () => {
  const files = new Set(TARGETS.flatMap(target => found(ROOT, target.files)))
  const entries = readEquivalents(LISTED)
  assert.equal(entries.length, readFileSync(LISTED, 'utf8').trim().split('\n').length)
  for (const { file, before, after, reason } of entries) {
    assert.ok(files.has(file), file)
    assert.notEqual(before, after)
    assert.ok(reason.length > 20, reason)
  }
})

test('a sample is repeated by its seed, grows by its count, and is another with another seed', () => {
  const items = Array.from({ length: 500 }, (_, i) => i)
  const drawn = sampled(items, 50, 3)
  assert.equal(new Set(drawn).size, 50)
  assert.deepEqual(sampled(items, 60, 3).slice(0, 50), drawn)
  assert.notDeepEqual(drawn, sampled(items, 50, 4))
  assert.deepEqual(
    sampled(items, 9999, 3).sort((a, b) => a - b),
    items,
  )
})

test('options that cannot be used are told', () => {
  const { jobs, ...rest } = optionsOf([])
  assert.ok(jobs >= 1)
  assert.deepEqual(rest, { seed: 1, mutants: 300, files: '**', minutes: Number.POSITIVE_INFINITY, format: 'text' })
  assert.deepEqual(optionsOf(['--seed', '7', '--minutes=5', '--jobs', '1', '--format', 'json', '--files', 'a/*']), {
    ...{ seed: 7, mutants: 300, files: 'a/*', jobs: 1, minutes: 5, format: 'json' },
  })
  for (const wrong of [['--seed', 'x'], ['--mutants', '0'], ['--jobs=-1'], ['--minutes', '1.5'], ['--format', 'xml'], ['--bad']])
    assert.throws(() => optionsOf(wrong), Error, wrong.join(' ')) // biome-ignore format: a table
})
