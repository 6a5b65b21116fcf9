import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeGpp, readGppSections } from '../../privacy/gpp.ts'
import { readUsCore, type UsConsent } from '../../privacy/gpp-us.ts'
import type { TcfConsent } from '../../privacy/tcf.ts'
import { consentVectors, skipCorpus } from './corpus.ts'

type Section = Record<string, unknown>

interface Vector {
  gppString: string
  verdict: 'valid-both' | 'invalid-both' | 'decoders-disagree'
  expected: { sectionIds: number[]; sections: Record<string, Section> }
  rawSections: { id: number; value: string }[]
}

const IDS: Record<string, number> = { tcfeuv2: 2, tcfcav1: 5, uspv1: 6, usnat: 7 }
const STATES = 'ca va co ut ct fl mt or tx de ia ne nh nj tn mn md in ky ri'.split(' ')
for (const [at, state] of STATES.entries()) IDS[`us${state}`] = 8 + at
const idOf = (name: string) => IDS[name] ?? assert.fail(`section ${name}`)

const valid = () => consentVectors<Vector>('consent-gpp').filter(vector => vector.verdict === 'valid-both')

/**
 * Called valid by two decoders that do not check restrictions: it announces two, the first for purpose 0 with twenty
 * ranges, and ends 38 bits later. A publisher's prohibition may be lost in it, so it must not decode.
 */
const CUT_RESTRICTIONS = 'DBABMA~CQLvHAAQLvHAAAKA4DENBaFsAP_gAEPg'
const mask = (value: unknown, yes: unknown) =>
  (Array.isArray(value) ? value : [value]).reduce<number>((sum, one, at) => sum | (one === yes ? 1 << at : 0), 0)
const includes = (value: unknown, id: number) => (value as number[]).includes(id) // an id list in every vector

test('the header of every valid GPP string lists its sections', { skip: skipCorpus }, () => {
  assert.ok(valid().length > 60)
  for (const { gppString, rawSections } of valid()) {
    const sections = [...(readGppSections(gppString) ?? [])].map(([id, value]) => ({ id, value }))
    assert.deepEqual(sections, rawSections, gppString)
  }
})

test('every field of every US section of the valid GPP strings is as expected', { skip: skipCorpus }, () => {
  const seen = new Set<number>()
  for (const { gppString, expected } of valid()) {
    const found = decodeGpp(
      gppString,
      expected.sectionIds.filter(id => id >= 6),
      12,
    )
    assert.deepEqual(found?.unreadable, [], gppString)
    for (const [name, section] of Object.entries(expected.sections).filter(([name]) => /^us[a-z]+$/.test(name))) {
      const id = idOf(name)
      seen.add(id)
      assert.deepEqual(
        found?.us.find(state => state.sectionId === id),
        usMeaning(id, section),
        `${name} ${gppString}`,
      )
      assertCoreFields(readGppSections(gppString)?.get(id) ?? '', id, section)
    }
  }
  assert.equal(seen.size, 21, `sections seen: ${[...seen]}`)
})

function usMeaning(sectionId: number, section: Section): UsConsent {
  return {
    sectionId,
    version: (section['Version'] ?? section['MspaVersion']) as number,
    saleOptOut: section['SaleOptOut'] as UsConsent['saleOptOut'],
    sharingOptOut: (section['SharingOptOut'] ?? null) as UsConsent['sharingOptOut'],
    targetedAdvertisingOptOut: (section['TargetedAdvertisingOptOut'] ?? null) as UsConsent['targetedAdvertisingOptOut'],
    sensitiveDenied: mask(section['SensitiveDataProcessing'], 1),
    knownChildDenied: mask(section['KnownChildSensitiveDataConsents'], 1),
    gpc: section['Gpc'] === true,
  }
}

/** Every field of the table, by name, and no field of the vector that the table lacks. */
function assertCoreFields(text: string, id: number, section: Section): void {
  const core = readUsCore(text, id)
  assert.ok(core)
  for (const [name, { at, length }] of core.layout.places) {
    if (name === 'Unused') continue
    const expected: unknown[] = [section[name]].flat()
    // A short national segment of version 2 has fewer values than the version defines; the vectors fill up with 0.
    const values: unknown[] = [...core.values.slice(at, at + length), ...expected.slice(length).fill(0)]
    assert.deepEqual(values, expected, `${name} of section ${id} ${text}`)
  }
  const outside = /^(Version|MspaVersion|Gpc|GpcSegmentType)$/
  const missing = Object.keys(section).filter(name => !outside.test(name) && !core.layout.places.has(name))
  assert.deepEqual(missing, core.layout.section.trailing === 'sensitive' ? ['SensitiveDataProcessing'] : [])
}

