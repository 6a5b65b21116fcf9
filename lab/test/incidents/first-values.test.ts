/** I4: a field that nobody had set yet is where validator and loader disagree. Each is set once, alone, up to the bidder. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import { isPlain, namedOnPage, pathsIn } from '@flightplan/compiler/test/used-fields.ts'
import { writeRelease } from '@flightplan/compiler/write.ts'
import { verifyRelease } from '@flightplan/runtime/release/verify.ts'
import { NOW_MS, ROOT, signed, temporaryDirectory, verifyOptions } from '@flightplan/runtime/test/release/shipped.ts'
import { parse, parseDocument } from 'yaml'

interface First {
  file: string
  at: (string | number)[]
  value: unknown
  /** Other files that it needs. */
  beside?: Record<string, string>
}
const FIRSTS: Record<string, First> = parse(readFileSync(join(import.meta.dirname, 'first-values.yaml'), 'utf8'))
/**
 * Never in a release: tests of campaigns; strategies, which nothing acts on yet (contract/schema/later.ts). A `where` is
 * told by what is in it, a map by its values.
 */
const APART = /^(test|pacing) |<id>$|\bwhere$/
const tree = loadTree(ROOT)
const page = namedOnPage()

function usedIn(text: string): string[] {
  const read: unknown = parse(text)
  const [kind = ''] = isPlain(read) ? Object.keys(read) : []
  return pathsIn(kind, read, '', page).map(([of, path]) => `${of} ${path}`)
}

test('I4 every field of every kind is in a shipped file or among the first values', () => {
  const shipped = new Set(tree.yaml.flatMap(({ bytes }) => usedIn(Buffer.from(bytes).toString('utf8'))))
  const all = [...page].flatMap(([kind, fields]) => Array.from(fields, field => `${kind} ${field}`))
  const missing = all.filter(field => !shipped.has(field) && !APART.test(field) && !Object.hasOwn(FIRSTS, field))
  assert.deepEqual(missing, [])
  assert.deepEqual(
    Object.keys(FIRSTS).filter(field => !all.includes(field)),
    [],
    'no such field',
  )
})

for (const [field, { file, at, value, beside = {} }] of Object.entries(FIRSTS))
  test(`I4 the first ${field} compiles, and the bidder loads it and decides the same`, async () => {
    const document = parseDocument(readFileSync(join(ROOT, file), 'utf8'))
    document.setIn(at, document.createNode(value))
    const text = document.toString()
    assert.ok(usedIn(text).includes(field), `${file} does not have ${field}`)
    const yaml = tree.yaml.map(source => (source.path === file ? sourceFile(file, text) : source))
    const side = new Map([
      ...tree.side,
      ...Object.entries(beside).map(([path, csv]) => [path, sourceFile(path, csv)] as const),
    ])
    const { release, diagnostics } = await compileTree({ ...tree, yaml, side }, signed(NOW_MS))
    const faults = diagnostics.filter(({ severity }) => severity === 'error')
    assert.ok(release, JSON.stringify(faults.map(({ message, span }) => `${span.file}:${span.start.line} ${message}`)))
    const outcome = await verifyRelease(writeRelease(release, temporaryDirectory()), release.digest, verifyOptions())
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.text)
  })
