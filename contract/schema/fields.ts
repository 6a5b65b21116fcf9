/** Every field that YAML may hold, as the last part of docs/yaml.md: written out of the schemas, so that none is missing. */
import { type JsonSchema, jsonSchema, KINDS, type Kind } from './kinds.ts'
import { WhereSchema } from './where.ts'

export interface Field {
  /** `bid.cpm`; `fees[].name` in a list, `creatives.<id>` under a key that people choose. */
  path: string
  required: boolean
  text: string
}

/** Maps whose values are another kind without its ids: told once. */
const ELSEWHERE: ReadonlySet<string> = new Set(['campaign line_items.<id>'])

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const schemaAt = (schema: JsonSchema, key: string): JsonSchema => (isSchema(schema[key]) ? schema[key] : {})

/** Fields of a kind of file in the order of its schema, parents first; of `where` those that every `where` may hold. */
export function fieldsOf(kind: Kind | 'where'): Field[] {
  const schema = kind === 'where' ? (JSON.parse(JSON.stringify(WhereSchema)) as JsonSchema) : jsonSchema(kind) // plain
  return below(kind, schema, '')
}

function below(kind: string, schema: JsonSchema, path: string): Field[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const isLeaf = Array.isArray(schema['type']) && schema['type'].includes('array')
  return Object.entries(schemaAt(schema, 'properties')).flatMap(([key, property]) => {
    // `not` of a leaf is told above the tables, not at each of a hundred leaves
    if (!isSchema(property) || (isLeaf && key === 'not')) return []
    const at = path === '' ? key : `${path}.${key}`
    return [{ path: at, required: required.includes(key), text: textOf(property) }, ...within(kind, property, at)]
  })
}

/** What is below a field: its own keys, the objects of its list, the values of its map. */
function within(kind: string, schema: JsonSchema, path: string): Field[] {
  return [
    ...below(kind, schema, path),
    ...below(kind, schemaAt(schema, 'items'), `${path}[]`),
    ...inMap(kind, schema['additionalProperties'], `${path}.<id>`),
  ]
}

function inMap(kind: string, values: unknown, path: string): Field[] {
  if (!isSchema(values)) return []
  const own = { path, required: false, text: textOf(values) }
  return ELSEWHERE.has(`${kind} ${path}`) ? [own] : [own, ...within(kind, values, path)]
}

function textOf({ description, what, $ref }: JsonSchema): string {
  const text = description ?? what ?? ($ref === undefined ? '' : 'See where, below.')
  return String(text).replaceAll('|', '\\|')
}

/** Everything after this line of docs/yaml.md is generated. */
export const FIELDS_MARK = '## Every field'

/** The tables, in Markdown. */
export function fieldsPage(): string {
  const kinds = [...KINDS, 'where'] as const
  const tables = kinds.map(kind => {
    const rows = fieldsOf(kind).map(
      ({ path, required, text }) => `| \`${path}\` | ${required ? 'yes' : ''} | ${text} |`,
    )
    return [`### ${kind}`, '| field | needed | |', '|---|---|---|', ...rows].join('\n')
  })
  const head = 'Generated from contract/schema. `needed`: wherever the map that it stands in is there.'
  return `${[FIELDS_MARK, head, ...tables].join('\n\n')}\n`
}
