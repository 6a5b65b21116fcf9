import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDirectoryHot } from '@flightplan/runtime/store/directory-hot.ts'
import { startFakeBidder } from '../../lab/rollout/fake-bidder.ts'
import { FILES, FLIGHT, flight, openRoot, withRoot } from './small-root.ts'

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const env = { FLIGHT_SIGNING_KEY: pem }
/** Waves of a second, and evidence that a fake bidder has after one look. */
const SETTINGS = `${FILES['flightplan.yaml']}rollout:
  waves: {50%: {at_least: 1s, auctions: 3000, tolerance: 4}, 10%: {at_least: 1s, auctions: 500, tolerance: 8}}
  expires: 1m
`
/** Before the clock of the test. */
const COMMITTED = '2026-01-01T00:00:00Z'
const CAMPAIGN = FILES['campaigns/acme/campaign.yaml'] ?? ''

function run(root: string, args: string[], code = 0) {
  const done = flight(root, args, env)
  assert.equal(done.code, code, `${args.join(' ')}: ${done.stderr}${done.stdout}`)
  assert.doesNotMatch(done.stderr, /\bat .*\.ts|PRIVATE/)
  return done
}
function build(root: string, campaign = CAMPAIGN): string {
  writeFileSync(join(root, 'campaigns/acme/campaign.yaml'), campaign)
  return (JSON.parse(run(root, ['build', '--now', COMMITTED, '--format', 'json']).stdout) as { digest: string }).digest
}
const git = (root: string, ...args: string[]) =>
  spawnSync('git', ['-C', root, '-c', 'user.name=Ada', '-c', 'user.email=ada@buyer.example', ...args])

test('start, status, pause, resume, abort; each says what it would do first, and does it once', () => {
  withRoot({ 'flightplan.yaml': SETTINGS }, root => {
    build(root)
    assert.equal(run(root, ['rollout', 'status']).stdout, 'channel live: no rollout yet\n')
    assert.match(run(root, ['rollout', 'start'], 4).stderr, /nothing serves on the channel yet/)
    assert.match(run(root, ['rollout', 'pause'], 4).stderr, /no rollout is on/)
    run(root, ['publish'])
    assert.match(run(root, ['rollout', 'start']).stderr, /serves [0-9a-f]{12} already/)
    const second = build(root, CAMPAIGN.replace('8.50', '9.00'))
    assert.match(run(root, ['rollout', 'start', '--dry-run']).stdout, /in the place of [0-9a-f]{12}: 10% → 50% → 100%/)
    assert.equal(run(root, ['rollout', 'status']).stdout, 'channel live: no rollout yet\n', 'a dry run writes nothing')
    const started = run(root, ['rollout', 'start', '--reason', 'dearer']).stdout
    assert.match(started, /running: dearer\nwaits +0 of 0 bidders have taken it/)
    assert.match(run(root, ['rollout', 'start']).stdout, /running: dearer/, 'joined')
    assert.match(
      run(root, ['status']).stdout,
      new RegExp(`record 2\\n.*\\ncanary  ${second} 10%\\nrollout r\\d+, running`),
    )
    build(root, CAMPAIGN.replace('8.50', '9.50'))
    assert.match(run(root, ['rollout', 'start'], 4).stderr, /rollout r\d+ of [0-9a-f]{12} is on: abort it first/)
    assert.match(run(root, ['rollout', 'pause', '--dry-run']).stdout, /paused/)
    assert.match(run(root, ['rollout', 'pause', '--reason', 'sale']).stdout, /paused: sale/)
    assert.match(run(root, ['rollout', 'resume']).stdout, /running: resumed by/)
    const told = JSON.parse(run(root, ['rollout', 'abort', '--reason', 'no', '--format', 'json']).stdout)
    assert.deepEqual([told.rollout.phase, told.rollout.why, told.rollout.sequence], ['aborted', 'no', 3])
    assert.match(run(root, ['rollout', 'resume'], 4).stderr, /no rollout is on/)
    run(root, ['pin', '--reason', 'sale weekend'])
    assert.match(run(root, ['rollout', 'start'], 4).stderr, /pinned to [0-9a-f]{12}: sale weekend/)
    assert.match(run(root, ['rollout', 'start', '--plan', 'none.json'], 64).stderr, /none.json is no saved plan/)
  })
})