/** The names that Europe and Canada give to the same place. */
const NAMES = {
  tcfEu: {
    policyVersion: 'PolicyVersion',
    specialFeatures: 'SpecialFeatureOptins',
    consents: 'PurposeConsents',
    interests: 'PurposeLegitimateInterests',
    vendors: 'VendorConsents',
    vendorInterests: 'VendorLegitimateInterests',
    disclosed: 'VendorsDisclosed',
  },
  tcfCanada: {
    policyVersion: 'TcfPolicyVersion',
    specialFeatures: 'SpecialFeatureExpressConsent',
    consents: 'PurposesExpressConsent',
    interests: 'PurposesImpliedConsent',
    vendors: 'VendorExpressConsent',
    vendorInterests: 'VendorImpliedConsent',
    disclosed: 'DisclosedVendors',
  },
}

for (const [place, sectionName] of [
  ['tcfEu', 'tcfeuv2'],
  ['tcfCanada', 'tcfcav1'],
] as const) {
  test(`the ${sectionName} sections of the valid GPP strings are as expected`, { skip: skipCorpus }, () => {
    const vectors = valid().filter(
      ({ gppString, expected }) => expected.sections[sectionName] && !gppString.startsWith(CUT_RESTRICTIONS),
    )
    assert.ok(vectors.length >= 5)
    for (const { gppString, expected } of vectors) {
      const section = expected.sections[sectionName] ?? {}
      for (const id of [1, 2, 8, 10, 11, 12, 18, 24, 28, 29, 30, 31, 48, 49, 108, 720, 755, 1379, 1380]) {
        const consent = decodeGpp(gppString, [idOf(sectionName)], id)?.[place]
        assert.ok(consent, gppString)
        assertTcf(consent, section, NAMES[place], id)
      }
    }
  })
}

function assertTcf(consent: TcfConsent, section: Section, names: (typeof NAMES)['tcfEu'], id: number): void {
  assert.equal(consent.created_ms, Date.parse(section['Created'] as string))
  assert.equal(consent.lastUpdated_ms, Date.parse(section['LastUpdated'] as string))
  assert.equal(consent.cmpId, section['CmpId'])
  assert.equal(consent.policyVersion, section[names.policyVersion])
  assert.equal(consent.isServiceSpecific, section['IsServiceSpecific'] ?? false)
  assert.equal(consent.purposeOneTreatment, section['PurposeOneTreatment'] ?? false)
  assert.equal(consent.publisherCountryCode, section['PublisherCountryCode'] ?? '')
  assert.equal(consent.specialFeatureOptIns, mask(section[names.specialFeatures], true))
  assert.equal(consent.purposeConsents, mask(section[names.consents], true))
  assert.equal(consent.purposeLegitimateInterests, mask(section[names.interests], true))
  assert.equal(consent.vendorConsent, includes(section[names.vendors], id))
  assert.equal(consent.vendorLegitimateInterest, includes(section[names.vendorInterests], id))
  assert.equal(consent.disclosedVendor ?? false, includes(section[names.disclosed], id))
}

test('a European section cut inside its publisher restrictions is unreadable', { skip: skipCorpus }, () => {
  const cut = valid().filter(({ gppString }) => gppString.startsWith(CUT_RESTRICTIONS))
  assert.equal(cut.length, 1)
  for (const { gppString } of cut) assert.deepEqual(decodeGpp(gppString, [2], 12)?.unreadable, [2])
})

test('the US Privacy sections of the valid GPP strings are as expected', { skip: skipCorpus }, () => {
  for (const { gppString, expected } of valid()) {
    const section = expected.sections['uspv1']
    if (section === undefined) continue
    const usp = decodeGpp(gppString, [6], 12)?.usp
    assert.equal(usp?.notice, section['Notice'])
    assert.equal(usp?.optOutSale, section['OptOutSale'])
    assert.equal(usp?.lspaCovered, section['LspaCovered'])
  }
})

test('an invalid GPP string yields no section', { skip: skipCorpus }, () => {
  const sids = Array.from({ length: 27 }, (_, at) => at + 1)
  for (const { gppString, verdict } of consentVectors<Vector>('consent-gpp')) {
    if (verdict !== 'invalid-both') continue
    const found = decodeGpp(gppString, sids, 12)
    assert.equal(found === null || found.unreadable.length === sids.length, true, gppString)
  }
})

test('the live Canadian strings that abort another decoder read with integer ranges', { skip: skipCorpus }, () => {
  const crashing = consentVectors<Vector & { crashesJsReference?: true }>('consent-gpp').filter(
    v => v.crashesJsReference,
  )
  assert.equal(crashing.length, 2)
  for (const { gppString } of crashing) {
    const granted = [9, 10, 11, 28, 42, 1358, 1359].filter(
      id => decodeGpp(gppString, [5], id)?.tcfCanada?.vendorConsent,
    )
    assert.deepEqual(granted, [10, 28, 42, 1358], gppString.slice(0, 60))
  }
})
