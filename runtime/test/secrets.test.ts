import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'
import { missingSecrets, openSecrets } from '../secrets.ts'
import { temporaryDirectory } from './release/shipped.ts'

const dir = temporaryDirectory()
mkdirSync(join(dir, 'alpha'))
writeFileSync(join(dir, 'alpha/e_key'), 'from a file\n')
writeFileSync(join(dir, 'alpha/empty'), '\n')
const secrets = openSecrets({ SECRET_ALPHA_I_KEY: 'from the environment', SECRET_BETA_B_C: 'deep' }, dir)

const CASES: [reference: string, value: string | null][] = [
  ['secret://alpha/i_key', 'from the environment'],
  ['secret://alpha/i-key', 'from the environment'],
  ['secret://beta/b/c', 'deep'],
  ['secret://alpha/e_key', 'from a file'],
  ['secret://alpha/empty', null],
  ['secret://alpha/absent', null],
  ['secret://alpha', null],
  ['secret://../etc/passwd', null],
  ['secret://alpha/../alpha/e_key', null],
  ['alpha/e_key', null],
]
for (const [reference, value] of CASES)
  test(`${reference} is ${value ?? 'missing'}`, () => assert.equal(secrets(reference), value))

test('the environment comes before the file, and a file needs a directory', () => {
  assert.equal(openSecrets({ SECRET_ALPHA_E_KEY: 'first' }, dir)('secret://alpha/e_key'), 'first')
  assert.equal(openSecrets({}, null)('secret://alpha/e_key'), null)
})

test('an exchange says which of its secrets are missing', () => {
  const price = {
    codec: 'hmac-sha1-28',
    unit: 'cpm',
    keys: { encryption: 'secret://alpha/e_key', integrity: 'secret://alpha/no' },
  }
  assert.deepEqual(missingSecrets({ price } as Exchange, secrets), ['secret://alpha/no']) // the only part that is read
  assert.deepEqual(missingSecrets({ price: { codec: 'plain', unit: 'cpm' } } as Exchange, secrets), [])
})
