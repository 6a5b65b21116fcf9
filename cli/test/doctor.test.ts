/** `flight doctor` as a person would run it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatTrustedKey, keyIdOf } from '@flightplan/runtime/release/keys.ts'
import { flight, withRoot } from './small-root.ts'

interface Told {
  checks: { what: string; state: string; text: string; fix: string }[]
}

function statesOf(root: string, env: Record<string, string> = {}) {
  const { code, stdout } = flight(root, ['doctor', '--format', 'json'], env)
  const { checks } = JSON.parse(stdout) as Told
  for (const { state, fix, what } of checks)
    assert.equal(state !== 'ok', fix !== '', `${what}: a fault says what to do`)
  return { code, states: Object.fromEntries(checks.map(({ what, state }) => [what, state])), checks }
}

const commit = (root: string) => {
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['-c', 'user.name=t', '-c', 'user.email=t@t.example', 'commit', '-qm', 'x'],
  ])
    assert.equal(spawnSync('git', ['-C', root, ...args]).status, 0)
}

test('a folder, then a repository, then with keys and stores: each check by itself', () => {
  withRoot({}, root => {
    assert.deepEqual([statesOf(root).code, statesOf(root).states['repository']], [1, 'fail'])
    commit(root)
    const bare = statesOf(root)
    assert.equal(bare.code, 0)
    assert.deepEqual(
      [
        bare.states['repository'],
        bare.states['configuration'],
        bare.states['stores'],
        bare.states['FLIGHT_SIGNING_KEY'],
      ],
      ['ok', 'ok', 'warn', 'warn'],
    )
    const keys = generateKeyPairSync('ed25519')
    const FLIGHT_SIGNING_KEY = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const FLIGHT_TRUSTED_KEYS = formatTrustedKey(keyIdOf(keys.publicKey), keys.publicKey)
    const stores = { STORE_DIR: join(root, '.flight/store') }
    const whole = { FLIGHT_SIGNING_KEY, FLIGHT_TRUSTED_KEYS, ...stores }
    assert.equal(flight(root, ['build'], whole).code, 0)
    assert.equal(flight(root, ['publish'], whole).code, 0)
    const set = statesOf(root, whole)
    assert.deepEqual([set.states['keys'], set.states['bidders']], ['ok', 'warn'])
    const other = generateKeyPairSync('ed25519').publicKey
    const foreign = statesOf(root, { ...whole, FLIGHT_TRUSTED_KEYS: formatTrustedKey(keyIdOf(other), other) })
    assert.deepEqual([foreign.code, foreign.states['keys']], [1, 'fail'])
  })
})

test('a broken configuration, a key that is none and a store that is away fail, each with what to do', () => {
  withRoot(
    { 'campaigns/acme/order.yaml': 'order: IO-1\nadvertiser: nobody\ncurrency: EUR\nsigned: {amount: 1}\n' },
    root => {
      commit(root)
      const { code, states, checks } = statesOf(root, { FLIGHT_SIGNING_KEY: 'x', REDIS_URL: 'redis://127.0.0.1:1' })
      assert.equal(code, 1)
      assert.deepEqual(
        [states['configuration'], states['FLIGHT_SIGNING_KEY'], states['REDIS_URL']],
        ['fail', 'fail', 'fail'],
      )
      assert.match(checks.find(({ what }) => what === 'REDIS_URL')?.text ?? '', /ECONNREFUSED/)
    },
  )
})
