import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeUsp } from '../../privacy/usp.ts'
import { consentVectors, skipCorpus } from './corpus.ts'

interface Vector {
  uspString: string
  valid: boolean
  expected?: { notice: string; optOutSale: string; lspa: string; ccpaApplies: boolean }
}

const WORDS = { Y: 'yes', N: 'no', '-': 'not-applicable' }

test('US Privacy strings decode as the vectors say', { skip: skipCorpus }, () => {
  for (const { uspString, valid, expected } of consentVectors<Vector>('consent-usp')) {
    const usp = decodeUsp(uspString)
    assert.equal(usp !== null, valid, uspString)
    if (usp === null || expected === undefined) continue
    assert.equal(WORDS[usp.notice], expected.notice)
    assert.equal(WORDS[usp.optOutSale], expected.optOutSale)
    assert.equal(WORDS[usp.lspaCovered], expected.lspa)
    assert.equal(usp.applies, expected.ccpaApplies)
  }
})

test('the third character of a US Privacy string is the sale opt-out', () => {
  assert.deepEqual(decodeUsp('1NYN'), { applies: true, notice: 'N', optOutSale: 'Y', lspaCovered: 'N' })
  assert.equal(decodeUsp('1---')?.applies, false)
})

test('a US Privacy string is exact: case, version, length, white space', () => {
  for (const text of ['', '1', '2YNN', '1ynn', '1YNN ', '1YNN\n', ' 1YNN', '1YNNN', '1YN', '1YXN']) {
    assert.equal(decodeUsp(text), null, JSON.stringify(text))
  }
})