test('a publish, a rollback or a pin ends a rollout; the next look says so', () => {
  withRoot({}, root => {
    build(root)
    run(root, ['publish'])
    build(root, CAMPAIGN.replace('8.50', '9.00'))
    run(root, ['rollout', 'start'])
    run(root, ['pin', '--reason', 'hands off'])
    assert.match(
      run(root, ['rollout', 'status']).stdout,
      /aborted: the channel was moved by another: record 3, pinned, hands off/,
    )
    run(root, ['unpin'])
    assert.match(run(root, ['rollout', 'start']).stdout, /running/, 'another may start')
  })
})

test('--watch: a harmless release is promoted, one that halves the bid rate is aborted: 0 and 7', async () => {
  const root = openRoot({ ...FILES, 'flightplan.yaml': SETTINGS })
  try {
    build(root)
    run(root, ['publish'])
    const second = build(root, CAMPAIGN.replace('8.50', '9.00'))
    const good = await watch(root, 1)
    assert.equal(good.code, 0, good.stderr + good.stdout)
    assert.match(good.stdout, /promoted: all gates passed\n100% live \d+\.\d h after the commit, [\d.]+ s after/)
    assert.match(good.stdout, /1 +10% +passed[\s\S]*2 +50% +passed[\s\S]*3 +100% +live/)
    assert.match(good.stderr, /bid_rate pass: .* ratio 1\.00/)
    assert.match(run(root, ['status']).stdout, new RegExp(`live    ${second}\\nrollout 100% live`))
    build(root, CAMPAIGN.replace('8.50', '9.50'))
    const bad = await watch(root, 0.5)
    assert.equal(bad.code, 7, bad.stderr + bad.stdout)
    assert.match(bad.stdout, /aborted: bid_rate: .* ratio 0\.50/)
    assert.match(run(root, ['status']).stdout, new RegExp(`live    ${second}\\nrollout r\\d+, aborted`))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

/** Starts a rollout and watches it, with one bidder whose canary answers that share of what the control does. */
async function watch(root: string, answers: number) {
  const stop = startFakeBidder({
    ...{ hot: openDirectoryHot(join(root, '.flight/store/hot')), name: 'b-1', answers, auctions: 2000 },
  })
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [FLIGHT, 'rollout', 'start', '--watch'], {
    ...{ cwd: root, env: { PATH, HOME, ...env }, timeout: 60_000 },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', text => (stdout += text))
  child.stderr.on('data', text => (stderr += text))
  const [code] = await once(child, 'close')
  await stop()
  return { code, stdout, stderr }
}

test('--fast: to all auctions at once, or refused with the lines that do not reduce', () => {
  withRoot({ '.gitignore': '.flight\n' }, root => {
    git(root, 'init', '-q')
    git(root, 'add', '-A')
    git(root, 'commit', '-qm', 'one')
    build(root)
    run(root, ['publish'])
    const mixed = CAMPAIGN.replace('8.50', '9.00').replace('cpm: 20', 'cpm: 10')
    build(root, mixed)
    const refused = run(root, ['rollout', 'start', '--fast'], 4).stderr
    assert.match(refused, /campaigns\/acme\/campaign\.yaml:7:16 line_item spring\/broad: bid\.cpm: 8\.5 → 9\n/)
    assert.match(refused, /1 of the changes may raise bids/)
    const lower = build(root, CAMPAIGN.replace('cpm: 20', 'cpm: 10'))
    const fast = JSON.parse(run(root, ['rollout', 'start', '--fast', '--format', 'json']).stdout)
    assert.deepEqual([fast.rollout.phase, fast.rollout.canary], ['promoted', lower])
    assert.match(run(root, ['status']).stdout, new RegExp(`live    ${lower}`))
    build(root, CAMPAIGN)
    assert.match(run(root, ['rollout', 'start', '--fast'], 4).stderr, /the release that serves is not commit/)
  })
})
