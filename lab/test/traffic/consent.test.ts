import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeGpp } from '@flightplan/engine/privacy/gpp.ts'
import { decodeTcf } from '@flightplan/engine/privacy/tcf.ts'
import { generateTraffic } from '../../traffic/generate.ts'
import { encodeUsNat } from '../../traffic/gpp-encode.ts'
import { isObject, type Json } from '../../traffic/json.ts'
import { encodeTcf } from '../../traffic/tcf-encode.ts'

const AT_MS = Date.UTC(2027, 2, 10, 12)
const mask = (...ids: number[]) => ids.reduce((bits, id) => bits | (1 << (id - 1)), 0)

/** Bits of a base64url segment, read here so that the encoder is judged by no code it shares. */
const bitsOf = (segment: string) =>
  [...segment]
    .map(digit =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(digit).toString(2).padStart(6, '0'),
    )
    .join('')

const CHOICE = {
  created_ms: Date.UTC(2027, 0, 1),
  cmpId: 301,
  language: 'de',
  country: 'AT',
  vendorListVersion: 120,
  purposes: [1, 2, 7],
  purposesLi: [9],
  specialFeatures: [1],
  vendors: [
    [3, 9],
    [9999, 9999],
  ],
  vendorsLi: [],
  disclosed: [
    [3, 9],
    [9999, 9999],
  ],
} as const

test('a TCF string holds each field at its place', () => {
  const [core = '', disclosed = ''] = encodeTcf(CHOICE).split('.')
  const bits = bitsOf(core)
  const field = (from: number, width: number) => Number.parseInt(bits.slice(from, from + width), 2)
  assert.equal(field(0, 6), 2)
  assert.equal(field(6, 36) * 100, CHOICE.created_ms)
  assert.equal(field(78, 12), 301)
  assert.equal(bits.slice(152, 176), '110000100000000000000000')
  assert.equal(bits.slice(176, 200), '000000001000000000000000')
  assert.equal(field(213, 16), 9999)
  assert.equal(bits[229], '1')
  assert.equal(field(230, 12), 2)
  assert.equal(bitsOf(disclosed).slice(0, 3), '001')
})

test('the decoder of the engine reads what the encoder wrote', () => {
  const text = encodeTcf(CHOICE)
  const ours = decodeTcf(text, 9999)
  assert.ok(ours)
  assert.equal(ours.created_ms, CHOICE.created_ms)
  assert.equal(ours.purposeConsents, mask(1, 2, 7))
  assert.equal(ours.purposeLegitimateInterests, mask(9))
  assert.equal(ours.publisherCountryCode, 'AT')
  assert.deepEqual([ours.vendorConsent, ours.vendorLegitimateInterest, ours.disclosedVendor], [true, false, true])
  assert.equal(decodeTcf(text, 10)?.vendorConsent, false)
})

test('a usnat string says what was chosen', () => {
  const out = encodeUsNat({ sale: 1, sharing: 1, targeted: 1, gpc: true })
  assert.match(out, /^DBABLA~[\w-]+\.[\w-]+$/)
  const bits = bitsOf(out.slice('DBABLA~'.length).split('.')[0] ?? '')
  assert.equal(bits.slice(0, 6), '000001')
  assert.equal(bits.slice(18, 24), '010101')
  const gpp = decodeGpp(out, [7], 9999)
  assert.deepEqual(gpp?.unreadable, [])
  assert.equal(gpp?.us.length, 1)
  assert.notDeepEqual(decodeGpp(encodeUsNat({ sale: 2, sharing: 2, targeted: 2, gpc: false }), [7], 9999)?.us, gpp?.us)
})

test('three users of four grant our vendor the purposes that bidding needs, under any vendor id', () => {
  for (const vendorId of [9999, 1500]) {
    let asked = 0
    let granted = 0
    for (let index = 0; index < 10_000; index++) {
      const { request, quirk } = generateTraffic(5, index, { at_ms: AT_MS, vendorId, exchange: 'alpha' })
      const regs = request['regs']
      if (quirk !== undefined || !isObject(regs) || regs['gdpr'] !== 1) continue
      asked++
      const user = request['user']
      const text: Json | undefined = isObject(user) ? user['consent'] : undefined
      if (typeof text !== 'string') continue
      const consent = decodeTcf(text, vendorId)
      assert.ok(consent, text)
      const age_days = (AT_MS - consent.created_ms) / 86_400_000
      assert.ok(age_days >= 0 && age_days < 181)
      const needed = mask(1, 2, 3, 4, 7)
      if (consent.vendorConsent && (consent.purposeConsents & needed) === needed) granted++
    }
    assert.ok(asked > 5000)
    assert.ok(granted / asked > 0.72 && granted / asked < 0.8, `${granted} of ${asked} for vendor ${vendorId}`)
  }
})
