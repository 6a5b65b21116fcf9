import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WHERE_LEAVES } from '@flightplan/contract/schema/where.ts'
import { LEAF_PATHS } from '../../oracle/where.ts'
import { CASE_FILES, type Case, checkCase } from './case-world.ts'

for (const [file, cases] of CASE_FILES)
  test(file, async context => {
    for (const given of cases) await context.test(given.name, () => checkCase(given))
  })

test('every leaf of the schema is evaluated, and no other', () => {
  assert.deepEqual([...LEAF_PATHS].sort(), Object.keys(WHERE_LEAVES).sort())
})

test('every leaf has a case that is true and one that is false', () => {
  const where = (CASE_FILES.get('where.yaml') ?? []).map(({ where, expect }: Case) => ({
    text: JSON.stringify(where),
    expect,
  }))
  for (const path of LEAF_PATHS) {
    const key = `"${path.split('.').at(-1)}":`
    const seen = new Set(where.filter(({ text }) => text?.includes(key)).map(({ expect }) => expect))
    assert.deepEqual([...seen].sort(), [false, true], path)
  }
})
