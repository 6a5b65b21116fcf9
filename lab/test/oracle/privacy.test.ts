import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isUsSection, readGpp, readUsSection } from '../../oracle/privacy/gpp.ts'
import { allows, readTcf } from '../../oracle/privacy/tcf.ts'

const corpus = new URL('../../../../shared/corpus/', import.meta.url)
const skip = existsSync(corpus) ? false : 'no ../shared/corpus'
const lines = <T>(name: string): T[] =>
  readFileSync(new URL(name, corpus), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T) // the shape that corpus/README.md gives

interface TcfVector {
  tcString: string
  verdict: string
  expected?: {
    version: number
    purposeConsents: number[]
    purposeLegitimateInterests: number[]
    specialFeatureOptins: number[]
    vendorConsents: (number | [number, number])[]
    vendorLegitimateInterests: (number | [number, number])[]
  }
}
const unfold = (ranges: (number | [number, number])[]): number[] =>
  ranges.flatMap(range => {
    const [from, to] = typeof range === 'number' ? [range, range] : range
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })

test('valid TCF strings are read as the vectors say', { skip }, () => {
  const vectors = lines<TcfVector>('consent-tcf.ndjson').filter(
    v => v.verdict === 'valid-both' && v.expected?.version === 2,
  )
  assert.ok(vectors.length > 20)
  for (const { tcString, expected } of vectors) {
    const read = readTcf(tcString)
    assert.ok(read && expected, tcString)
    assert.deepEqual([...read.purposes], expected.purposeConsents, tcString)
    assert.deepEqual([...read.purposesLi], expected.purposeLegitimateInterests, tcString)
    assert.deepEqual([...read.specialFeatures], expected.specialFeatureOptins, tcString)
    assert.deepEqual([...read.vendors], unfold(expected.vendorConsents), tcString)
    assert.deepEqual([...read.vendorsLi], unfold(expected.vendorLegitimateInterests), tcString)
  }
})

test('no text makes the readers throw', { skip }, () => {
  for (const { tcString } of lines<TcfVector>('consent-tcf.ndjson')) readTcf(String(tcString))
  for (const { gppString } of lines<GppVector>('consent-gpp.ndjson'))
    for (const [id, section] of readGpp(String(gppString)) ?? []) readUsSection(id, section)
})

interface GppVector {
  gppString: string
  verdict: string
  expected?: { sectionIds: number[]; sections: Record<string, Record<string, unknown>> }
}
const OPT_OUTS = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut']
const US_NAMES: Record<string, number> = Object.fromEntries(
  'usnat usca usva usco usut usct usfl usmt usor ustx usde usia usne usnh usnj ustn usmn'
    .split(' ')
    .map((name, i) => [name, i + 7]),
)

test('US opt-outs are read as the vectors say', { skip }, () => {
  let seen = 0
  for (const { gppString, verdict, expected } of lines<GppVector>('consent-gpp.ndjson')) {
    if (verdict !== 'valid-both' || !expected) continue
    const read = readGpp(gppString)
    assert.deepEqual([...(read?.keys() ?? [])], expected.sectionIds, gppString)
    for (const [name, fields] of Object.entries(expected.sections)) {
      const id = US_NAMES[name]
      if (id === undefined) continue
      assert.ok(isUsSection(id))
      const choice = readUsSection(id, read?.get(id) ?? '')
      assert.equal(
        choice?.optOut,
        OPT_OUTS.some(field => fields[field] === 1),
        `${name} of ${gppString}`,
      )
      assert.equal(choice?.gpc, fields['Gpc'] === true, `${name} of ${gppString}`)
      seen++
    }
  }
  assert.ok(seen > 20, `only ${seen} sections`)
})

test('publisher restrictions and the bases that TCF 2.2 allows', () => {
  const vendors = new Set([7])
  const tcf = {
    purposes: new Set([1, 2, 3]),
    purposesLi: new Set([2, 3, 7, 9]),
    specialFeatures: new Set<number>(),
    vendors,
    vendorsLi: vendors,
    restrictions: [
      { purpose: 7, type: 1, vendors },
      { purpose: 1, type: 0, vendors },
      { purpose: 3, type: 2, vendors },
    ],
  }
  const allowed = [1, 2, 3, 4, 7, 9].filter(purpose => allows(tcf, 7, purpose))
  assert.deepEqual(allowed, [2, 9], '1 is forbidden, 3 may not rest on interest, 7 needs consent, 4 has no basis')
  assert.equal(allows(tcf, 8, 2), false)
})
