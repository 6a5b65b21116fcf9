import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeTcf, MAX_CONSENT_CHARS } from '../../privacy/tcf.ts'
import { base64url } from './bit-writer.ts'
import {
  coreBits,
  disclosedSegment,
  encodeTcf,
  listHas,
  NOBODY,
  PUBLISHER_SEGMENT,
  REFUSAL,
  type TcfModel,
  type VendorList,
} from './tcf-writer.ts'

const OURS = 32
const SEED = 20_260_101

const only = (id: number, asRange: boolean): VendorList => ({ maxId: id, groups: [[id, id]], asRange })

/** Up to eight ascending groups, and a maximum at or above the last of them. */
const groups = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 60 })), { maxLength: 8 })
  .map(steps => {
    let seen = 0
    return steps.map(([gap, span]): [number, number] => {
      const first = seen + gap
      seen = first + span
      return [first, seen]
    })
  })
const vendorList = fc
  .record({ groups, slack: fc.integer({ min: 0, max: 3 }), asRange: fc.boolean() })
  .map(({ groups, slack, asRange }) => ({ maxId: (groups.at(-1)?.[1] ?? 0) + slack, groups, asRange }))
const ids = (count: number) => fc.uniqueArray(fc.integer({ min: 1, max: count }))
const model: fc.Arbitrary<TcfModel> = fc.record({
  version: fc.constant(2),
  created_ds: fc.integer({ min: 0, max: 2 ** 36 - 1 }),
  lastUpdated_ds: fc.integer({ min: 0, max: 2 ** 36 - 1 }),
  cmpId: fc.integer({ min: 0, max: 4095 }),
  policyVersion: fc.integer({ min: 0, max: 63 }),
  isServiceSpecific: fc.boolean(),
  specialFeatures: ids(12),
  purposes: ids(24),
  interests: ids(24),
  purposeOneTreatment: fc.boolean(),
  country: fc.stringMatching(/^[A-Z]{2}$/),
  consents: vendorList,
  legitimate: vendorList,
  restrictions: fc.array(
    fc.record({ purpose: fc.integer({ min: 1, max: 24 }), type: fc.integer({ min: 0, max: 3 }), groups }),
    { maxLength: 6 },
  ),
  disclosed: fc.option(vendorList),
})

const mask = (list: readonly number[]) => list.reduce((sum, id) => sum | (1 << (id - 1)), 0)

function meaning(consent: TcfModel, id: number): ReturnType<typeof decodeTcf> {
  const restricted = (...types: number[]) =>
    mask(
      consent.restrictions
        .filter(r => types.includes(r.type) && r.groups.some(([first, last]) => id >= first && id <= last))
        .map(r => r.purpose),
    )
  return {
    created_ms: consent.created_ds * 100,
    lastUpdated_ms: consent.lastUpdated_ds * 100,
    cmpId: consent.cmpId,
    policyVersion: consent.policyVersion,
    isServiceSpecific: consent.isServiceSpecific,
    specialFeatureOptIns: mask(consent.specialFeatures),
    purposeConsents: mask(consent.purposes),
    purposeLegitimateInterests: mask(consent.interests),
    purposeOneTreatment: consent.purposeOneTreatment,
    publisherCountryCode: consent.country,
    vendorConsent: listHas(consent.consents, id),
    vendorLegitimateInterest: listHas(consent.legitimate, id),
    restrictions: {
      notAllowed: restricted(0, 3),
      requireConsent: restricted(1),
      requireLegitimateInterest: restricted(2),
    },
    disclosedVendor: consent.disclosed === null ? null : listHas(consent.disclosed, id),
  }
}

test(`a written consent reads back, for every vendor id near its groups (seed ${SEED})`, () => {
  const property = fc.property(model, fc.integer({ min: 1, max: 500 }), (consent, id) => {
    assert.deepEqual(decodeTcf(encodeTcf(consent), id), meaning(consent, id))
  })
  fc.assert(property, { seed: SEED, numRuns: 2000 })
})

test(`a core segment that lacks its last bits is no consent (seed ${SEED})`, () => {
  const property = fc.property(model, fc.integer({ min: 6, max: 200 }), (consent, missing) => {
    // Without restrictions: a list of those may end early in a way that reads as a shorter list.
    const bits = coreBits({ ...consent, restrictions: [] })
    assert.equal(decodeTcf(base64url(bits.slice(0, bits.length - Math.min(missing, bits.length))), OURS), null)
  })
  fc.assert(property, { seed: SEED, numRuns: 500 })
})

test('a core of exactly its bits is whole: bits of padding are not needed, further ones are not read', () => {
  const list = Array.from({ length: 6 }, (_, extra) => only(OURS + extra, false))
  for (const consents of list) {
    const bits = coreBits({ ...REFUSAL, consents })
    const exact = base64url(bits)
    assert.equal(decodeTcf(exact, consents.maxId)?.vendorConsent, true)
    assert.equal(decodeTcf(`${exact}AAA`, consents.maxId)?.vendorConsent, true)
    assert.equal(decodeTcf(exact.slice(0, -1), consents.maxId), null)
  }
})

