import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { schemaFiles } from '../schema/kinds.ts'

const ROOT = join(import.meta.dirname, '../..')

test('.schema/ is what the schemas say (UPDATE=1 writes it): editors read it through the modelines', () => {
  for (const [path, text] of schemaFiles()) {
    const file = join(ROOT, path)
    if (process.env['UPDATE'] === '1') {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    assert.equal(readFileSync(file, 'utf8'), text, `${path} is out of date: run UPDATE=1 node --test contract/test`)
  }
})
