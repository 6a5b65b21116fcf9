import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { RULES } from '../observe/rules.ts'

test('each alert has a section in docs/runbook.md, and each section an alert', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8')
  const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name)
  assert.deepEqual(
    sections,
    RULES.map(({ alert }) => alert),
  )
})
