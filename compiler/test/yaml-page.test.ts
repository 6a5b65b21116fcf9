import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FIELDS_MARK, fieldsPage } from '@flightplan/contract/schema/fields.ts'
import { isKind } from '@flightplan/contract/schema/kinds.ts'
import { parse } from 'yaml'

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

type Page = ReadonlyMap<string, ReadonlySet<string>>

/** Kind → the fields that the page names, read from the page alone. */
function namedOnPage(): Page {
  const sections = readFileSync(PAGE, 'utf8').split(FIELDS_MARK)[1]?.split('\n### ').slice(1) ?? []
  return new Map(
    sections.map(section => {
      const fields = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, field = '']) => field)
      return [section.slice(0, section.indexOf('\n')), new Set(fields)]
    }),
  )
}

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Paths of a file as people wrote it, with the kind whose table has them. Requests of tests are OpenRTB, not ours. */
function pathsIn(kind: string, value: unknown, path: string, page: Page): [string, string][] {
  if (Array.isArray(value)) return value.flatMap(one => pathsIn(kind, one, `${path}[]`, page))
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, below]): [string, string][] => {
    if (key === 'where' && kind !== 'where') return pathsInWhere(below)
    if (kind === 'campaign' && path === 'line_items') return pathsIn('line_item', below, '', page)
    const own = path === '' ? key : `${path}.${key}`
    const mapped = `${path}.<id>`
    const isMap = page.get(kind)?.has(own) === false && page.get(kind)?.has(mapped)
    return isMap ? pathsIn(kind, below, mapped, page) : [[kind, own], ...pathsIn(kind, below, own, page)]
  })
}

/** `all`, `any` and `not` hold wheres; a leaf's own `not` is told in words. */
function pathsInWhere(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) return value.flatMap(one => pathsInWhere(one, path))
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, below]): [string, string][] => {
    if (path === '' && ['all', 'any', 'not'].includes(key)) return [['where', key], ...pathsInWhere(below)]
    if (key === 'not') return []
    const own = path === '' ? key : `${path}.${key}`
    return [['where', own], ...pathsInWhere(below, own)]
  })
}

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
