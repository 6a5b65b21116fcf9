import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sourceFile } from '../load.ts'
import { parseFile } from '../parse.ts'
import { validateFile } from '../validate.ts'

const codesOf = (bytes: Uint8Array | string) => {
  const { file, diagnostics } = parseFile(sourceFile('x.yaml', bytes))
  return [...diagnostics, ...validateFile(file).diagnostics].map(diagnostic => diagnostic.code)
}

const DEEP = 10_000
const CASES: [string, Uint8Array | string, string[]][] = [
  ['empty', '', ['FP1007']],
  ['blank lines', '\n\n  \n', ['FP1007']],
  ['null', '~\n', ['FP1007']],
  ['scalar', 'hello\n', ['FP2001']],
  ['empty map', '{}\n', ['FP2001']],
  ['NUL byte', 'order: a\0b\n', ['FP1002']],
  ['latin-1', Uint8Array.of(0x6f, 0x3a, 0x20, 0xe4, 0x0a), ['FP1002']],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x6f, 0x00), ['FP1002']],
  ['lists nested deeply', `order: ${'['.repeat(DEEP)}${']'.repeat(DEEP)}\n`, ['FP1009']],
  ['lists nested deeply, unclosed', `order: ${'['.repeat(DEEP)}`, ['FP1009']],
  ['maps nested deeply', `order: ${'{a: '.repeat(DEEP)}1${'}'.repeat(DEEP)}\n`, ['FP1009']],
  ['dashes nested deeply', `order:\n ${'- '.repeat(DEEP)}x\n`, ['FP1009']],
  ['keys nested deeply', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}k:\n`).join(''), ['FP1009']],
  ['where nested deeply', `line_item: a\nwhere: ${'{not: '.repeat(DEEP)}{}${'}'.repeat(DEEP)}\n`, ['FP1009']],
  ['alias to nothing', 'order: *a\n', ['FP1005']],
  ['alias to itself', 'order: &a [*a]\n', ['FP1005']],
  ['key from the prototype', 'toString: 1\n', ['FP2001']],
  ['kind from the prototype', 'constructor: 1\n', ['FP1010', 'FP2001']],
  ['directive', '%YAML 1.1\n---\nhello\n', ['FP2001']],
  ['one brace', '{', ['FP1003']],
]

for (const [name, bytes, expected] of CASES) {
  test(`bad input: ${name}`, () => assert.deepEqual(codesOf(bytes), expected))
}

test('a million bytes of anything are judged in time', () => {
  const million = 1_000_000
  const start = process.cpuUsage()
  assert.ok(codesOf(`order: ${'x'.repeat(million)}\n`).length > 0)
  assert.ok(codesOf(`order: "${'\\u0041'.repeat(million / 6)}"\n`).length > 0)
  assert.ok(codesOf('a: 1\n'.repeat(million / 20)).length > 0)
  assert.ok(codesOf(`campaign: a\nline_items:\n${'  ? x\n'.repeat(1000)}`).length > 0)
  const { user, system } = process.cpuUsage(start)
  assert.ok(user + system < 20_000_000, `took ${(user + system) / 1e6} CPU seconds`)
})

test('no text makes the parser or the validator throw, and each fault has a place within the text', () => {
  const seed = 42
  const piece = fc.constantFrom(
    ...' \n\t:-#[]{},"\'|>&*!?%@`~\\',
    ...[
      'order',
      'campaign: a\n',
      'line_items',
      'where: ',
      '\n  ',
      '- ',
      'null',
      '&a ',
      '*a',
      '<<: ',
      '!!str ',
      '__proto__: ',
      '\u{1F600}',
      '\r\n',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = pieces.join('')
      const { file, diagnostics } = parseFile(sourceFile('x.yaml', text))
      const all = [...diagnostics, ...validateFile(file).diagnostics]
      for (const { span, message } of all) {
        assert.ok(span.start.offset <= text.length && span.start.offset <= span.end.offset, message)
        assert.ok(span.start.line >= 1 && span.start.col >= 1, message)
      }
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
    }),
    { numRuns: 3000, seed },
  )
})
