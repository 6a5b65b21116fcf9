import assert from 'node:assert/strict'
import { test } from 'node:test'
import { facts, flight, NOW, request, withRoot } from './small-root.ts'

const STACK = /\n\s+at .+:\d+:\d+|node:internal/
const BINARY = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x1b, 0x5b])
const WASM = 'policies/request/compiled/policy.wasm'
const ASK = ['explain', '--facts', 'facts.json', '--now', NOW, '--request']

/** Files, command, exit code, and what must be said. */
const CASES: [string, Record<string, string | Uint8Array | null>, string[], number, RegExp][] = [
  ['a binary file', { 'campaigns/acme/order.yaml': BINARY }, ['validate'], 1, /order\.yaml:1:1 error FP1002/],
  [
    'broken YAML',
    { 'campaigns/acme/order.yaml': 'order: [a\n b: }' },
    ['validate'],
    1,
    /order\.yaml:\d+:\d+ error FP1003/,
  ],
  [
    'an alias bomb',
    { 'campaigns/a.yaml': 'campaign: &a [x]\nb: [*a, *a]\n' },
    ['validate'],
    1,
    /a\.yaml:1:14 error FP1005/,
  ],
  ['a file of 2 MB', { 'campaigns/a.yaml': 'x'.repeat(2 << 20) }, ['validate'], 1, /error FP1001/],
  ['an empty repository', { 'flightplan.yaml': null }, ['validate'], 1, /error FP3028/],
  ['a missing folder', {}, ['validate', '--root', 'nowhere'], 64, /no folder nowhere/],
  ['a file as root', {}, ['validate', '--root', 'flightplan.yaml'], 64, /is a file/],
  ['a path outside', {}, ['validate', '..'], 64, /is not below/],
  ['a path that is not there', {}, ['fmt', 'campains'], 64, /no file or folder campains/],
  ['an unknown command', {}, ['validat'], 64, /unknown command 'validat'/],
  ['no command', {}, [], 64, /Usage: flight/],
  ['an unknown option', {}, ['validate', '--formt', 'json'], 64, /unknown option '--formt'/],
  ['an unknown format', {}, ['validate', '--format', 'xml'], 64, /Allowed choices are pretty/],
  ['a time without a zone', {}, ['build', '--now', '2027-03-01T12:00'], 64, /its zone is needed/],
  ['a day that does not exist', {}, ['build', '--now', '2027-13-01T12:00:00Z'], 64, /its zone is needed/],
  ['a folder that cannot be made', {}, ['build', '--now', NOW, '--out', 'flightplan.yaml/x'], 64, /ENOTDIR/],
  ['a key that is not there', {}, ['build', '--now', NOW, '--key', 'nowhere.pem'], 64, /nowhere\.pem/],
  ['a policy that is no WASM', { [WASM]: BINARY }, ['build', '--now', NOW], 6, /policy\.wasm cannot be run/],
  ['neither code nor request', {}, ['explain'], 64, /needs a code/],
  ['a request that is not there', {}, [...ASK, 'nowhere.json'], 64, /nowhere\.json/],
  ['a request that is binary', { 'r.json': BINARY }, [...ASK, 'r.json'], 1, /r\.json is not JSON/],
  ['a request cut off', { 'r.json': '{"id":"1","imp":[' }, [...ASK, 'r.json'], 1, /r\.json is not JSON/],
  ['a request without imp', { 'r.json': '{"id":"1"}' }, [...ASK, 'r.json'], 1, /r\.json is no bid request/],
  ['a request nested deeply', { 'r.json': `${'['.repeat(9e5)}${']'.repeat(9e5)}` }, [...ASK, 'r.json'], 1, /r\.json/],
  [
    'facts changed by hand',
    { 'facts.json': '{"digest":"x"}', 'r.json': request(1) },
    [...ASK, 'r.json'],
    1,
    /facts\.json: digest/,
  ],
]

for (const [name, files, args, code, said] of CASES) {
  test(`${name}: exit code ${code} and a sentence, no stack trace`, () => {
    withRoot({ 'facts.json': facts(), ...files }, root => {
      const run = flight(root, args)
      const all = run.stdout + run.stderr
      assert.equal(run.code, code, all)
      assert.match(all, said)
      assert.doesNotMatch(all, STACK)
      assert.ok(!all.includes('\u001b'), 'no escape codes')
    })
  })
}
