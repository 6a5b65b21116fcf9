import assert from 'node:assert/strict'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openProfiles } from '../../profile/embedded.ts'
import { temporaryDirectory } from '../release/shipped.ts'
import { profilesContract, type User } from './contract.ts'

const NEVER_MS = 3_600_000
const lines = (users: readonly User[]) => users.map(user => `${JSON.stringify(user)}\n`).join('')
const ann = { exchange: 'alpha', key: 'ann', audiences: ['visitors'] }

function opened(text: string) {
  const file = join(temporaryDirectory(), 'profiles.ndjson')
  writeFileSync(file, text)
  const refused: string[] = []
  const profiles = openProfiles(file, NEVER_MS, why => void refused.push(why))
  return { file, refused, profiles, close: () => profiles.stop() }
}

profilesContract('embedded', async users => opened(lines(users)))

test('a changed file is read, a bad one leaves the last good in use and is told once, without quoting it', async () => {
  const { file, refused, profiles } = opened(lines([ann]))
  assert.equal(profiles.look(), false)
  for (const bad of ['{', '7', '{"exchange":"alpha","key":"secret-id"}', `${lines([ann])}{"key":""}`]) {
    refused.length = 0
    writeFileSync(file, bad)
    assert.equal(profiles.look(), false)
    assert.equal(profiles.look(), false)
    assert.equal(refused.length, 1, bad)
    assert.ok(!refused[0]?.includes('secret-id'))
    assert.deepEqual(await profiles.lookup('alpha', 'ann'), ['visitors'])
  }
  writeFileSync(file, lines([{ ...ann, key: 'bob' }]))
  assert.equal(profiles.look(), true)
  assert.deepEqual(await profiles.lookup('alpha', 'bob'), ['visitors'])
  assert.equal(await profiles.lookup('alpha', 'ann'), null)
  profiles.stop()
})

test('a file that is too large or gone is refused before it is read', async () => {
  const { file, refused, profiles } = opened(lines([ann]))
  truncateSync(file, 64 * 2 ** 20 + 1) // sparse
  assert.equal(profiles.look(), false)
  assert.match(refused.join(), /has more than/)
  rmSync(file)
  assert.equal(profiles.look(), false)
  assert.match(refused.join(), /cannot be read/)
  assert.deepEqual(await profiles.lookup('alpha', 'ann'), ['visitors'])
  profiles.stop()
})
