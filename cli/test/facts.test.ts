import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FILES, facts, flight, openRoot, withRoot } from './small-root.ts'

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const rates = (eur: string) => ({
  rates: { base: 'USD', at_ms: Date.now(), max_age_ms: 86_400_000, source: 'example', per_unit: { EUR: eur } },
})
const NONE = { audits: {}, deals: {}, sellers: {}, invalid_traffic: { networks: [], agents: [] } }

function imported(root: string, parts: unknown) {
  writeFileSync(join(root, 'parts.json'), typeof parts === 'string' ? parts : JSON.stringify(parts))
  return flight(root, ['facts', 'import', 'parts.json'])
}

const FAULTS: readonly [string, unknown, RegExp][] = [
  ['no JSON', '{', /parts\.json: /],
  ['a list', [], /is no part of facts/],
  ['an unknown part', { weather: 1 }, /weather is no part of facts: rates, audits/],
  ['a rate of nothing', rates('0'), /rates\.per_unit\.EUR: "0" is not a positive decimal/],
  ['a verdict that is none', { audits: { alpha: { c: 'maybe' } } }, /audits\.alpha\.c: "maybe" is none of approved/],
]

for (const [name, parts, says] of FAULTS)
  test(`facts import refuses ${name}`, () => {
    withRoot({}, root => {
      const { code, stderr } = imported(root, parts)
      assert.equal(code, 1, stderr)
      assert.match(stderr, says)
      assert.ok(!existsSync(join(root, '.flight/facts.json')))
    })
  })

test('facts import and publish refuse a source that lost most of its entries', () => {
  withRoot({}, root => {
    const sellers = (n: number) => ({
      sellers: Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i}.example`, ['ssp.example/1']])),
    })
    assert.equal(imported(root, { ...rates('1.08'), ...NONE, ...sellers(200) }).code, 0)
    assert.equal(flight(root, ['facts', 'publish'], { FLIGHT_SIGNING_KEY: key }).code, 0)
    const lost = imported(root, sellers(20))
    assert.equal(lost.code, 1)
    assert.match(lost.stderr, /sellers: only 20 of 200 entries are left/)
  })
})

test('facts that move little are published at once, what moves more needs a canary', t => {
  const root = openRoot({ ...FILES, 'facts/example.json': facts() })
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const env = { FLIGHT_SIGNING_KEY: key }
  assert.equal(imported(root, { ...rates('1.08'), ...NONE }).code, 0)
  const made = flight(root, ['traffic', 'generate', '--requests', '2000'])
  assert.equal(made.code, 0, made.stderr)
  assert.equal(flight(root, ['facts', 'status'], env).code, 1, 'none are there yet')
  assert.equal(flight(root, ['facts', 'publish', '--dry-run'], env).code, 0)
  assert.equal(flight(root, ['facts', 'status'], env).code, 1, 'a dry run publishes nothing')
  assert.match(flight(root, ['facts', 'publish'], env).stderr, /the first facts/)
  assert.equal(imported(root, rates('1.0801')).code, 0)
  const small = flight(root, ['facts', 'publish', '--format', 'json'], env)
  assert.match(small.stderr, /they move 0\.\d% of spend, at most 20% may be: at once/)
  assert.equal(JSON.parse(small.stdout).sequence, 2)
  assert.equal(imported(root, rates('0.01')).code, 0)
  const large = flight(root, ['facts', 'publish', '--dry-run', '--format', 'json'], env)
  assert.match(large.stderr, /they move \d+\.\d% of spend, more than 20%: by a canary/)
  assert.equal(JSON.parse(large.stdout).channel, 'live-facts')
  const status = flight(root, ['facts', 'status', '--format', 'json'], env)
  assert.deepEqual([status.code, JSON.parse(status.stdout).counts.rates], [0, 1], status.stderr)
})
