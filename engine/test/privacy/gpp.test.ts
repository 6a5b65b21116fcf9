import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeGpp, readGppSections } from '../../privacy/gpp.ts'
import { base64url, fibonacciRange, field, type Groups, int, intRange } from './bit-writer.ts'
import { encodeTcf, REFUSAL } from './tcf-writer.ts'

const OURS = 32
const gpp = (groups: Groups, ...sections: string[]) =>
  [base64url(int(3, 6) + int(1, 6) + fibonacciRange(groups)), ...sections].join('~')
const pairs = (...values: number[]) => values.map(value => int(value, 2)).join('')
/** usva: sharing notice, sale notice, targeted notice, sale, targeted, 8 sensitive, child, 3 MSPA. */
const virginia = (sale: number, targeted: number) =>
  base64url(int(1, 6) + pairs(1, 1, 1, sale, targeted, 1, 2, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0))

test('only listed sections are read', () => {
  const text = gpp(
    [
      [2, 2],
      [6, 6],
      [9, 9],
    ],
    encodeTcf(REFUSAL),
    '1NYN',
    virginia(1, 2),
  )
  const found = decodeGpp(text, [9], OURS)
  assert.deepEqual(found, {
    tcfEu: null,
    tcfCanada: null,
    usp: null,
    us: [
      {
        sectionId: 9,
        version: 1,
        saleOptOut: 1,
        sharingOptOut: null,
        targetedAdvertisingOptOut: 2,
        sensitiveDenied: 0b10000001,
        knownChildDenied: 1,
        gpc: false,
      },
    ],
    unreadable: [],
  })
  const rest = decodeGpp(text, [6, 2, 6, -1, 0], OURS)
  assert.equal(rest?.usp?.optOutSale, 'Y')
  assert.equal(rest?.tcfEu?.cmpId, REFUSAL.cmpId)
  assert.deepEqual([rest?.us, rest?.unreadable], [[], []])
})

test('a listed section that is absent, unknown or malformed is unreadable; the others still read', () => {
  const text = gpp(
    [
      [2, 2],
      [5, 7],
      [30, 30],
    ],
    'BAD',
    'CAD',
    '1YNN',
    'BVVq',
    'AAAA',
  )
  const found = decodeGpp(text, [2, 5, 6, 7, 8, 30], OURS)
  assert.equal(found?.usp?.optOutSale, 'N')
  assert.deepEqual(found?.unreadable, [2, 5, 7, 8, 30])
})

test('GPC comes in a typed segment, whatever other segments stand around it', () => {
  const gpc = (type: number, value: number) => base64url(int(type, 2) + int(value, 1))
  const cases: [trailing: string, expected: boolean | 'unreadable'][] = [
    ['', false],
    [`.${gpc(1, 1)}`, true],
    [`.${gpc(1, 0)}`, false],
    [`.${gpc(2, 1)}`, false],
    [`.${gpc(2, 1)}.${gpc(1, 1)}`, true],
    ['.', 'unreadable'],
    [`.${gpc(1, 1)}.`, 'unreadable'],
    ['.Y A', 'unreadable'],
  ]
  for (const [trailing, expected] of cases) {
    const found = decodeGpp(gpp([[9, 9]], virginia(2, 2) + trailing), [9], OURS)
    assert.deepEqual(found?.us[0]?.gpc ?? 'unreadable', expected, trailing)
    assert.deepEqual(found?.unreadable, expected === 'unreadable' ? [9] : [])
  }
})

test('the newest states carry sensitive data in their own segment', () => {
  const indiana = base64url(int(1, 6) + pairs(1, 0, 1, 1, 1, 2, 1, 0, 0))
  const sensitive = base64url(pairs(2, 2, 1, 0, 0, 0, 0, 1))
  const [state] = decodeGpp(gpp([[25, 25]], `${indiana}.${sensitive}`), [25], OURS)?.us ?? []
  assert.deepEqual([state?.saleOptOut, state?.targetedAdvertisingOptOut], [2, 1])
  assert.equal(state?.sensitiveDenied, 0b10000100)
})

test('a value that no field defines makes a US section unreadable', () => {
  assert.deepEqual(decodeGpp(gpp([[9, 9]], virginia(3, 2)), [9], OURS)?.unreadable, [9])
})

