import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemo } from '../../judge/memo.ts'
import { judgePrivacy } from '../../judge/privacy.ts'
import type { PolicyInput } from '../../types.ts'
import { base64url, fibonacciRange, type Groups, int } from '../privacy/bit-writer.ts'
import { encodeTcf, NOBODY, REFUSAL, type TcfModel, type VendorList } from '../privacy/tcf-writer.ts'
import { auctionOf, OURS } from './inputs.ts'

const US: VendorList = { maxId: OURS, groups: [[OURS, OURS]], asRange: true }
const CONSENT: TcfModel = { ...REFUSAL, purposes: [1, 2, 3, 4, 7], consents: US, specialFeatures: [1] }
const pairs = (...values: number[]) => values.map(value => int(value, 2)).join('')
/** usva: sharing notice, sale notice, targeted notice, sale, targeted, 8 sensitive, child, 3 MSPA. */
const virginia = (sale: number, targeted: number) =>
  base64url(int(1, 6) + pairs(1, 1, 1, sale, targeted, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
const gpp = (groups: Groups, ...sections: string[]) =>
  [base64url(int(3, 6) + int(1, 6) + fibonacciRange(groups)), ...sections].join('~')
const only = (id: number): Groups => [[id, id]]

const judge = (fields: object): PolicyInput['privacy'] => judgePrivacy(auctionOf(fields), OURS, undefined)
const allowed = (fields: object) => {
  const { tcf_valid, vendor_allowed, purposes, precise_geo_opt_in } = judge(fields)
  return { tcf_valid, vendor_allowed, purposes, precise_geo_opt_in }
}
const NOTHING = { tcf_valid: false, vendor_allowed: false, purposes: [], precise_geo_opt_in: false }

test('when the GDPR applies', () => {
  const germany = { geo: { country: 'DEU' } }
  const cases: [object, boolean][] = [
    [{ regs: { gdpr: 1 } }, true],
    [{ regs: { gdpr: 0 }, device: germany }, false],
    [{ regs: { gdpr: 0, gpp_sid: [2] } }, true],
    [{ device: germany }, true],
    [{ user: germany }, true],
    [{ device: { geo: { country: 'USA' } } }, false],
    [{}, false],
    ...['NO', 'IS', 'LI', 'GB', 'CH', 'RE'].map((country): [object, boolean] => [
      { device: { geo: { country } } },
      true,
    ]),
  ]
  for (const [fields, applies] of cases) assert.equal(judge(fields).gdpr_applies, applies, JSON.stringify(fields))
})

test('purposes by consent or legitimate interest, for a vendor that has it', () => {
  const consent = encodeTcf(CONSENT)
  const full = { tcf_valid: true, vendor_allowed: true, purposes: [1, 2, 3, 4, 7], precise_geo_opt_in: true }
  assert.deepEqual(allowed({ user: { consent } }), full)
  assert.deepEqual(allowed({ user: { ext: { consent } } }), full)
  const interests = encodeTcf({ ...REFUSAL, interests: [1, 2, 3, 7], legitimate: US })
  assert.deepEqual(allowed({ user: { consent: interests } }).purposes, [2, 7])
  assert.deepEqual(allowed({ user: { consent: encodeTcf({ ...CONSENT, consents: NOBODY }) } }), {
    ...NOTHING,
    tcf_valid: true,
  })
  for (const broken of ['consent', '', consent.slice(0, 20)])
    assert.deepEqual(allowed({ user: { consent: broken } }), NOTHING)
})

test('a vendor that TCF 2.3 does not disclose has no basis', () => {
  const hidden = encodeTcf({ ...CONSENT, policyVersion: 5 })
  const shown = encodeTcf({ ...CONSENT, policyVersion: 5, disclosed: US })
  assert.equal(judge({ user: { consent: hidden } }).vendor_allowed, false)
  assert.equal(judge({ user: { consent: shown } }).vendor_allowed, true)
})

test('a TC string in GPP counts where gpp_sid lists it; with one of its own, both must allow', () => {
  const consent = encodeTcf(CONSENT)
  const section = gpp(only(2), encodeTcf({ ...CONSENT, purposes: [1, 2, 9] }))
  const regs = { gpp: section, gpp_sid: [2] }
  assert.deepEqual(judge({ regs }).purposes, [1, 2, 9])
  assert.deepEqual(judge({ regs: { ext: regs } }).purposes, [1, 2, 9])
  assert.deepEqual(judge({ regs: { ...regs, gpp_sid: [7] } }).purposes, [])
  assert.deepEqual(judge({ regs, user: { consent } }).purposes, [1, 2])
  assert.deepEqual(allowed({ regs, user: { consent: 'broken' } }), NOTHING)
  assert.deepEqual(allowed({ regs: { ...regs, gpp: 'broken' }, user: { consent } }), NOTHING)
  assert.deepEqual(judge({ regs: { gpp_sid: [2] }, user: { consent } }).purposes, [1, 2, 3, 4, 7])
})

test('opting out in the United States', () => {
  const cases: [string, object, boolean][] = [
    ['nothing said', {}, false],
    ['us_privacy N', { us_privacy: '1YNN' }, false],
    ['us_privacy Y', { us_privacy: '1YYN' }, true],
    ['us_privacy Y, 2.5', { ext: { us_privacy: '1YYN' } }, true],
    ['us_privacy does not apply', { us_privacy: '1---' }, false],
    ['us_privacy unreadable', { us_privacy: 'yes' }, true],
    ['gpc', { ext: { gpc: '1' } }, true],
    ['section: neither', { gpp: gpp(only(9), virginia(2, 2)), gpp_sid: [9] }, false],
    ['section: sale', { gpp: gpp(only(9), virginia(1, 2)), gpp_sid: [9] }, true],
    ['section: targeted', { gpp: gpp(only(9), virginia(2, 1)), gpp_sid: [9] }, true],
    ['section not listed', { gpp: gpp(only(9), virginia(1, 1)), gpp_sid: [10] }, true],
    [
      'another listed: not a US one',
      { gpp: gpp([...only(2), ...only(9)], encodeTcf(CONSENT), virginia(1, 1)), gpp_sid: [2] },
      false,
    ],
    ['section unreadable', { gpp: gpp(only(9), '!!'), gpp_sid: [9] }, true],
    ['string unreadable', { gpp: 'gppString', gpp_sid: [7] }, true],
    ['string missing', { gpp_sid: [8] }, true],
    ['string without a list', { gpp: gpp(only(9), virginia(1, 1)) }, false],
    ['usp section', { gpp: gpp(only(6), '1YYN'), gpp_sid: [6] }, true],
    ['no section applies', { gpp: 'gppString', gpp_sid: [-1, 0] }, false],
  ]
  for (const [name, regs, out] of cases) assert.equal(judge({ regs }).us_opt_out, out, name)
})

test('coppa, lmt, dnt, dsa as said', () => {
  const said = judge({ regs: { coppa: 1, ext: { dsa: { dsarequired: 2 } } }, device: { lmt: 1, dnt: 1 } })
  assert.deepEqual([said.coppa, said.lmt, said.dnt, said.dsa], [true, true, true, 2])
  const silent = judge({})
  assert.deepEqual([silent.coppa, silent.lmt, silent.dnt, silent.dsa, silent.gdpr], [false, false, false, null, null])
})

test('the memo changes no answer', () => {
  const memo = createMemo()
  const requests = [
    { user: { consent: encodeTcf(CONSENT) } },
    { user: { consent: 'broken' } },
    { regs: { gpp: gpp(only(9), virginia(1, 2)), gpp_sid: [9] } },
    { regs: { gpp: gpp(only(9), virginia(1, 2)), gpp_sid: [2] } },
  ]
  for (const fields of [...requests, ...requests]) {
    assert.deepEqual(judgePrivacy(auctionOf(fields), OURS, memo), judge(fields))
  }
})
