import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ERRORS, errorsPage, isErrorCode } from '../errors.ts'

const PAGE = new URL('../../docs/errors.md', import.meta.url)

test('codes are ordered, grouped and say something', () => {
  const codes = Object.keys(ERRORS)
  assert.deepEqual(codes, [...codes].sort())
  for (const [code, { title, text }] of Object.entries(ERRORS)) {
    assert.match(code, /^FP[1-6][0-9]{3}$/)
    assert.match(title, /^[a-zA-Z].*[^.]$/)
    assert.match(text, /\.$/)
  }
  assert.ok(isErrorCode('FP1001'))
  assert.ok(!isErrorCode('toString'))
})

test('docs/errors.md is the catalogue (UPDATE=1 writes it)', () => {
  if (process.env['UPDATE']) writeFileSync(PAGE, errorsPage())
  assert.equal(readFileSync(PAGE, 'utf8'), errorsPage())
})