test('a leading header segment of the newest states is refused, not read as choices', () => {
  const header = base64url(int(25, 6) + int(1, 6) + intRange([]))
  assert.deepEqual(decodeGpp(gpp([[25, 25]], `${header}.AAAA`), [25], OURS)?.unreadable, [25])
})

const canadianHead =
  int(1, 6) + int(16_000_000_000, 36) + int(16_000_000_001, 36) + int(31, 12) + int(0, 42) + int(2, 6)
const canadianChoices = `0${field([1], 12)}${field([2, 3], 24)}${field([7], 24)}`
const canada = (express: string, implied: string, restrictions = '') =>
  gpp([[5, 5]], base64url(canadianHead + canadianChoices + express + implied + restrictions))

test('a Canadian section reads with Fibonacci, integer and bitfield lists', () => {
  const groups: Groups = [
    [10, 12],
    [20, 20],
    [30, 48],
  ]
  const held = [10, 12, 20, 30, 48]
  const lists = {
    fibonacci: `${int(48, 16)}1${fibonacciRange(groups)}`,
    integer: `${int(48, 16)}1${intRange(groups)}`,
    bitfield: `${int(48, 16)}0${field([10, 11, 12, 20, ...Array.from({ length: 19 }, (_, at) => 30 + at)], 48)}`,
  }
  const nobody = int(0, 17)
  for (const [name, list] of Object.entries(lists)) {
    const text = canada(list, nobody)
    const read = (id: number) => decodeGpp(text, [5], id)?.tcfCanada
    const granted = [1, 9, 10, 12, 13, 20, 21, 30, 48, 49].filter(id => read(id)?.vendorConsent)
    assert.deepEqual(granted, held, name)
    assert.equal(read(10)?.vendorLegitimateInterest, false)
    assert.equal(read(10)?.purposeConsents, 0b110)
    assert.equal(read(10)?.purposeLegitimateInterests, 1 << 6)
    assert.equal(read(10)?.specialFeatureOptIns, 1)
    assert.deepEqual(decodeGpp(canada(nobody, list), [5], 30)?.tcfCanada?.vendorLegitimateInterest, true, name)
  }
})

test('a Canadian section may end before its restrictions; those it has apply', () => {
  const nobody = int(0, 17)
  const none = { notAllowed: 0, requireConsent: 0, requireLegitimateInterest: 0 }
  assert.deepEqual(decodeGpp(canada(nobody, nobody), [5], OURS)?.tcfCanada?.restrictions, none)
  const restricted = canada(nobody, nobody, int(1, 12) + int(2, 6) + int(1, 2) + intRange([[30, 40]]))
  assert.deepEqual(decodeGpp(restricted, [5], OURS)?.tcfCanada?.restrictions, { ...none, requireConsent: 0b10 })
  assert.deepEqual(decodeGpp(restricted, [5], 41)?.tcfCanada?.restrictions, none)
})

test('the header lists its sections in order; a group counts each id', () => {
  const sections = readGppSections(
    gpp(
      [
        [2, 2],
        [6, 8],
      ],
      'a',
      'b',
      'c',
      'd',
    ),
  )
  assert.deepEqual(
    [...(sections ?? [])],
    [
      [2, 'a'],
      [6, 'b'],
      [7, 'c'],
      [8, 'd'],
    ],
  )
  assert.deepEqual([...(readGppSections('DBABM~x') ?? [])], [[2, 'x']])
  assert.deepEqual([...(readGppSections('DBAA') ?? [])], [])
})

test('what is not a GPP string is null', () => {
  const tooMany = gpp([[1, 65]], ...Array.from({ length: 65 }, () => '1YNN'))
  const texts = [
    '',
    '~',
    'D',
    'DBABTA',
    'DBABTA~1YNN~',
    'DBABTA~1YNN~1YNN',
    'DCABTA~1YNN',
    'CBABTA~1YNN',
    ' DBABTA~1YNN',
  ]
  for (const text of [...texts, 'DBABTA=~1YNN', 'DB__~x', gpp([[1, 60_000]], 'x'), tooMany]) {
    assert.equal(decodeGpp(text, [6], OURS), null, text.slice(0, 40))
  }
  assert.equal(decodeGpp('DBABTA~1YNN', new Array(65).fill(6), OURS), null)
})
