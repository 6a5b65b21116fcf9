import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flight, withRoot } from './small-root.ts'

const TYPO = { 'campaigns/acme/order.yaml': 'order: IO-1\nadvertiser: acmee\ncurrency: EUR\nsigned: {amount: 50000}\n' }
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
    assert.match(pretty.stdout, /^campaigns\/acme\/order\.yaml:2:13 error FP3001 there is no advertiser "acmee"$/m)
    assert.match(pretty.stdout, /fix: did you mean "acme"\?/)
    assert.doesNotMatch(pretty.stdout + pretty.stderr, ESCAPE)
    const json = JSON.parse(run('json').stdout)
    assert.equal(json.schemaVersion, 1)
    assert.equal(json.errors, 1)
    assert.deepEqual(json.diagnostics[0].span.start, { line: 2, col: 13, offset: 24 })
    assert.match(run('github').stdout, /^::error file=campaigns\/acme\/order\.yaml,line=2,/)
    const [{ results }] = JSON.parse(run('sarif').stdout).runs
    assert.equal(results[0].ruleId, 'FP3001')
  })
})

test('paths choose what is reported, not what is read; files are named as seen from the working folder', () => {
  withRoot(TYPO, root => {
    const other = flight(root, ['validate', 'exchanges'])
    assert.deepEqual([other.code, other.stdout], [0, ''])
    assert.match(other.stderr, /; 1 more outside of exchanges/)
    const inside = flight(`${root}/campaigns`, ['validate', 'acme/order.yaml', '--root', '..', '--format', 'json'])
    assert.equal(inside.code, 1)
    assert.match(JSON.parse(inside.stdout).diagnostics[0].span.file, /campaigns\/acme\/order\.yaml$/)
  })
})

test('colours come neither into a pipe nor against NO_COLOR, even when they are forced on', () => {
  withRoot(TYPO, root => {
    const { stdout } = flight(root, ['validate'], { FORCE_COLOR: '1', NO_COLOR: '1' })
    assert.doesNotMatch(stdout, ESCAPE)
  })
})

test('only an integrity fault: exit code 6', () => {
  withRoot({ 'policies/request/extra.rego': 'package flightplan.extra\n' }, root => {
    const { code, stdout } = flight(root, ['validate'])
    assert.match(stdout, /FP5006/)
    assert.equal(code, 6)
  })
})
