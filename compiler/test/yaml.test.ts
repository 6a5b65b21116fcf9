import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseFast } from '../yaml-fast.ts'
import { parseSlow } from '../yaml-slow.ts'
import { keyRange, type Path, valueRange, type YamlTree } from '../yaml-tree.ts'

/** Texts to compare; FUZZ_RUNS raises it. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 4000)
/** Texts that the fast parser takes. */
const PLAIN_TEXTS = [
  'order: a\ncurrency: EUR\n',
  'order: a # one\n\n# two\nsigned:   # three\n  amount: 9.10\n  po: 0123\nfees:\n- {name: x, value: 1}\n- name: y\n  value: 2\n',
  "campaign: a\nflight: {start: \"2027-03-01 00:00\",\n  end: 'it''s',\n  }\n",
  'line_item: a\nwhere:\n  all:\n    - geo: {country: [DE, AT]}\n      device:\n        type: [ctv]\n    - not: {}\n  any: []\n',
  'creative: a\ntag: |\n  <a href="x: y">#1</a>\n    deeper - line\nname: b\n',
  'creative: a\ntag: |-\n  <b>\n',
  'audience: a\nfrom: {segments: [x:1, http://y/z, a#b, "c"]}\nname: -5 - x\n',
  'exchange: a\nx: null\ny:\nz: ~\nt: true\nn: [-1, 0x1F, 0o17, .5, 1e3, .inf, 1_000, 010]\nlast:',
  'model: a\n"quoted key": 1\n\'other\': 2\nunder:\n    far: 1\n',
  'campaign: a\nemoji: "\u{1F600} x" # ok\nnext: \u{1F600}\n',
]

test('the fast parser reads common YAML as the yaml package does, in value and place', () => {
  for (const text of PLAIN_TEXTS) {
    assert.ok(parseFast(text), `beyond the fast parser:\n${text}`)
    assertSame(text)
  }
})

test('the fast parser leaves what it does not know', () => {
  const texts = [
    '',
    '# only a comment\n',
    'a: &x 1\n',
    'order: *x\n',
    'order: !!str 1\n',
    'order: a\norder: b\n',
    'order: a\n  continued\n',
    'order: a: b\n',
    'order: "a\\tb"\n',
    'order: >\n  folded\n',
    'order: a\n\tx: 1\n',
    'order: a\r\n',
    '---\norder: a\n',
    'order: a\n...\n',
    'order: {__proto__: 1}\n',
    'order: [a: b]\n',
    'order: [a, b\n',
    'order: {a, b}\n',
    'order: ? a\n',
    `order: ${'['.repeat(65)}${']'.repeat(65)}\n`,
  ]
  for (const text of texts) assert.equal(parseFast(text), null, text)
})

test('what the fast parser takes, the yaml package takes too and reads the same', () => {
  const noise = fc.constantFrom(
    ...' \n:-#[]{},"\'|>&*!?%@`~\\\tab0.<=_',
    ': ',
    ' #',
    '\n  ',
    '- ',
    '\n- ',
    'null',
    '"x"',
    '\u00a0',
    '\u{1F600}',
  )
  const cut = fc.record({ at: fc.nat(400), remove: fc.nat(6), insert: fc.array(noise, { maxLength: 3 }) })
  const mutations = fc.tuple(fc.constantFrom(...PLAIN_TEXTS), fc.array(cut, { maxLength: 4 }))
  let taken = 0
  const seed = 20270301
  fc.assert(
    fc.property(mutations, ([text, cuts]) => {
      const mutated = cuts.reduce((now, { at, remove, insert }) => {
        const place = at % (now.length + 1)
        return now.slice(0, place) + insert.join('') + now.slice(place + remove)
      }, text)
      if (assertSame(mutated)) taken++
    }),
    { numRuns: RUNS, seed },
  )
  assert.ok(taken > RUNS / 4, `only ${taken} of ${RUNS} texts came as far as the comparison (seed ${seed})`)
})

test('the place of a value, of its key, and of what is missing', () => {
  const text = 'order: a\nsigned: {amount: 5}\nfees:\n  - name: x\n  - name: y\n'
  const fast = parseFast(text)
  assert.ok(fast)
  const value = (path: Path) => slice(text, valueRange(fast.tree, path))
  const key = (path: Path) => slice(text, keyRange(fast.tree, path))
  assert.equal(value(['signed', 'amount']), '5')
  assert.equal(key(['signed', 'amount']), 'amount')
  assert.equal(value(['fees', 1]), 'name: y')
  assert.equal(key(['fees', 1]), 'name: y')
  assert.equal(value(['fees']), '- name: x\n  - name: y')
  assert.equal(value(['signed', 'nothing', 'deeper']), '{amount: 5}')
  assert.equal(value([]), text.trimEnd())
})

test('numbers stay text where the schema wants text, and only there', () => {
  const text =
    'campaign: 007\nbudget: {total: 1.50}\nline_items: {a: {priority: 3, bid: {cpm: 2.10}, where: {geo: {near: {lat: 1.50}}}}}\n'
  const expected = {
    campaign: '007',
    budget: { total: '1.50' },
    line_items: { a: { priority: 3, bid: { cpm: '2.10' }, where: { geo: { near: { lat: 1.5 } } } } },
  }
  assert.deepEqual(parseFast(text)?.value, expected)
  assert.deepEqual(parseSlow(text).value, expected)
})

/** True when both parsers took the text. */
function assertSame(text: string): boolean {
  const fast = parseFast(text)
  if (!fast) return false
  const slow = parseSlow(text)
  assert.deepEqual(slow.faults, [], `refused by the yaml package:\n${JSON.stringify(text)}`)
  assert.deepEqual(fast.value, slow.value, JSON.stringify(text))
  assert.deepEqual(places(text, fast.tree, fast.value), places(text, slow.tree, slow.value), JSON.stringify(text))
  return true
}

/** Source text of every key and value; blanks have no text whose place could matter. */
function places(text: string, tree: YamlTree, value: unknown, path: (string | number)[] = []): string[] {
  if (value === null) return []
  const range = valueRange(tree, path)
  const own = `${path.join('.')} ${keyRange(tree, path).start} ${range.start} ${slice(text, range).trimEnd()}`
  if (typeof value !== 'object') return [own]
  const steps = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value)
  const children = steps.flatMap(step => {
    const child = (value as Record<string | number, unknown>)[step] // step comes from the value
    return places(text, tree, child, [...path, step])
  })
  return [own, ...children]
}

const slice = (text: string, { start, end }: { start: number; end: number }): string => text.slice(start, end)
