import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Auction } from '../../auction.ts'
import { readRequest } from '../../parse/bytes.ts'
import { type Kind, REQUEST } from '../../parse/fields.ts'
import { parseAuction } from '../../parse/parse.ts'
import { corpusFiles, corpusLines, FULL_REQUEST, skipCorpus } from './requests.ts'

const SEED = 20_261_124

type Outcome = Auction | null | 'no JSON'

function outcome(read: () => unknown): Outcome {
  try {
    return parseAuction(read())
  } catch (error) {
    assert.ok(error instanceof SyntaxError, String(error))
    return 'no JSON'
  }
}

const byJson = (bytes: Buffer) => outcome(() => JSON.parse(bytes.toString('utf8')))
const byReader = (bytes: Buffer) => outcome(() => readRequest(bytes) ?? JSON.parse(bytes.toString('utf8')))

/** As bytes from anywhere in a larger buffer, which is how a socket gives them. */
function same(bytes: Buffer, name: string): void {
  const within = Buffer.concat([Buffer.from('}"1'), bytes, Buffer.from('"}1e')]).subarray(3, 3 + bytes.length)
  assert.deepEqual(byReader(within), byJson(bytes), name)
}

const around = (inner: string) => Buffer.from(`{"id":"a","imp":[{"id":"1","bidfloor":1}],${inner}}`)

const VALUES = [
  ...[
    '0',
    '-0',
    '01',
    '-',
    '1.',
    '.5',
    '1.5',
    '-1.25',
    '1e2',
    '1E+2',
    '1e-2',
    '1e',
    '1e+',
    '1e999',
    '-1e999',
    '+1',
    '1 2',
  ],
  ...['9007199254740993', '123456789012345', '0.000000000000001', '0.1000000000000000055511151231257827', '1e-400'],
  ...['0.1', '0.3', '1234.5678', '99999999999999.9', '4.35', '1.005', 'NaN', 'Infinity', '0x1', '١'],
  ...['true', 'false', 'null', 'tru', 'truer', 'nul', 'True', 'undefined', ''],
  ...[
    '""',
    '"a',
    'a"',
    '"a\\"b"',
    '"\\u0041\\u00e9"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"\\u12"',
    '"\\x"',
    '"\\/\\b\\f\\n\\r\\t"',
  ],
  ...['"é€😀"', '"a\u0000b"', '"a\nb"', '"\t"', '"\u007f\u0080"', '"\\\\"', '"\\"', "'a'", '"\ufeff"', '"\u2028"'],
  ...['[]', '[1]', '[1,]', '[,1]', '[1 2]', '[1', '1]', '[[[]]]', '[null,"a",{"b":1}]', '[ 1 , "2" ]', '["a""b"]'],
  ...[
    '{}',
    '{"a":1}',
    '{"a":1,}',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '{"a" : 1 , "b":[{}]}',
    '{"a":1 "b":2}',
    '{"a"1}',
  ],
  ...['{"__proto__":{"id":"x"}}', '{"constructor":1}', '/**/1', '1//'],
]

test('every value reads as JSON.parse reads it, where it is read and where it is skipped', () => {
  for (const value of VALUES)
    for (const key of ['tmax', 'test', 'cur', 'bcat', 'device', 'unread', 'id', 'imp', '__proto__', ''])
      same(around(`"${key}":${value}`), `"${key}":${value}`)
})

