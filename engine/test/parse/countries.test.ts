import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alpha2, COUNTRIES } from '@flightplan/contract/countries.ts'

test('the 249 countries of ISO 3166-1, each code once and known to the Unicode locale data', () => {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  assert.equal(COUNTRIES.size, 249)
  assert.equal(new Set(COUNTRIES.values()).size, 249)
  for (const [two, three] of COUNTRIES) {
    assert.match(`${two} ${three}`, /^[A-Z]{2} [A-Z]{3}$/)
    assert.ok(names.of(two), two)
    // Locale data canonicalises an alpha-3 region to its alpha-2.
    assert.equal(new Intl.Locale(`und-${two}`).region, two)
  }
})

test('alpha2 takes both codes in either case, and no others', () => {
  const cases = {
    DEU: 'DE',
    de: 'DE',
    ' usa ': 'US',
    GB: 'GB',
    UK: 'GB',
    XKX: 'XK',
    '': '',
    ZZ: '',
    Italy: '',
    __proto__: '',
  }
  for (const [code, two] of Object.entries(cases)) assert.equal(alpha2(code), two, code)
  assert.equal(alpha2('__proto__'), '')
})
