import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeTcf } from '../../privacy/tcf.ts'
import { type DeclaredBasis, purposeAllowed } from '../../privacy/tcf-permission.ts'
import { encodeTcf, NOBODY, REFUSAL, type Restriction, type TcfModel, type VendorList } from './tcf-writer.ts'

const OURS = 32
const US: VendorList = { maxId: OURS, groups: [[OURS, OURS]], asRange: true }
const ALL = Array.from({ length: 24 }, (_, at) => at + 1)
const FULL: TcfModel = { ...REFUSAL, purposes: ALL, interests: ALL, consents: US, legitimate: US }

const CONSENT: DeclaredBasis = { basis: 'consent', flexible: false }
const INTEREST: DeclaredBasis = { basis: 'legitimate_interest', flexible: false }
const FLEXIBLE_CONSENT: DeclaredBasis = { basis: 'consent', flexible: true }
const FLEXIBLE_INTEREST: DeclaredBasis = { basis: 'legitimate_interest', flexible: true }

function allowed(model: TcfModel, purpose: number, declared: DeclaredBasis): boolean {
  const consent = decodeTcf(encodeTcf(model), OURS)
  assert.ok(consent)
  return purposeAllowed(consent, purpose, declared)
}

const restrict = (...types: number[]): Restriction[] =>
  types.map(type => ({ purpose: 2, type, groups: [[OURS, OURS]] }))

test('consent needs the vendor bit and the purpose bit', () => {
  assert.equal(allowed(FULL, 2, CONSENT), true)
  assert.equal(allowed({ ...FULL, consents: NOBODY }, 2, CONSENT), false)
  assert.equal(allowed({ ...FULL, purposes: [1, 3] }, 2, CONSENT), false)
  assert.equal(allowed(REFUSAL, 2, CONSENT), false)
})

test('legitimate interest needs its own vendor bit and purpose bit', () => {
  assert.equal(allowed(FULL, 2, INTEREST), true)
  assert.equal(allowed({ ...FULL, legitimate: NOBODY }, 2, INTEREST), false)
  assert.equal(allowed({ ...FULL, interests: [7] }, 2, INTEREST), false)
})

test('legitimate interest never carries purposes 1 and 3 to 6', () => {
  const carried = ALL.filter(purpose => allowed(FULL, purpose, INTEREST))
  assert.deepEqual(carried, [2, ...ALL.slice(6)])
  assert.deepEqual(
    ALL.filter(purpose => allowed(FULL, purpose, CONSENT)),
    ALL,
  )
})

test('publisher restrictions apply to the declared basis as the specification says', () => {
  const columns = [CONSENT, INTEREST, FLEXIBLE_CONSENT, FLEXIBLE_INTEREST]
  const rows: [name: string, types: number[], expected: boolean[]][] = [
    ['not allowed', [0], [false, false, false, false]],
    ['require consent', [1], [true, false, true, true]],
    ['require legitimate interest', [2], [false, true, true, true]],
    ['both required', [1, 2], [false, false, false, false]],
    ['undefined type', [3], [false, false, false, false]],
    ['require consent and not allowed', [1, 0], [false, false, false, false]],
  ]
  for (const [name, types, expected] of rows) {
    const model = { ...FULL, restrictions: restrict(...types) }
    assert.deepEqual(
      columns.map(declared => allowed(model, 2, declared)),
      expected,
      name,
    )
    assert.equal(allowed(model, 7, CONSENT), true, `${name}: another purpose`)
  }
})

test('a required basis must itself be given', () => {
  const needsConsent = { ...FULL, restrictions: restrict(1), consents: NOBODY }
  assert.equal(allowed(needsConsent, 2, FLEXIBLE_INTEREST), false)
  const needsInterest = { ...FULL, restrictions: restrict(2), legitimate: NOBODY }
  assert.equal(allowed(needsInterest, 2, FLEXIBLE_CONSENT), false)
  const profiling = { ...FULL, restrictions: [{ purpose: 4, type: 2, groups: [[OURS, OURS]] as const }] }
  assert.equal(allowed(profiling, 4, FLEXIBLE_CONSENT), false)
})

test('a restriction on other vendors is not ours', () => {
  const model = {
    ...FULL,
    restrictions: [
      {
        purpose: 2,
        type: 0,
        groups: [
          [1, OURS - 1],
          [OURS + 1, 900],
        ] as const,
      },
    ],
  }
  assert.equal(allowed(model, 2, CONSENT), true)
})

test('from policy version 5 the vendor must be disclosed', () => {
  assert.equal(allowed({ ...FULL, policyVersion: 5, disclosed: US }, 2, CONSENT), true)
  assert.equal(allowed({ ...FULL, policyVersion: 5, disclosed: NOBODY }, 2, CONSENT), false)
  assert.equal(allowed({ ...FULL, policyVersion: 5 }, 2, CONSENT), false)
  assert.equal(allowed({ ...FULL, policyVersion: 4, disclosed: NOBODY }, 2, CONSENT), true)
})

test('what is not a purpose is never allowed', () => {
  for (const purpose of [0, -1, 25, 33, 34, 1.5, Number.NaN]) assert.equal(allowed(FULL, purpose, CONSENT), false)
})