test('an impossible range entry makes the whole string invalid', () => {
  const cases: Record<string, VendorList> = {
    reversed: { maxId: 40, groups: [[33, 31]], asRange: true },
    'beyond the maximum': { maxId: 31, groups: [[OURS, OURS]], asRange: true },
    'group beyond the maximum': { maxId: 40, groups: [[30, 41]], asRange: true },
    'id 0': { maxId: 40, groups: [[0, OURS]], asRange: true },
  }
  for (const [name, consents] of Object.entries(cases)) {
    assert.equal(decodeTcf(encodeTcf({ ...REFUSAL, consents }), OURS), null, `consents: ${name}`)
    assert.equal(decodeTcf(encodeTcf({ ...REFUSAL, legitimate: consents }), OURS), null, `interests: ${name}`)
    assert.equal(decodeTcf(encodeTcf({ ...REFUSAL, disclosed: consents }), OURS), null, `disclosed: ${name}`)
  }
  const reversed = [{ purpose: 2, type: 0, groups: [[33, 31]] as const }]
  assert.equal(decodeTcf(encodeTcf({ ...REFUSAL, restrictions: reversed }), OURS), null, 'restriction: reversed')
})

test('overlapping and unsorted range groups are read as their union', () => {
  const consents: VendorList = {
    maxId: 60,
    groups: [
      [50, 60],
      [10, 33],
      [30, 40],
    ],
    asRange: true,
  }
  const text = encodeTcf({ ...REFUSAL, consents })
  const allowed = [9, 10, 32, 40, 41, 49, 50, 60, 61].filter(id => decodeTcf(text, id)?.vendorConsent)
  assert.deepEqual(allowed, [10, 32, 40, 50, 60])
})

test('segments after the core come in any order; a second disclosed list is refused', () => {
  const core = encodeTcf(REFUSAL)
  const disclosed = disclosedSegment(only(OURS, true))
  for (const text of [`${core}.${disclosed}.${PUBLISHER_SEGMENT}`, `${core}.${PUBLISHER_SEGMENT}.${disclosed}`]) {
    assert.equal(decodeTcf(text, OURS)?.disclosedVendor, true)
    assert.equal(decodeTcf(text, OURS + 1)?.disclosedVendor, false)
  }
  assert.equal(decodeTcf(`${core}.${PUBLISHER_SEGMENT}`, OURS)?.disclosedVendor, null)
  assert.equal(decodeTcf(`${core}.${disclosed}.${disclosedSegment(NOBODY)}`, OURS), null)
  assert.equal(decodeTcf(`${disclosed}.${core}`, OURS), null)
})

test('what is not exactly a v2 string is null', () => {
  const core = encodeTcf(REFUSAL)
  assert.notEqual(decodeTcf(core, OURS), null)
  const texts = ['', '.', '...', `.${core}`, `${core}.`, `${core}..${PUBLISHER_SEGMENT}`, ` ${core}`, `${core}\n`]
  texts.push(`${core}=`, `${core}==`, core.replace('C', '+'), `${core}.IA\u{1F600}A`, `${core}~${core}`)
  texts.push(encodeTcf({ ...REFUSAL, version: 1 }), encodeTcf({ ...REFUSAL, version: 3 }))
  for (const text of texts) assert.equal(decodeTcf(text, OURS), null, JSON.stringify(text))
})

test('the length bound is on the whole string', () => {
  const core = encodeTcf(REFUSAL)
  assert.notEqual(decodeTcf(core.padEnd(MAX_CONSENT_CHARS, 'A'), OURS), null)
  assert.equal(decodeTcf(core.padEnd(MAX_CONSENT_CHARS + 1, 'A'), OURS), null)
})

test('a country code in lower case is the same country, and one that is no letters is refused', () => {
  assert.equal(decodeTcf(encodeTcf({ ...REFUSAL, country: 'te' }), OURS)?.publisherCountryCode, 'TE')
  assert.equal(decodeTcf(encodeTcf({ ...REFUSAL, country: '[]' }), OURS), null)
})

test('ids that no list can hold are never granted', () => {
  const everyone: VendorList = { maxId: 40, groups: [[1, 40]], asRange: false }
  const text = encodeTcf({ ...REFUSAL, consents: everyone, legitimate: { ...everyone, asRange: true } })
  for (const id of [0, -1, 41, 65536, Number.NaN]) {
    const consent = decodeTcf(text, id)
    assert.deepEqual([consent?.vendorConsent, consent?.vendorLegitimateInterest], [false, false], String(id))
  }
})
