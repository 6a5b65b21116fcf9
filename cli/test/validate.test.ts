import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { FILES, FLIGHT, flight, withRoot } from './small-root.ts'

const PLACE = 'campaigns/acme/campaign.yaml'
const TYPO = { [PLACE]: (FILES[PLACE] ?? '').replace('order: IO-1', 'order: IO-2') }
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is looked for
const ESCAPE = /\x1b/

test('a repository without faults: exit code 0, nothing on stdout', () => {
  withRoot({}, root => {
    const { code, stdout, stderr } = flight(root, ['validate'])
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '' }, stderr)
    assert.match(stderr, /^0 errors, 0 warnings, 2 line items, \d+ ms\n$/)
  })
})

test('a fault in each format: exit code 1, the place, no escape codes', () => {
  withRoot(TYPO, root => {
    const run = (format: string) => flight(root, ['validate', '--format', format])
    const pretty = run('pretty')
    assert.equal(pretty.code, 1)
    assert.match(pretty.stdout, /^campaigns\/acme\/campaign\.yaml:2:8 error FP3001 there is no order "IO-2"$/m)
    assert.match(pretty.stdout, /fix: did you mean "IO-1"\?/)
    assert.doesNotMatch(pretty.stdout + pretty.stderr, ESCAPE)
    const json = JSON.parse(run('json').stdout)
    assert.equal(json.schemaVersion, 1)
    assert.equal(json.errors, 1)
    assert.deepEqual(json.diagnostics[0].span.start, { line: 2, col: 8, offset: 24 })
    assert.match(run('github').stdout, /^::error file=campaigns\/acme\/campaign\.yaml,line=2,/)
    const [{ results }] = JSON.parse(run('sarif').stdout).runs
    assert.equal(results[0].ruleId, 'FP3001')
  })
})

test('paths choose what is reported, not what is read; files are named as seen from the working folder', () => {
  withRoot(TYPO, root => {
    const other = flight(root, ['validate', 'exchanges'])
    assert.deepEqual([other.code, other.stdout], [0, ''])
    assert.match(other.stderr, /; 1 more outside of exchanges/)
    const inside = flight(`${root}/campaigns`, ['validate', 'acme/campaign.yaml', '--root', '..', '--format', 'json'])
    assert.equal(inside.code, 1)
    assert.equal(JSON.parse(inside.stdout).diagnostics[0].span.file, 'acme/campaign.yaml')
  })
})

const script = spawnSync('script', ['--version']).status === 0 ? false : 'no script(1) to make a terminal with'

test('colours only on a terminal, and not against NO_COLOR', { skip: script }, () => {
  withRoot(TYPO, root => {
    const onTerminal = (env: Record<string, string>) => {
      const command = `"${process.execPath}" "${FLIGHT}" validate`
      const options = {
        cwd: root,
        env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
        encoding: 'utf8',
      } as const
      return spawnSync('script', ['-qec', command, '/dev/null'], options).stdout
    }
    assert.match(onTerminal({}), ESCAPE)
    const plain = onTerminal({ NO_COLOR: '1' })
    assert.match(plain, /FP3001/)
    assert.doesNotMatch(plain, ESCAPE)
  })
})

test('only an integrity fault: exit code 6', () => {
  withRoot({ 'policies/request/extra.rego': 'package flightplan.extra\n' }, root => {
    const { code, stdout } = flight(root, ['validate'])
    assert.match(stdout, /FP5006/)
    assert.equal(code, 6)
  })
})
