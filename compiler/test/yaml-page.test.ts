import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FIELDS_MARK, fieldsPage } from '@flightplan/contract/schema/fields.ts'
import { isKind } from '@flightplan/contract/schema/kinds.ts'
import { parse } from 'yaml'
import { isPlain, namedOnPage, pathsIn } from './used-fields.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = join(ROOT, 'docs/yaml.md')

test('docs/yaml.md ends in every field of the schemas, and no other (UPDATE=1 writes it)', () => {
  const page = readFileSync(PAGE, 'utf8')
  const at = page.indexOf(FIELDS_MARK)
  if (process.env['UPDATE'] === '1')
    writeFileSync(PAGE, `${(at < 0 ? page : page.slice(0, at)).trimEnd()}\n\n${fieldsPage()}`)
  const now = readFileSync(PAGE, 'utf8')
  assert.equal(now.slice(now.indexOf(FIELDS_MARK)), fieldsPage())
})

test('the page names every field that the shipped files use', () => {
  const page = namedOnPage()
  const files = globSync(['campaigns/**/*.yaml', 'exchanges/*.yaml', 'models/*.yaml', 'flightplan.yaml'], { cwd: ROOT })
  const used = new Set<string>()
  for (const file of files) {
    const read: unknown = parse(readFileSync(join(ROOT, file), 'utf8'))
    const [kind = ''] = isPlain(read) ? Object.keys(read) : []
    assert.ok(isKind(kind), `${file} is of kind ${kind}`)
    if (kind === 'test') continue // its requests are OpenRTB
    for (const [of, path] of pathsIn(kind, read, '', page)) {
      used.add(`${of} ${path}`)
      assert.ok(page.get(of)?.has(path), `${file}: ${of} ${path} is not in docs/yaml.md`)
    }
  }
  assert.ok(used.size > 250, `only ${used.size} fields are in use`)
})