test('what surrounds, repeats or hides a field changes nothing', () => {
  const bodies = [
    ...[
      '',
      ' ',
      '{',
      '}',
      '[]',
      'null',
      '1',
      '"a"',
      '{}',
      '{"id":"a"}',
      '{"id":"a","imp":[]}',
      '{"id":"a","imp":[{}]}',
    ],
    ...[' \t\r\n{"id" :\n"a",\t"imp":[ {"id":"1"} ] } \r\n', '\u00a0{"id":"a","imp":[{"id":"1"}]}'],
    ...['\ufeff{"id":"a","imp":[{"id":"1"}]}', '{"id":"a","imp":[{"id":"1"}]}x', '{"id":"a","imp":[{"id":"1"}]}{}'],
    ...[
      '{"\\u0069d":"a","imp":[{"id":"1"}]}',
      '{"id":"a","id":"b","imp":[{"id":"1"}]}',
      '{"é":1,"id":"a","imp":[{"id":"1"}]}',
    ],
    ...['{"id":"a","imp":[{"id":"1"}],"id":7}', '{"id":"a","imp":[{"id":"1","tagid":"x"}],"imp":[{"id":"2"}]}'],
    ...[30, 40, 10_000].map(depth => around(`"x":${'['.repeat(depth)}${']'.repeat(depth)}`).toString()),
    ...[30, 40, 10_000].map(depth => around(`"bcat":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`).toString()),
  ]
  for (const body of bodies) same(Buffer.from(body), body.slice(0, 80))
})

test('bytes that are no UTF-8 become the same characters', () => {
  for (const bad of [
    'ff',
    'c3',
    'e282',
    'f09f98',
    'eda080',
    'c0af',
    'f4908080',
    '80',
    'e28222',
    'c3c3a9',
    'f09fc3a9',
  ]) {
    const text = Buffer.concat([Buffer.from('"site":{"page":"a'), Buffer.from(bad, 'hex'), Buffer.from('b"}')])
    same(Buffer.concat([around('"x":1').subarray(0, -1), Buffer.from(','), text, Buffer.from('}')]), bad)
  }
})

test(`a full request with any bytes changed, taken out or put in (seed ${SEED})`, t => {
  const full = Buffer.from(JSON.stringify(FULL_REQUEST))
  const pieces = fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '-',
    '.',
    'e',
    '\u0001',
    'é',
    't',
    ' ',
    '',
  )
  const edit = fc.record({ at: fc.nat(full.length), cut: fc.nat(3), put: pieces })
  let wellFormed = 0
  const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 2 }), edits => {
    let bytes = full
    for (const { at, cut, put } of edits)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + cut)])
    same(bytes, JSON.stringify(edits))
    if (byJson(bytes) !== 'no JSON') wellFormed++
  })
  fc.assert(property, { seed: SEED, numRuns: 5000 })
  t.diagnostic(`${wellFormed} of 5000 were JSON`)
  assert.ok(wellFormed > 500)
})

/** The value, failing at each read of a field that its kind lacks: the reader would not give it. */
function guarded(value: unknown, kind: Kind | null, path: string): unknown {
  if (Array.isArray(value)) return value.map((entry, at) => guarded(entry, kind, `${path}[${at}]`))
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value as Record<string, unknown>, {
    get(target, name) {
      assert.ok(typeof name === 'string')
      const field = kind?.places.find(place => place?.name === name)
      assert.ok(field, `parse/ reads ${path}.${name}, which fields.ts does not have`)
      return guarded(target[name], field.kind, `${path}.${name}`)
    },
  })
}

test('parse/ reads no field that the reader leaves out', () => {
  parseAuction(guarded(FULL_REQUEST, REQUEST, ''))
  const native = { assets: [{ id: 1, img: { w: 1 } }], native: { assets: [{ id: 1, title: { len: 1 } }] } }
  for (const request of [native, { native }])
    parseAuction(guarded({ id: 'a', imp: [{ id: '1', native: { request } }], dooh: {} }, REQUEST, ''))
})

test('the corpus reads as JSON.parse reads it, nearly all of it without JSON.parse', { skip: skipCorpus }, t => {
  let [lines, sure] = [0, 0]
  for (const file of corpusFiles())
    for (const line of corpusLines(file)) {
      const bytes = Buffer.from(typeof line.raw === 'string' ? line.raw : JSON.stringify(line.request))
      same(bytes, `${file} ${line.id}`)
      if (line.request === undefined) continue
      parseAuction(guarded(line.request, REQUEST, `${file} ${line.id} `))
      lines++
      if (readRequest(bytes) !== null) sure++
    }
  t.diagnostic(`${sure} of ${lines}`)
  assert.ok(sure > 0.98 * lines)
})
