import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MACRO_BIT, MACROS } from '@flightplan/contract/snapshot.ts'
import { daypartRanges, WEEK_MIN } from '../lower/daypart.ts'
import { buildDictionary } from '../lower/dictionary.ts'
import { toDnf } from '../lower/dnf.ts'
import type { Expression } from '../lower/expression.ts'
import { pieces } from '../lower/layout.ts'
import { StringPool, Words } from '../lower/pools.ts'
import { piecesOf, writeTemplate } from '../lower/template.ts'
import { versionRanges } from '../lower/versions.ts'
import { endOfMinute_ms, startOfMinute_ms } from '../resolve/local-time.ts'

const INF = Number.POSITIVE_INFINITY

test('dayparts wrap over midnight and over the end of the week', () => {
  assert.deepEqual(daypartRanges(['Mon 22:00-06:00']), [[1320, 1800]])
  assert.deepEqual(daypartRanges(['Sun 22:00-06:00']), [
    [0, 360],
    [WEEK_MIN - 120, WEEK_MIN],
  ])
  assert.deepEqual(daypartRanges(['Mon 10:00-10:00']), [[600, 2040]])
  assert.deepEqual(daypartRanges(['00:00-24:00']), [[0, WEEK_MIN]])
  assert.deepEqual(daypartRanges(['Sat-Mon 10:00-11:00']), [
    [600, 660],
    [5 * 1440 + 600, 5 * 1440 + 660],
    [6 * 1440 + 600, 6 * 1440 + 660],
  ])
  assert.deepEqual(daypartRanges(['Mon 10:00-12:00', 'Mon 11:00-13:00']), [[600, 780]])
})

test('version ranges are half-open and cut at the last part that is compared', () => {
  assert.deepEqual(versionRanges('>=15 <18'), [[15_000_000, 18_000_000]])
  assert.deepEqual(versionRanges('>=17 <=17'), [[17_000_000, 17_000_001]])
  assert.deepEqual(versionRanges('>17.4.1'), [[17_004_002, INF]])
  assert.deepEqual(versionRanges('<=9.1'), [[-INF, 9_001_001]])
  assert.deepEqual(versionRanges('>=18 <15'), [])
  assert.equal(versionRanges('*'), null)
})

test('pieces of an interval: a value lies in piece number "bounds at or below it"', () => {
  const bounds = Float64Array.from([10, 20, 30])
  assert.deepEqual(pieces([[10, 30]], bounds), [1, 2])
  assert.deepEqual(pieces([[-INF, 10]], bounds), [0])
  assert.deepEqual(pieces([[30, INF]], bounds), [3])
  assert.deepEqual(pieces([[-INF, INF]], bounds), [0, 1, 2, 3])
  assert.deepEqual(
    pieces(
      [
        [-INF, 10],
        [20, 30],
      ],
      bounds,
    ),
    [0, 2],
  ) // prettier-ignore
})

test('a table that is half full at most finds every word, and no other', () => {
  const words = Array.from({ length: 1000 }, (_, i) => `value-${i}`)
  const attribute = { name: 'x', first_term: 0, terms: 1000, bounds_at: 0, bounds_n: 0, base_at: -1, has_not: false }
  const table = buildDictionary([attribute], words)
  assert.equal(table.length, 2048)
  assert.deepEqual(
    Array.from(table)
      .filter(Boolean)
      .sort((a, b) => a - b),
    words.map((_, i) => i + 1),
  )
})

const leaf = (attribute: number, value: number, late = false): Expression => {
  return { op: 'in', predicate: 0, attribute, values: [value], late }
}

test('four anys of four are 256 alternatives: what is kept is at most 64, and says that it is not all', () => {
  const any = (first: number): Expression => ({
    op: 'or',
    predicate: 0,
    parts: [0, 1, 2, 3].map(i => leaf(first + i, 0)),
  })
  const wide = toDnf({ op: 'and', predicate: 0, parts: [any(0), any(10), any(20), any(30)] })
  assert.equal(wide.alternatives.length, 64)
  assert.equal(wide.exact, false)
  assert.equal(wide.wide, true)
  const fits = toDnf({ op: 'and', predicate: 0, parts: [any(0), any(10), any(20)] })
  assert.equal(fits.alternatives.length, 64)
  assert.equal(fits.exact, true)
})

test('an any over one attribute is one list, and its not is one exclusion', () => {
  const any: Expression = { op: 'or', predicate: 0, parts: [leaf(1, 5), leaf(1, 3), leaf(1, 5)] }
  const [alternative, second] = toDnf(any).alternatives
  assert.equal(second, undefined)
  assert.deepEqual(
    alternative?.map(({ leaf }) => leaf.op === 'in' && leaf.values),
    [[3, 5]],
  )
  const [negated] = toDnf({ op: 'not', predicate: 0, part: any }).alternatives
  assert.equal(
    negated?.every(literal => literal.negated),
    true,
  )
})

test('what only a look-up knows passes, and its not as well', () => {
  for (const expression of [leaf(1, 1, true), { op: 'not', predicate: 0, part: leaf(1, 1, true) } as const]) {
    const dnf = toDnf(expression)
    assert.deepEqual(dnf.alternatives, [[]])
    assert.equal(dnf.exact, false)
    assert.equal(dnf.wide, false)
  }
})

test('templates: our macros are pieces, others stay text, text is JSON-escaped', () => {
  const strings = new StringPool()
  const templates = new Words()
  const at = writeTemplate(piecesOf('<a href="${CLICK_URL}">\n${AUCTION_PRICE} ${foo}'), strings, templates)
  const [n, ...rest] = templates.view().subarray(at)
  assert.equal(n, 3)
  const { strings: bytes, string_at } = strings.sections()
  const text = (id: number) => Buffer.from(bytes.subarray(string_at[id], string_at[id + 1])).toString()
  assert.equal(text(rest[0]!), '<a href=\\"')
  assert.equal(rest[1], (MACRO_BIT | MACROS.indexOf('CLICK_URL')) >>> 0)
  assert.equal(text(rest[2]!), '\\">\\n${AUCTION_PRICE} ${foo}')
})

test('local times at the change of clocks', () => {
  const zone = 'Europe/Berlin'
  const iso = (ms: number) => new Date(ms).toISOString()
  assert.equal(iso(startOfMinute_ms('2026-01-01 00:00', zone)), '2025-12-31T23:00:00.000Z')
  assert.equal(iso(startOfMinute_ms('2026-07-01 00:00', zone)), '2026-06-30T22:00:00.000Z')
  // 29 March: 02:00 → 03:00; the skipped minute is the jump
  assert.equal(iso(startOfMinute_ms('2026-03-29 02:30', zone)), '2026-03-29T01:00:00.000Z')
  assert.equal(iso(endOfMinute_ms('2026-03-29 02:30', zone)), '2026-03-29T01:00:00.000Z')
  // 25 October: 02:30 comes twice; a start is the first, an end the last
  assert.equal(iso(startOfMinute_ms('2026-10-25 02:30', zone)), '2026-10-25T00:30:00.000Z')
  assert.equal(iso(endOfMinute_ms('2026-10-25 02:30', zone)), '2026-10-25T01:31:00.000Z')
  assert.equal(iso(endOfMinute_ms('2026-12-31 23:59', 'UTC')), '2027-01-01T00:00:00.000Z')
})
