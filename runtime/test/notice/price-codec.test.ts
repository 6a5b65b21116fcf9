import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { encryptPrice, type NoticePrice, openPriceCodec, type PriceUnit, priceKey } from '../../notice/price-codec.ts'

const price = (nano: number): NoticePrice => ({ kind: 'price', nano })
const none = (why: 'empty' | 'audit' | 'unsubstituted'): NoticePrice => ({ kind: 'none', why })
const invalid = (why: 'malformed' | 'too_large' | 'integrity'): NoticePrice => ({ kind: 'invalid', why })

const PLAIN: [unit: PriceUnit, text: string, expected: NoticePrice][] = [
  ['cpm', '2.50', price(2_500_000)],
  ['cpm', '0.0123', price(12_300)],
  ['cpm', '0', price(0)],
  ['cpm', '0.0000005', price(1)], // half a nano-unit goes up
  ['cpm', '0.00000049', price(0)],
  ['cpm', ' 1.5\n', price(1_500_000)],
  ['cpm_micros', '2500000', price(2_500_000)],
  ['cpi_micros', '2500', price(2_500_000)],
  ['cpi_micros', '0.5', price(500)],
  ['cpm', '999999999999999', invalid('too_large')],
  ['cpm', '9000000000', price(9_000_000_000_000_000)],
  ['cpm', '9000000001', invalid('too_large')],
  ['cpm', '-1', invalid('malformed')],
  ['cpm', '1e3', invalid('malformed')],
  ['cpm', '1,5', invalid('malformed')],
  ['cpm', '.5', invalid('malformed')],
  ['cpm', 'NaN', invalid('malformed')],
  ['cpm', '', none('empty')],
  ['cpm', '  ', none('empty')],
  ['cpm', 'AUDIT', none('audit')],
  ['cpm', '${AUCTION_PRICE}', none('unsubstituted')],
  ['cpm', '${AUCTION_PRICE:OXCRYPT}', none('unsubstituted')],
  ['cpm', '%24%7BAUCTION_PRICE%7D', none('unsubstituted')],
  ['cpm', '%24%7bAUCTION_PRICE%7d', none('unsubstituted')],
]
for (const [unit, text, expected] of PLAIN)
  test(`plain ${unit} ${JSON.stringify(text)}`, () =>
    assert.deepEqual(openPriceCodec('plain', unit, null)(text), expected))

const E_KEY = 'sIxwz7yw62yrfoLGt12lIHKuYrK_S5kLuApI2BQe7Ac'
const I_KEY = 'v3fsVcMBMMHYzRhi7SpM0sdqwzvAxM6KPTu9OtVod5I'
const keys = { encryption: priceKey(E_KEY)!, integrity: priceKey(I_KEY)! } // both are 32 bytes
const decrypt = openPriceCodec('hmac-sha1-28', 'cpi_micros', keys)
const IV = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

/** The same scheme written down a second time, with OpenSSL's command line doing the HMACs. */
function encryptByOpenssl(amount: bigint): string {
  const hmac = (key: string, data: Buffer) =>
    execFileSync(
      'openssl',
      [
        'dgst',
        '-sha1',
        '-mac',
        'HMAC',
        '-macopt',
        `hexkey:${Buffer.from(key, 'base64url').toString('hex')}`,
        '-binary',
      ],
      { input: data },
    )
  const clear = Buffer.from(amount.toString(16).padStart(16, '0'), 'hex')
  const pad = hmac(E_KEY, IV)
  const hidden = Buffer.from(Array.from(clear, (byte, i) => byte ^ (pad[i] ?? 0)))
  const signature = hmac(I_KEY, Buffer.concat([clear, IV])).subarray(0, 4)
  const base64 = Buffer.concat([IV, hidden, signature]).toString('base64')
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

for (const micros of [0n, 1n, 2_500n, 709_959_680n])
  test(`hmac-sha1-28 reads what another implementation wrote: ${micros} micros`, () => {
    const text = encryptByOpenssl(micros)
    assert.equal(text.length, 38)
    assert.deepEqual(decrypt(text), price(Number(micros) * 1000))
    assert.deepEqual(decrypt(`${text}==`), price(Number(micros) * 1000))
    assert.equal(encryptPrice(micros, IV, keys), text)
  })

test('hmac-sha1-28 refuses every changed character, other keys, and prices that are no money', () => {
  const text = encryptPrice(2500n, IV, keys)
  // The last character holds 4 unused bits: changing them alone changes no byte.
  for (let i = 0; i < text.length - 1; i++) {
    const changed = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1)
    assert.deepEqual(decrypt(changed), invalid('integrity'), `at ${i}`)
  }
  const other = { ...keys, integrity: createSecretKey(Buffer.alloc(32, 7)) }
  assert.deepEqual(openPriceCodec('hmac-sha1-28', 'cpm', other)(text), invalid('integrity'))
  assert.deepEqual(openPriceCodec('hmac-sha1-28', 'cpm', null)(text), invalid('integrity'))
  assert.deepEqual(decrypt(encryptPrice(2n ** 63n, IV, keys)), invalid('too_large'))
  assert.deepEqual(decrypt('1.50'), invalid('malformed'))
  assert.deepEqual(decrypt('AUDIT'), none('audit'))
})

test('no text makes a codec throw', () => {
  const codecs = [decrypt, openPriceCodec('plain', 'cpm', null)]
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => {
      for (const codec of codecs) assert.ok(['price', 'none', 'invalid'].includes(codec(text).kind))
    }),
    { seed: 20_270_310, numRuns: 2000 },
  )
})

test('keys are base64 or websafe base64 of 32 bytes', () => {
  assert.ok(priceKey(Buffer.alloc(32, 0xff).toString('base64')))
  assert.ok(priceKey(Buffer.alloc(32, 0xff).toString('base64url')))
  for (const bad of ['', 'short', 'not base64!', Buffer.alloc(31).toString('base64')]) assert.equal(priceKey(bad), null)
})
