import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isKind, type JsonSchema, jsonSchema, KINDS, schemaFiles } from '../schema/kinds.ts'
import { LATER } from '../schema/later.ts'
import { WHERE_LEAVES } from '../schema/where.ts'

const at = (schema: unknown, ...path: string[]): JsonSchema => {
  let node = schema as JsonSchema // schemas are JSON; a wrong path fails the assertion below
  for (const step of path) node = node[step] as JsonSchema
  assert.ok(node, path.join('.'))
  return node
}

test('every kind begins with its own key and takes no unknown keys anywhere', () => {
  for (const kind of KINDS) {
    const schema = jsonSchema(kind)
    assert.equal(Object.keys(at(schema, 'properties'))[0], kind)
    assert.ok((schema['required'] as string[]).includes(kind), kind)
    assertClosed(schema, kind)
  }
})

function assertClosed(node: unknown, path: string): void {
  if (typeof node !== 'object' || node === null) return
  const schema = node as JsonSchema // every object within a schema
  if (schema['properties'] && schema['type']) assert.equal(schema['additionalProperties'], false, path)
  for (const [key, child] of Object.entries(schema)) assertClosed(child, `${path}.${key}`)
}

test('WHERE_LEAVES lists exactly the leaves of the schema', () => {
  const where = at(jsonSchema('campaign'), '$defs', 'where', 'properties')
  assert.deepEqual(leavesOf(where).sort(), Object.keys(WHERE_LEAVES).sort())
})

/** A key is a leaf unless it is a group: a plain map of further keys, none of them a bound. */
function leavesOf(properties: JsonSchema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const schema = value as JsonSchema // a property's schema
    if (prefix === '' && ['all', 'any', 'not'].includes(key)) return []
    const keys = schema['type'] === 'object' ? Object.keys(at(schema, 'properties')) : []
    const isShape = keys.length === 0 || keys.includes('lat') || keys.includes('max')
    return isShape ? [prefix + key] : leavesOf(at(schema, 'properties'), `${prefix}${key}.`)
  })
}

test('a word of a later version names a key beside known ones, or a known key', () => {
  for (const [kind, words] of Object.entries(LATER)) {
    assert.ok(isKind(kind))
    for (const path of Object.keys(words)) assertParent(jsonSchema(kind), path)
  }
})

function assertParent(root: JsonSchema, path: string): void {
  let schema = root
  for (const step of path.split('.').slice(0, -1)) {
    const next = step === '*' ? (schema['items'] ?? schema['additionalProperties']) : at(schema, 'properties')[step]
    assert.ok(next, `${path}: no ${step}`)
    schema = next as JsonSchema // just found
  }
}

test('schema files are self-contained JSON with a description for every property', () => {
  const files = schemaFiles()
  assert.deepEqual(
    [...files.keys()],
    KINDS.map(kind => `.schema/${kind}.json`),
  )
  for (const [path, text] of files) {
    const refs = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(match => match[1])
    assert.deepEqual(
      refs.filter(ref => ref !== '#/$defs/where'),
      [],
      path,
    )
    assert.equal(refs.length > 0, text.includes('"$defs"'), path)
  }
})
