import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateRequest } from '../../traffic/generate.ts'
import { mutate } from '../../traffic/mutate.ts'

const request = generateRequest(1, 1, { at_ms: Date.UTC(2027, 2, 10, 12) })
const original = JSON.stringify(request)
const mutants = Array.from({ length: 3000 }, (_, seed) => mutate(seed, request))
const parses = (bytes: Buffer) => {
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}

test('equal seed and input give equal bytes, and the input stays as it was', () => {
  mutants.slice(0, 300).forEach((bytes, seed) => {
    assert.ok(bytes.equals(mutate(seed, request)))
    assert.ok(bytes.equals(mutate(seed, Buffer.from(original))), 'object and bytes are the same input')
  })
  assert.equal(JSON.stringify(request), original)
})

test('nearly every mutant differs; about half are still JSON', () => {
  const texts = new Set(mutants.map(bytes => bytes.toString('latin1')))
  assert.ok(texts.size > 2500, `${texts.size} distinct`)
  assert.ok(mutants.filter(bytes => bytes.toString() === original).length < 60)
  const share = mutants.filter(parses).length / mutants.length
  assert.ok(share > 0.35 && share < 0.75, `${share} parse`)
})

test('every kind of damage that the fuzz test is meant to see occurs', () => {
  const texts = mutants.map(bytes => bytes.toString('utf8'))
  const kinds: Record<string, (text: string, at: number) => boolean> = {
    'prototype key': text => text.includes('"__proto__":'),
    'constructor key': text => text.includes('"constructor":'),
    overflow: text => text.includes('1e999'),
    NaN: text => /[:[,]NaN/.test(text),
    'deep arrays': text => text.includes('['.repeat(1000)),
    'deep objects': text => text.includes('{"a":'.repeat(1000)),
    'long string': text => text.includes('x'.repeat(20_000)),
    'long array': text => text.includes('0,'.repeat(20_000)),
    BOM: (_, at) => mutants[at]?.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ?? false,
    'bad UTF-8': text => text.includes('\ufffd'),
    truncated: text => text.length < original.length && original.startsWith(text),
    shortened: (text, at) => text.length < original.length && parses(mutants[at] ?? Buffer.alloc(0)),
    'key twice': text => (text.match(/"tmax":/g)?.length ?? 0) > 1,
  }
  for (const [name, holds] of Object.entries(kinds)) assert.ok(texts.some(holds), `no mutant with ${name}`)
  assert.ok(!texts.some(text => text.includes('\u00a7')), 'no mark of the mutator is left')
})

test('broken bytes, empty bytes and mutants of mutants are accepted', () => {
  for (const input of [
    Buffer.alloc(0),
    Buffer.from('{"id":'),
    Buffer.from('7'),
    Buffer.from('[]'),
    ...mutants.slice(0, 100),
  ]) {
    for (let seed = 0; seed < 10; seed++) assert.ok(Buffer.isBuffer(mutate(seed, input)))
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})
