import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { flight, NOW, withRoot } from './small-root.ts'

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

test('build: the same tree and time give the same release; stats count it', () => {
  withRoot({ 'key.pem': key }, root => {
    const args = ['build', '--now', NOW, '--key', 'key.pem', '--out', 'channel']
    const json = flight(root, [...args, '--format', 'json'])
    assert.equal(json.code, 0, json.stderr)
    const { schemaVersion, digest, signed, counts, built_at_ms } = JSON.parse(json.stdout)
    assert.deepEqual([schemaVersion, signed, counts.line_items, built_at_ms], [1, true, 2, Date.parse(NOW)])
    assert.equal(readFileSync(`${root}/channel/current`, 'utf8'), `${digest}\n`)
    assert.ok(existsSync(`${root}/channel/${digest}/manifest.sig`))
    const again = flight(root, [...args, '--stats'])
    assert.match(again.stdout, new RegExp(`^release ${digest}$`, 'm'))
    for (const row of [/^ {2}line_items +2$/m, /^ {2}lower +\d+$/m, /^ {2}snapshot\.bin +[\d,]+$/m])
      assert.match(again.stdout, row)
  })
})

test('build: without --now the time is the commit’s; outside of Git it must be said', () => {
  withRoot({}, root => {
    const outside = flight(root, ['build'])
    assert.deepEqual([outside.code, outside.stdout], [64, ''])
    assert.match(outside.stderr, /pass --now/)
    const at = '2027-02-03T04:05:06Z'
    const env = { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }
    const git = (...args: string[]) => spawnSync('git', ['-C', root, ...args], { env, encoding: 'utf8' }).stdout
    git('init', '-q')
    git('add', '.')
    git('-c', 'user.name=t', '-c', 'user.email=t@acme.example', 'commit', '-qm', 'first')
    const inside = flight(root, ['build', '--out', '.flight/x', '--format', 'json'])
    assert.equal(inside.code, 0, inside.stderr)
    const { built_at_ms, commit, tree } = JSON.parse(inside.stdout)
    assert.equal(built_at_ms, Date.parse(at))
    assert.deepEqual([commit, tree], git('log', '-1', '--format=%H %T').trim().split(' '))
  })
})

test('build: a faulty repository writes nothing; a wrong key is said without its text', () => {
  withRoot({ 'flightplan.yaml': null, 'key.pem': 'no secret of yours' }, root => {
    const { code, stdout } = flight(root, ['build', '--now', NOW, '--out', 'channel'])
    assert.equal(code, 1)
    assert.match(stdout, /FP3028/)
    assert.ok(!existsSync(`${root}/channel`))
    const wrong = flight(root, ['build', '--now', NOW, '--key', 'key.pem'])
    assert.equal(wrong.code, 64)
    assert.equal(wrong.stderr, 'flight: key.pem holds no Ed25519 private key in PEM\n')
  })
})
