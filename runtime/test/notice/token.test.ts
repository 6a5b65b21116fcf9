import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { FORMATS } from '@flightplan/contract/snapshot.ts'
import { openExchange } from '@flightplan/engine/exchange.ts'
import fc from 'fast-check'
import { linksOf, NOTICE_URL } from '../../notice/links.ts'
import {
  auctionHash,
  BILLED_BY,
  mintTokens,
  NOTICE_KINDS,
  type TokenClaims,
  userHash,
  verifyToken,
} from '../../notice/token.ts'

const key = createSecretKey(Buffer.from('a key of the tests, 32 bytes long'))
const name = fc.stringMatching(/^[a-z0-9][a-z0-9/_-]{0,99}$/)
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const hex16 = fc.stringMatching(/^[0-9a-f]{16}$/)
const nano = fc.integer({ min: 0, max: 9_000_000_000_000_000 })
const claims: fc.Arbitrary<TokenClaims> = fc.record({
  ...{ nonce: uint64, release: hex16, facts: hex16, auction: uint64, user: uint64, price_nano: nano, cost_nano: nano },
  issued_ms: fc.integer({ min: 0, max: 2 ** 47 }),
  day: fc.integer({ min: 0, max: 65_535 }),
  currency: fc.stringMatching(/^[A-Z]{3}$/),
  billedBy: fc.constantFrom(...BILLED_BY),
  ...{ test: fc.boolean(), deal: fc.boolean(), exchange: name, lineItem: name, creative: name },
  ...{ advertiser: name, format: fc.constantFrom(...FORMATS), orderCurrency: fc.stringMatching(/^[A-Z]{3}$/) },
})
const ONE: TokenClaims = fc.sample(claims, { seed: 1, numRuns: 1 })[0]! // one was asked for

test('a token gives back its claims, and only as the kind that it was minted for', () => {
  fc.assert(
    fc.property(claims, given => {
      const tokens = mintTokens(given, key)
      for (const minted of NOTICE_KINDS)
        for (const asked of NOTICE_KINDS)
          assert.deepEqual(verifyToken(asked, tokens[minted], key), asked === minted ? { ...given } : null)
    }),
    { seed: 20_270_310, numRuns: 300 },
  )
})

test('the tags are cut from one HMAC-SHA256 of the payload', () => {
  const tokens = mintTokens(ONE, key)
  const payload = Buffer.from(tokens.win.split('.')[0] ?? '', 'base64url')
  const mac = createHmac('sha256', key).update(payload).digest()
  NOTICE_KINDS.forEach((kind, i) => {
    assert.equal(tokens[kind].split('.')[1], mac.subarray(i * 8, i * 8 + 8).toString('base64url'))
  })
})

test('no change of one character, no other key and no other text is accepted', () => {
  const { bill } = mintTokens(ONE, key)
  for (let i = 0; i < bill.length; i++)
    for (const letter of ['A', 'B', '-', '.', '~'])
      if (bill[i] !== letter)
        assert.equal(verifyToken('bill', bill.slice(0, i) + letter + bill.slice(i + 1), key), null, `at ${i}`)
  assert.equal(verifyToken('bill', bill, createSecretKey(Buffer.alloc(32))), null)
  for (const text of ['', '.', `${bill}A`, bill.slice(1), bill.replace('.', ''), 'x'.repeat(5000)])
    assert.equal(verifyToken('bill', text, key), null)
})

test('a user’s hash is keyed and never 0', () => {
  assert.notEqual(userHash('person', key), userHash('person', createSecretKey(Buffer.alloc(32))))
  assert.notEqual(userHash('person', key), userHash('another', key))
  assert.notEqual(auctionHash('a', '1'), auctionHash('a1', ''))
})

const exchange = (changes: object) =>
  openExchange({
    ...{ exchange: 'alpha', status: 'live', default_seat: 's', currencies: { request: ['USD'], bid: 'USD' } },
    ...{ price: { codec: 'plain', unit: 'cpm', macro: '${AUCTION_PRICE:X}' }, notices: { bill_on: {} }, ...changes },
  })

test('links carry the exchange’s own price macro, and the notices that it sends', () => {
  const tokens = mintTokens(ONE, key)
  const silent = linksOf('https://n.example', 'id', tokens, exchange({}), 'pixel')
  assert.deepEqual([silent.nurl, silent.lurl, silent.burl], [null, null, null])
  const notices = { bill_on: {}, win: 'informational', loss: true }
  const all = linksOf('https://n.example', 'id', tokens, exchange({ notices }), 'burl')
  assert.equal(all.nurl, `https://n.example/n/w?t=${tokens.win}&p=\${AUCTION_PRICE:X}`)
  assert.equal(all.burl, `https://n.example/n/b?t=${tokens.bill}&p=\${AUCTION_PRICE:X}&s=burl`)
  assert.match(all.lurl ?? '', /&r=\$\{AUCTION_LOSS\}/)
  for (const url of Object.values(all)) assert.equal(JSON.stringify(url), `"${url}"`)
})

test('a notice URL needs no escaping', () => {
  for (const good of ['http://127.0.0.1:8080', 'https://n.example/flight', 'http://[::1]:80'])
    assert.match(good, NOTICE_URL)
  for (const bad of [
    'n.example',
    'https://n.example/',
    'https://n.example?a=b',
    'https://n.example/"x',
    'https://n.example/\\',
  ])
    assert.doesNotMatch(bad, NOTICE_URL)
})
