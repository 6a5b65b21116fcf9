import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { admissionHash, buildAdmission } from '../admission-build.ts'
import { findOpa, OPA_VERSION, runOpa } from '../opa.ts'

const FOLDER = join(import.meta.dirname, '../admission')
const opa = findOpa({ install: process.env['CI'] === 'true' })

it('policy.json of the admission rules names the sources beside it', () => {
  const meta = JSON.parse(readFileSync(join(FOLDER, 'compiled/policy.json'), 'utf8'))
  assert.equal(meta.sources_sha256, admissionHash(FOLDER))
})

describe('policies/admission', { skip: opa === null && `OPA ${OPA_VERSION} is not installed` }, () => {
  it('gives the committed bytes', () => {
    for (const [name, bytes] of buildAdmission(FOLDER, opa ?? ''))
      assert.ok(readFileSync(join(FOLDER, 'compiled', name)).equals(bytes), `${name} is stale`)
  })

  it('passes its own tests, ≥ 95% covered, and is formatted', t => {
    const sources = ['.', '--ignore', 'compiled']
    const results = JSON.parse(runOpa(opa ?? '', ['test', '--format', 'json', ...sources], FOLDER))
    assert.ok(results.length >= 15, `${results.length} tests`)
    const { coverage } = JSON.parse(runOpa(opa ?? '', ['test', '--coverage', ...sources], FOLDER))
    t.diagnostic(`${results.length} tests, coverage ${coverage}%`)
    assert.ok(coverage >= 95, `${coverage}%`)
    assert.equal(runOpa(opa ?? '', ['fmt', '--list', '.'], FOLDER), '')
  })
})
