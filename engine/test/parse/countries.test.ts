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
  }
})

test('alpha-3 codes that do not begin with their alpha-2, or are easily taken for another', () => {
  const pairs = 'AE ARE AT AUT AU AUS CH CHE CN CHN CL CHL DE DEU ES ESP EE EST IE IRL IQ IRQ IR IRN KP PRK KR KOR'
  const words = `${pairs} LT LTU LV LVA MD MDA ME MNE MO MAC PL POL PT PRT RO ROU RS SRB SE SWE SI SVN SK SVK SV SLV UA UKR`
  const codes = words.split(' ')
  for (let at = 0; at < codes.length; at += 2) assert.equal(COUNTRIES.get(codes[at] ?? ''), codes[at + 1])
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
  }
  for (const [code, two] of Object.entries(cases)) assert.equal(alpha2(code), two, code)
  assert.equal(alpha2('__proto__'), '')
})
