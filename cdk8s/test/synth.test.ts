/** What is synthesised, whole: the golden files (UPDATE=1 writes them), the same bytes twice, and each object valid. */
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { objectsOf, synthesise } from '../app.ts'
import type { Manifest } from '../object.ts'
import { readWorld } from '../world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const GOLDEN = join(import.meta.dirname, 'golden')
const CRDS = resolve(ROOT, '../shared/crds')
const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const

for (const name of ENVIRONMENTS)
  test(`${name}: the golden files, the same bytes twice`, () => {
    const files = synthesise(readWorld(ROOT, name))
    assert.deepEqual(synthesise(readWorld(ROOT, name)), files)
    const folder = join(GOLDEN, name)
    if (process.env['UPDATE'] === '1') {
      mkdirSync(folder, { recursive: true })
      for (const [file, text] of files) writeFileSync(join(folder, file), text)
    }
    assert.deepEqual(globSync('*', { cwd: folder }).sort(), [...files.keys()].sort())
    for (const [file, text] of files) assert.equal(readFileSync(join(folder, file), 'utf8'), text, file)
  })

type Schema = Record<string, unknown>
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The API server drops fields that it does not know; a typo must not go that quiet way. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (!isSchema(schema)) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  const isOpen =
    schema['type'] !== 'object' ||
    !schema['properties'] ||
    schema['additionalProperties'] !== undefined ||
    schema['x-kubernetes-preserve-unknown-fields'] === true
  return isOpen ? inner : { ...inner, additionalProperties: false }
}

interface Crd {
  spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: Schema } }[] }
}

/** `group/version/Kind` → its schema. */
function crds(): Map<string, Schema> {
  const files = globSync('*.yaml', { cwd: CRDS }).map((file): Crd => parse(readFileSync(join(CRDS, file), 'utf8')))
  return new Map(
    files.flatMap(({ spec: { group, names, versions } }) =>
      versions.map(({ name, schema }) => [`${group}/${name}/${names.kind}`, schema.openAPIV3Schema] as const),
    ),
  )
}

/** JavaScript has no (?i): Go's patterns of some CRDs begin with it. */
const regExp = Object.assign(
  (pattern: string) => new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? 'i' : ''),
  { code: 'new RegExp' },
)

function faultsByCrd(schema: Schema, object: Manifest): unknown[] {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, formats: {}, code: { regExp } })
  const { metadata: _, ...own } = closed(schema) as { properties: Schema } & Schema // as the files have it
  const validate = ajv.compile({ ...own, properties: { ...own.properties, metadata: { type: 'object' } } })
  return validate(object) ? [] : (validate.errors ?? [])
}

/** Typed models of the core and of External Secrets validate themselves. */
async function faultsByModel(object: Manifest): Promise<unknown[]> {
  const { apiVersion, kind } = object
  const own = apiVersion.startsWith('external-secrets') ? '@kubernetes-models/external-secrets' : 'kubernetes-models'
  const models: Record<string, new (data: object) => { validate(): void }> = await import(`${own}/${apiVersion}`)
  const Model = models[kind]
  if (!Model) return [`no model of ${apiVersion} ${kind}`]
  try {
    new Model(object).validate()
    return []
  } catch (error) {
    return [String(error)]
  }
}

const all = ENVIRONMENTS.map(name => [name, [...objectsOf(readWorld(ROOT, name)).values()].flat()] as const)
const customs = existsSync(CRDS) ? crds() : null

test('custom objects are valid by the schemas of their operators', {
  skip: customs ? false : 'no ../shared/crds',
}, () => {
  let valid = 0
  for (const [name, objects] of all)
    for (const object of objects) {
      const schema = customs?.get(`${object.apiVersion}/${object.kind}`)
      if (!schema) continue
      assert.deepEqual(faultsByCrd(schema, object), [], `${name} ${object.kind}`)
      valid++
    }
  assert.ok(valid >= 3 * 8, `${valid}`)
  const [kafka] = all[0]?.[1].filter(({ kind }) => kind === 'Kafka') ?? []
  const schema = customs?.get(`${kafka?.apiVersion}/Kafka`)
  assert.ok(kafka && schema)
  assert.ok(faultsByCrd(schema, { ...kafka, spec: { kafkaa: {} } } as Manifest).length > 0, 'a typo is told')
})

test('core objects are valid by the models of Kubernetes', async () => {
  let valid = 0
  for (const [name, objects] of all)
    for (const object of objects) {
      if (customs?.has(`${object.apiVersion}/${object.kind}`) || isCustom(object)) continue
      assert.deepEqual(await faultsByModel(object), [], `${name} ${object.kind}`)
      valid++
    }
  assert.ok(valid >= 3 * 25, `${valid}`)
  assert.notDeepEqual(await faultsByModel({ apiVersion: 'v1', kind: 'Service', spec: { ports: 1 } } as Manifest), [])
})

/** Of an operator other than External Secrets: needs its CRD. */
const isCustom = ({ apiVersion }: Manifest): boolean =>
  apiVersion.includes('.') && !/(^|\.)k8s\.io\/|external-secrets/.test(apiVersion)
