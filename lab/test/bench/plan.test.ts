import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

test('a plan of the shipped repository and of 1,000 line items: in time, and the same bytes twice', () => {
  const script = join(import.meta.dirname, '../../bench/plan.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--requests', '500'], { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  assert.equal(stdout.match(/the same bytes twice/g)?.length, 2, stdout)
})
