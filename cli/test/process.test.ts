import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { FLIGHT, flight, withRoot } from './small-root.ts'

test('help: every command has an example that names it', () => {
  withRoot({}, root => {
    const { stdout, code } = flight(root, ['--help'])
    assert.equal(code, 0)
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[/gm)].map(([, name]) => name ?? '').filter(n => n !== 'help')
    assert.ok(commands.length >= 5, `found ${commands}`)
    for (const command of commands) {
      const help = flight(root, [command, '--help'])
      assert.equal(help.code, 0)
      assert.match(help.stdout, new RegExp(`Example:\\n  \\$ flight ${command}`))
    }
  })
})

test('a reader that stops early is no fault', () => {
  const { stdout, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${FLIGHT}" schema | head -c 20`], {
    encoding: 'utf8',
  })
  assert.deepEqual([stdout.length, stderr], [20, ''])
})

const old = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map(dir => join(dir, 'node'))
  .find(isTooOld)

test('an older Node starts the packaged one', { skip: old ? false : 'no Node below 22.18 on the PATH' }, async () => {
  const node = old ?? ''
  withRoot({ 'campaigns/acme/order.yaml': 'order: [' }, root => {
    const [older, own] = [
      flight(root, ['validate', '--format', 'json'], {}, node),
      flight(root, ['validate', '--format', 'json']),
    ]
    assert.deepEqual([older.code, older.stdout], [own.code, own.stdout])
    assert.equal(older.code, 1)
    assert.equal(flight(root, ['explain', 'nothing like it'], {}, node).code, 64)
  })
  const child = spawn(node, [FLIGHT, 'explain', '--request', '-'], { stdio: ['pipe', 'ignore', 'ignore'] })
  await new Promise(resolve => setTimeout(resolve, 1_500)) // it waits for stdin by now
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'exit'), [130, null])
})

function isTooOld(node: string): boolean {
  if (!existsSync(node)) return false
  const [major = 0, minor = 0] = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    .stdout.split('.')
    .map(Number)
  return major < 22 || (major === 22 && minor < 18)
}
