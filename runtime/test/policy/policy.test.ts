import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import type { Policy, PolicyInput } from '@flightplan/engine/types.ts'
import { loadPolicy } from '../../policy/policy.ts'

// Node has it; its type is in the DOM library, which is not loaded.
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object }

const COMPILED = new URL('../../../policies/request/compiled/', import.meta.url)
const wasm = readFileSync(new URL('policy.wasm', COMPILED))
const meta: PolicyMeta = JSON.parse(readFileSync(new URL('policy.json', COMPILED), 'utf8'))

/** A request with full consent under GDPR; tests change what they are about. */
function inputWith(change: (input: PolicyInput) => void = () => {}): PolicyInput {
  const input: PolicyInput = {
    exchange: 'alpha',
    test: false,
    channel: 'site',
    geo: { country: 'DE', region: 'DE-BY' },
    privacy: {
      gdpr: true,
      gdpr_applies: true,
      tcf_valid: true,
      vendor_allowed: true,
      purposes: [1, 2, 3, 4, 7],
      precise_geo_opt_in: true,
      us_opt_out: false,
      coppa: false,
      lmt: false,
      dnt: false,
      gpc: false,
      dsa: null,
    },
    supply: { complete: true, hops: 1, ads_txt: 'authorized' },
    traffic: { invalid: false },
    content: { rating: null, categories: ['1:IAB17'], livestream: null },
    device: { type: 2, os: 'windows' },
    hour_utc: 12,
  }
  change(input)
  return input
}

describe('the shipped request policy', () => {
  let policy: Policy
  let evaluations = 0
  const faults: string[] = []
  before(async () => {
    policy = await loadPolicy(wasm, meta, { fault: message => faults.push(message), evaluated: () => evaluations++ })
  })

  it('lets a consented request use everything', () => {
    const { allow, reason, use, rules } = policy(inputWith())
    assert.deepEqual([allow, reason], [true, null])
    assert.deepEqual(use, ['demographics', 'ids', 'ip', 'precise_geo', 'segments'])
    assert.deepEqual(Object.keys(rules), meta.rules)
  })

  const cases: [string, (input: PolicyInput) => void, boolean, string | null, string[]][] = [
    ['no consent', ({ privacy }) => Object.assign(privacy, { tcf_valid: false, purposes: [] }), false, 'privacy', []],
    ['COPPA', ({ privacy }) => Object.assign(privacy, { coppa: true }), true, null, []],
    ['limit ad tracking', ({ privacy }) => Object.assign(privacy, { lmt: true }), true, null, ['ip']],
    [
      'US opt-out',
      ({ privacy }) => Object.assign(privacy, { gdpr_applies: false, us_opt_out: true }),
      true,
      null,
      ['ip'],
    ],
    ['a bot', ({ traffic }) => Object.assign(traffic, { invalid: true }), false, 'invalid_traffic', []],
    ['a broken chain', ({ supply }) => Object.assign(supply, { complete: false }), false, 'supply_chain', []],
    ['an unknown seller', ({ supply }) => Object.assign(supply, { ads_txt: 'unauthorized' }), false, 'ads_txt', []],
  ]
  for (const [name, change, allow, reason, use] of cases)
    it(`${name}: ${reason ?? `may use ${use.join(', ') || 'nothing'}`}`, () => {
      const verdict = policy(inputWith(change))
      assert.deepEqual([verdict.allow, verdict.reason, verdict.use], [allow, reason, use])
    })

  it('evaluates once for each distinct value of what it reads', () => {
    const start = evaluations
    const unread = inputWith(input =>
      Object.assign(input, { hour_utc: 3, exchange: 'other', geo: { country: 'US', region: '' } }),
    )
    policy(unread)
    policy(inputWith(input => Object.assign(input, { hour_utc: 3 })))
    assert.equal(evaluations - start, 1)
    assert.equal(policy(inputWith(input => Object.assign(input, { hour_utc: 4 }))).rules['late_evening_utc'], false)
    assert.equal(evaluations - start, 2)
  })

  it('does not take the text of one category for two', () => {
    const news = (categories: string[]) => policy(inputWith(({ content }) => Object.assign(content, { categories })))
    assert.equal(news(['1:IAB12', 'x']).rules['sensitive_content'], true)
    assert.equal(news(['1:IAB12,x']).rules['sensitive_content'], false)
    assert.equal(news(['1:IAB127:1:IAB12']).rules['sensitive_content'], false)
  })

  it('does not keep what a sender makes long, and still answers', () => {
    const start = evaluations
    const long = inputWith(({ content }) => Object.assign(content, { categories: ['x'.repeat(5_000), '6:381'] }))
    assert.equal(policy(long).rules['sensitive_content'], true)
    assert.equal(policy(long).rules['sensitive_content'], true)
    assert.equal(evaluations - start, 2)
  })

  it('gives verdicts that nobody can change', () => {
    const verdict = policy(inputWith())
    assert.throws(() => verdict.use.push('ids'), TypeError)
    assert.throws(() => Object.assign(verdict, { allow: false }), TypeError)
  })

  it('denies, counts and recovers when the WASM fails', () => {
    const huge = inputWith(({ content }) => Object.assign(content, { categories: ['x'.repeat(8 << 20)] }))
    assert.deepEqual({ ...policy(huge), rules: {} }, { allow: false, reason: 'policy_denied', use: [], rules: {} })
    assert.equal(faults.length, 1)
    assert.equal(policy(inputWith(input => Object.assign(input, { hour_utc: 9 }))).allow, true)
  })

  it('is equal through a compiled module', async () => {
    const ofModule = await loadPolicy(new WebAssembly.Module(wasm), meta, { fault: assert.fail })
    for (const [, change] of cases) assert.deepEqual(ofModule(inputWith(change)), policy(inputWith(change)))
  })

  it('is refused where the entrypoint is another', async () => {
    await assert.rejects(loadPolicy(wasm, { ...meta, entrypoint: 'a/b' }, { fault: assert.fail }), /no entrypoint a\/b/)
    await assert.rejects(loadPolicy(new Uint8Array([1, 2, 3]), meta, { fault: assert.fail }))
  })
})
