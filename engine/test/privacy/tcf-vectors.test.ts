import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeTcf, type TcfConsent } from '../../privacy/tcf.ts'
import { consentVectors, skipCorpus } from './corpus.ts'

type Ids = (number | [first: number, last: number])[]

interface Vector {
  tcString: string
  verdict: 'valid-both' | 'invalid-both' | 'decoders-disagree' | 'obsolete-v1'
  expected: {
    created: string
    lastUpdated: string
    cmpId: number
    policyVersion: number
    isServiceSpecific: boolean
    purposeOneTreatment: boolean
    publisherCountryCode: string
    specialFeatureOptins: number[]
    purposeConsents: number[]
    purposeLegitimateInterests: number[]
    vendorConsents: Ids
    vendorLegitimateInterests: Ids
    vendorsDisclosed: Ids
    publisherRestrictions: { purposeId: number; type: number; vendors: Ids }[]
  }
}

const mask = (ids: number[]) => ids.reduce((sum, id) => sum | (1 << (id - 1)), 0)
const has = (ids: Ids, id: number) => ids.some(one => (Array.isArray(one) ? id >= one[0] && id <= one[1] : id === one))
const highest = (ids: Ids) => Math.max(0, ...ids.flat())

function expectedFor({ expected }: Vector, id: number, isDisclosedGiven: boolean): TcfConsent {
  const restricted = (type: number) =>
    mask(expected.publisherRestrictions.filter(r => r.type === type && has(r.vendors, id)).map(r => r.purposeId))
  return {
    created_ms: Date.parse(expected.created),
    lastUpdated_ms: Date.parse(expected.lastUpdated),
    cmpId: expected.cmpId,
    policyVersion: expected.policyVersion,
    isServiceSpecific: expected.isServiceSpecific,
    specialFeatureOptIns: mask(expected.specialFeatureOptins),
    purposeConsents: mask(expected.purposeConsents),
    purposeLegitimateInterests: mask(expected.purposeLegitimateInterests),
    purposeOneTreatment: expected.purposeOneTreatment,
    publisherCountryCode: expected.publisherCountryCode,
    vendorConsent: has(expected.vendorConsents, id),
    vendorLegitimateInterest: has(expected.vendorLegitimateInterests, id),
    restrictions: {
      notAllowed: restricted(0),
      requireConsent: restricted(1),
      requireLegitimateInterest: restricted(2),
    },
    disclosedVendor: isDisclosedGiven ? has(expected.vendorsDisclosed, id) : null,
  }
}

/** A disclosed-vendors segment starts with the bits 001: its first character is one of I to P. */
const hasDisclosed = (text: string) =>
  text
    .split('.')
    .slice(1)
    .some(segment => /^[I-P]/.test(segment))

test('every field and every vendor of the valid TCF strings is as expected', { skip: skipCorpus }, () => {
  const valid = consentVectors<Vector>('consent-tcf').filter(vector => vector.verdict === 'valid-both')
  assert.ok(valid.length > 50, `only ${valid.length} valid strings`)
  for (const vector of valid) {
    const { vendorConsents, vendorLegitimateInterests, vendorsDisclosed, publisherRestrictions } = vector.expected
    const lists = [
      vendorConsents,
      vendorLegitimateInterests,
      vendorsDisclosed,
      ...publisherRestrictions.map(r => r.vendors),
    ]
    const beyond = Math.max(...lists.map(highest)) + 2
    for (let id = 1; id <= beyond; id++) {
      const expected = expectedFor(vector, id, hasDisclosed(vector.tcString))
      assert.deepEqual(decodeTcf(vector.tcString, id), expected, `vendor ${id} of ${vector.tcString}`)
    }
  }
})

test('no obsolete or invalid TCF string decodes', { skip: skipCorpus }, () => {
  const refused = ['obsolete-v1', 'invalid-both']
  const vectors = consentVectors<Vector>('consent-tcf').filter(vector => refused.includes(vector.verdict))
  assert.ok(vectors.length > 50, `only ${vectors.length} such strings`)
  for (const { tcString } of vectors) assert.equal(decodeTcf(tcString, 12), null, tcString)
})

test('TCF strings on which other decoders disagree decode: their CMP id is 0 or unknown, their bits are sound', {
  skip: skipCorpus,
}, () => {
  const vectors = consentVectors<Vector>('consent-tcf').filter(vector => vector.verdict === 'decoders-disagree')
  for (const { tcString } of vectors) assert.notEqual(decodeTcf(tcString, 12), null, tcString)
})
