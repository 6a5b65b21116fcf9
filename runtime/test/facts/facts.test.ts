import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Facts } from '@flightplan/contract/facts.ts'
import { factsDigest } from '../../facts/canonical.ts'
import { mintFacts, readFacts, writeFacts } from '../../facts/facts.ts'

const SHIPPED = readFileSync(new URL('../../../facts/example.json', import.meta.url))
const shipped = readFacts(SHIPPED).facts

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value))
/** The shipped facts with a change, and the digest of the result. */
const changed = (change: (facts: Facts) => void) => {
  const facts: Facts = JSON.parse(SHIPPED.toString())
  change(facts)
  return bytesOf({ ...facts, digest: factsDigest(facts) })
}

describe('readFacts', () => {
  it('accepts the shipped example', () => assert.deepEqual(readFacts(SHIPPED).faults, []))

  it('does not depend on the order of keys', () => {
    const { digest, ...rest } = JSON.parse(SHIPPED.toString())
    const reversed = Object.fromEntries(Object.entries(rest).reverse())
    assert.deepEqual(readFacts(bytesOf({ ...reversed, digest })).faults, [])
  })

  const faulty: [string, (facts: Facts) => void, string, RegExp][] = [
    [
      'a rate that is a number',
      f => Object.assign(f.rates.per_unit, { EUR: 1.08 }),
      'rates.per_unit.EUR',
      /1.08 is not/,
    ],
    ['a rate of zero', f => Object.assign(f.rates.per_unit, { EUR: '0.00' }), 'rates.per_unit.EUR', /positive/],
    ['a currency in lower case', f => Object.assign(f.rates.per_unit, { eur: '1' }), 'rates.per_unit.eur', /key/],
    ['an unknown verdict', f => Object.assign(f.audits, { alpha: { c: 'ok' } }), 'audits.alpha.c', /approved/],
    [
      'a seller that is no pair',
      f => Object.assign(f.sellers, { 'a.example': ['b'] }),
      'sellers.a.example[0]',
      /asi\/sid/,
    ],
    ['an agent that hits everybody', f => f.invalid_traffic.agents.push(''), 'invalid_traffic.agents[6]', /at least 3/],
    ['a time that is text', f => Object.assign(f, { made_at_ms: '2026' }), 'made_at_ms', /milliseconds/],
    ['a key too many', f => Object.assign(f, { extra: 1 }), 'extra', /not known/],
    ['a part that is missing', f => Reflect.deleteProperty(f, 'deals'), 'deals', /missing/],
  ]
  for (const [name, change, path, message] of faulty)
    it(`says where: ${name}`, () => {
      const { facts, faults } = readFacts(changed(change))
      assert.equal(facts, null)
      assert.equal(faults.length, 1)
      assert.equal(faults[0]?.path, path)
      assert.match(faults[0]?.message ?? '', message)
    })

  it('refuses what is no facts at all', () => {
    for (const bytes of ['', '{', 'null', '[]', '"x"', '\ud800', '{"digest":1}'].map(text => Buffer.from(text)))
      assert.equal(readFacts(bytes).facts, null)
    assert.equal(readFacts(new Uint8Array([0xff, 0xfe])).facts, null)
    assert.match(readFacts(new Uint8Array((64 << 20) + 1)).faults[0]?.message ?? '', /at most/)
  })

  it('refuses content that another digest names', () => {
    const facts: Facts = JSON.parse(SHIPPED.toString())
    const { faults } = readFacts(bytesOf({ ...facts, deals: { 'alpha/d1': 'paused' } }))
    assert.deepEqual(
      faults.map(fault => fault.path),
      ['digest'],
    )
  })

  it('keeps the last good facts when a source loses most of its entries', () => {
    const sellers = (count: number) => (facts: Facts) =>
      Object.assign(facts, {
        sellers: Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}.example`, ['a/1']])),
      })
    const lastGood = readFacts(changed(sellers(200))).facts
    assert.deepEqual(readFacts(changed(sellers(100)), lastGood).faults, [])
    assert.match(readFacts(changed(sellers(99)), lastGood).faults[0]?.message ?? '', /only 99 of 200/)
  })

  it('has maps without a prototype', () => {
    const text = SHIPPED.toString().replace('"deals": {}', '"deals": {"__proto__/x": "paused"}')
    const facts = JSON.parse(text)
    const read = readFacts(bytesOf({ ...facts, digest: factsDigest(facts) })).facts
    assert.equal(read?.deals['__proto__/x'], 'paused')
    assert.equal(read?.sellers['constructor'], undefined)
    assert.equal(read && Object.getPrototypeOf(read.audits), null)
  })
})

it('mintFacts makes fresh facts that can be read', () => {
  assert.ok(shipped)
  const now_ms = Date.UTC(2031, 4, 1)
  const { facts, faults } = readFacts(writeFacts(mintFacts(shipped, now_ms)))
  assert.deepEqual(faults, [])
  assert.equal(facts?.rates.at_ms, now_ms)
  assert.notEqual(facts?.digest, shipped.digest)
  assert.equal(facts?.digest, mintFacts(shipped, now_ms).digest)
})
