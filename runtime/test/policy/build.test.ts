import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildPolicies, sourcesHash } from '../../../policies/build.ts'
import { findOpa, OPA_VERSION, runOpa } from '../../../policies/opa.ts'

const FOLDER = join(import.meta.dirname, '../../../policies/request')
const opa = findOpa({ install: process.env['CI'] === 'true' })

it('policy.json names the sources beside it', () => {
  const meta = JSON.parse(readFileSync(join(FOLDER, 'compiled/policy.json'), 'utf8'))
  assert.equal(meta.sources_sha256, sourcesHash(FOLDER))
})

describe('policies/build.ts', { skip: opa === null && `OPA ${OPA_VERSION} is not installed` }, () => {
  const build = (changes: Record<string, string> = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'policies-'))
    try {
      cpSync(FOLDER, folder, { recursive: true })
      for (const [name, text] of Object.entries(changes)) writeFileSync(join(folder, name), text)
      return buildPolicies(folder, opa ?? '')
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('gives the committed bytes, from any folder', () => {
    for (const [name, bytes] of build().files)
      assert.ok(readFileSync(join(FOLDER, 'compiled', name)).equals(bytes), `${name} is stale`)
  })

  it('runs the tests of the policies: all pass, ≥ 95% covered', t => {
    runOpa(opa ?? '', ['test', '.'], FOLDER)
    const { coverage } = JSON.parse(runOpa(opa ?? '', ['test', '--coverage', '.'], FOLDER))
    t.diagnostic(`opa test coverage ${coverage}%`)
    assert.ok(coverage >= 95, `${coverage}%`)
  })

  const faulty: [string, string, RegExp][] = [
    ['deny contains "privacy" if input.privacy[input.exchange]', 'a variable name', /dynamic/],
    ['deny contains "privacy" if input.privcy.coppa', 'a typo', /no `input\.privcy`; known: .*privacy/],
    ['deny contains "privacy" if count(input) > 3', 'the whole input', /whole `input`/],
  ].map(([rule, name, message]) => [`package flightplan.request.extra\n\n${rule}\n`, String(name), message as RegExp])
  for (const [text, name, message] of faulty)
    it(`refuses ${name} with file and line`, () => {
      const { faults, files } = build({ 'extra.rego': text })
      assert.equal(files.size, 0)
      assert.deepEqual(
        faults.map(({ file, line }) => [file, line]),
        [['extra.rego', 3]],
      )
      assert.match(faults[0]?.message ?? '', message)
    })

  it('refuses a derived rule that could be undefined', () => {
    const { faults } = build({ 'more_rules.rego': 'package flightplan.rules\n\nnight if input.hour_utc < 5\n' })
    assert.deepEqual(faults, [
      { file: 'more_rules.rego', line: 3, message: 'rule `night` needs `default night := false`' },
    ])
  })

  it('lets a further policy deny and narrow what may be used', () => {
    const text =
      'package flightplan.request.extra\n\ndeny contains "policy_denied" if input.test\n\nuse contains "ip"\n'
    const entrypoint = Buffer.from(build({ 'extra.rego': text }).files.get('entrypoint.rego') ?? []).toString()
    assert.match(entrypoint, /denied := \(\(extra\.deny \| privacy\.deny\) \| supply\.deny\) \| traffic\.deny/)
    assert.match(entrypoint, /permitted := extra\.use & privacy\.use/)
  })

  it('tells a syntax error by OPA’s own place', () => {
    assert.throws(() => build({ 'extra.rego': 'package x\n\nallow if {\n' }), /extra\.rego:4: rego_parse_error/)
  })
})
