import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FILES, flight, NOW, withRoot } from './small-root.ts'

const pemOf = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const env = { FLIGHT_SIGNING_KEY: pemOf() }

interface Told {
  sequence: number
  live: string
  pinned: boolean
  files: number
  bytes: number
}

/** Runs the real command and reads its JSON; fails with what it printed when it ends otherwise than expected. */
function run(root: string, args: string[], code = 0, more: Record<string, string> = env) {
  const done = flight(root, args, more)
  assert.equal(done.code, code, `${args.join(' ')}: ${done.stderr}${done.stdout}`)
  assert.doesNotMatch(done.stderr, /\bat .*\.ts|PRIVATE/)
  return done
}
const json = (root: string, args: string[]) => JSON.parse(run(root, [...args, '--format', 'json']).stdout) as Told

function build(root: string, bid = '8.50'): string {
  const campaign = FILES['campaigns/acme/campaign.yaml'] ?? ''
  writeFileSync(join(root, 'campaigns/acme/campaign.yaml'), campaign.replace('8.50', bid))
  return (JSON.parse(run(root, ['build', '--now', NOW, '--format', 'json']).stdout) as { digest: string }).digest
}

test('publish, publish again, publish another, roll back, pin, unpin: the story of a channel', () => {
  withRoot({}, root => {
    const first = build(root)
    const dry = run(root, ['publish', '--dry-run'])
    assert.match(dry.stdout, /would move live from nothing to /)
    assert.equal(run(root, ['status']).stdout, 'channel live: nothing was published\n', 'a dry run writes nothing')
    const one = json(root, ['publish', '--reason', 'first'])
    assert.deepEqual([one.sequence, one.live, one.pinned], [1, first, false])
    assert.ok(one.files > 4)
    const again = json(root, ['publish', first])
    assert.deepEqual([again.sequence, again.files], [1, 0])

    const second = build(root, '9.00')
    const two = json(root, ['publish', join('.flight/release', second), '--reason', 'more'])
    assert.deepEqual([two.sequence, two.live], [2, second])
    assert.match(run(root, ['rollback', '--dry-run']).stdout, new RegExp(`to ${first.slice(0, 12)}, pinned`))
    assert.equal(json(root, ['rollback', '--reason', 'wrong price']).live, first)
    assert.match(run(root, ['publish', second], 4).stderr, /pinned to .*: wrong price/)
    assert.match(run(root, ['status']).stdout, /record 3, pinned\n.*\n.*rollback of \S+ at .*: wrong price/)
    assert.equal(json(root, ['unpin']).pinned, false)
    assert.equal(json(root, ['publish', second]).sequence, 5)
    assert.equal(json(root, ['pin']).pinned, true)
    assert.equal(json(root, ['rollback', first.slice(0, 8)]).live, first)
  })
})

test('what no bidder would load is not announced: unsigned, signed by another, damaged, or no release at all', () => {
  withRoot({}, root => {
    const digest = build(root)
    run(root, ['build', '--now', NOW], 0, { FLIGHT_SIGNING_KEY: pemOf() }) // seals the same digest anew
    assert.match(run(root, ['publish'], 6).stderr, /key [0-9a-f]{16}, which is not trusted here/)
    build(root)
    writeFileSync(join(root, '.flight/release', digest, 'snapshot.bin'), 'damaged')
    assert.match(run(root, ['publish'], 6).stderr, /snapshot\.bin has 7 bytes instead of/)
    rmSync(join(root, '.flight'), { recursive: true })
    assert.match(run(root, ['publish'], 64).stderr, /run flight build/)
    run(root, ['build', '--now', NOW], 0, {})
    assert.match(run(root, ['publish'], 6).stderr, /manifest\.sig/)
    assert.match(run(root, ['publish'], 64, {}).stderr, /set FLIGHT_SIGNING_KEY/)
    assert.match(run(root, ['rollback'], 64).stderr, /nothing to go back to/)
    assert.match(run(root, ['pin', '--channel', '../x'], 64).stderr, /--channel/)
    assert.match(run(root, ['pin'], 4).stderr, /nothing was published/)
    assert.equal(run(root, ['status']).stdout, 'channel live: nothing was published\n')
  })
})

test('a store that cannot be reached is 8 and says which; nothing hangs', () => {
  withRoot({}, root => {
    build(root)
    const began = performance.now()
    const redis = run(root, ['publish'], 8, { ...env, REDIS_URL: 'redis://127.0.0.1:1' })
    assert.match(redis.stderr, /hot copy \(the record has it; run the same again/)
    assert.match(
      run(root, ['publish'], 8, { ...env, DATABASE_URL: 'postgres://127.0.0.1:1/x' }).stderr,
      /the database cannot/,
    )
    assert.ok(performance.now() - began < 20_000)
    assert.equal(json(root, ['publish']).sequence, 1, 'the second half is made good')
  })
})

test('drift: git, record, hot copy; --fix copies what is missing', () => {
  withRoot({}, root => {
    const git = (...args: string[]) =>
      spawnSync('git', ['-C', root, '-c', 'user.name=Ada', '-c', 'user.email=ada@buyer.example', ...args])
    writeFileSync(join(root, '.gitignore'), '.flight\n')
    git('init', '-q')
    git('add', '-A')
    git('commit', '-qm', 'one')
    const first = build(root)
    run(root, ['publish'])
    assert.match(run(root, ['drift', '--detailed-exitcode']).stderr, /no drift/)
    rmSync(join(root, '.flight/store/hot/live/blobs'), { recursive: true })
    const lost = run(root, ['drift', '--detailed-exitcode'], 2)
    assert.match(lost.stdout, /hot copy .*without debug\.json/)
    assert.match(run(root, ['drift', '--fix', '--dry-run']).stdout, /without debug\.json/)
    assert.match(run(root, ['drift', '--fix']).stderr, /no drift/)
    build(root, '9.10')
    assert.match(run(root, ['drift']).stdout, /git .*with changes +files differ/)
    git('commit', '-qam', 'raise')
    const second = build(root, '9.10')
    assert.match(run(root, ['drift']).stdout, /git .*announced is commit/)
    run(root, ['publish'])
    assert.match(run(root, ['drift']).stderr, /no drift/)
    assert.notEqual(first, second)
    assert.ok(existsSync(join(root, '.flight/store/record/changes', `${second}.json`)))
    const rows = JSON.parse(readFileSync(join(root, '.flight/store/record/changes', `${second}.json`), 'utf8'))
    assert.deepEqual(
      rows.map(({ path, change, author }: Record<string, string>) => [path, change, author]),
      [['campaigns/acme/campaign.yaml', 'M', 'ada@buyer.example']],
    )
  })
})
