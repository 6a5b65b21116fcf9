import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../traffic/main.ts', import.meta.url))
const run = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 30_000, maxBuffer: 1 << 26 })

test('writes NDJSON to stdout and progress to stderr, the same each time', () => {
  const first = run('--seed', '7', '--count', '1200', '--exchange', 'boreal')
  assert.equal(first.status, 0)
  const lines = first.stdout.trimEnd().split('\n')
  assert.equal(lines.length, 1200)
  assert.ok(lines.every(line => typeof JSON.parse(line).id === 'string'))
  assert.match(first.stderr, /1200 requests/)
  assert.equal(run('--seed', '7', '--count', '1200', '--exchange', 'boreal').stdout, first.stdout)
})

test('refuses what it does not know, in one line and with the usage', () => {
  for (const args of [
    ['--exchange', 'nope'],
    ['--count', 'many'],
    ['--day', 'soon'],
    ['--what'],
    ['--out', '/nope/x'],
  ]) {
    const { status, stderr } = run(...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /usage: node lab\/traffic\/main\.ts/)
    assert.doesNotMatch(stderr, /\n\s+at /)
  }
})
