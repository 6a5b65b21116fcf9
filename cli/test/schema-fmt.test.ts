import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { KINDS } from '@flightplan/contract/schema/kinds.ts'
import { FILES, flight, withRoot } from './small-root.ts'

test('schema: one kind, all kinds, or a file for each', () => {
  withRoot({}, root => {
    const one = JSON.parse(flight(root, ['schema', 'creative']).stdout)
    assert.equal(one.$schema, 'https://json-schema.org/draft/2020-12/schema')
    assert.deepEqual(Object.keys(JSON.parse(flight(root, ['schema']).stdout)), KINDS)
    const { code } = flight(root, ['schema', '--out', '.schema'])
    assert.equal(code, 0)
    assert.deepEqual(readdirSync(`${root}/.schema`).sort(), KINDS.map(kind => `${kind}.json`).sort())
    assert.deepEqual(JSON.parse(readFileSync(`${root}/.schema/creative.json`, 'utf8')), one)
    assert.match(flight(root, ['schema', 'campain']).stderr, /did you mean "campaign"\?/)
  })
})

test('fmt: --check names the file and leaves it; fmt writes the one form, and again changes nothing', () => {
  const path = 'campaigns/acme/order.yaml'
  const untidy = "order:   IO-1\nadvertiser: acme # of ours\ncurrency: 'EUR'\nsigned: { amount: 50000 }\n"
  withRoot({ [path]: untidy }, root => {
    const check = flight(root, ['fmt', '--check', 'campaigns'])
    assert.deepEqual([check.code, check.stdout], [1, `${path}\n`])
    assert.equal(readFileSync(`${root}/${path}`, 'utf8'), untidy)
    assert.deepEqual(flight(root, ['fmt']), { code: 0, stdout: `${path}\n`, stderr: `1 file of 6 formatted\n` })
    assert.match(readFileSync(`${root}/${path}`, 'utf8'), /^order: IO-1\nadvertiser: acme # of ours\n/)
    assert.equal(flight(root, ['fmt', '--check']).code, 0)
    assert.equal(Object.keys(FILES).length, 6)
  })
})

test('fmt: a file that is broken stays as it is and is reported', () => {
  const broken = 'order: [IO-1\n'
  withRoot({ 'campaigns/acme/order.yaml': broken }, root => {
    const { code, stdout } = flight(root, ['fmt'])
    assert.equal(code, 1)
    assert.match(stdout, /order\.yaml:\d+:\d+ error FP1003/)
    assert.equal(readFileSync(`${root}/campaigns/acme/order.yaml`, 'utf8'), broken)
  })
})
