/**
 * Which values of a kind are text. Amounts, ids and versions are often written like numbers (`9.10`, `01067`), and a
 * number forgets how it was written: the parser keeps the source of a number wherever the schema wants text.
 */
import { isKind, type JsonSchema, jsonSchema, type Kind } from '@flightplan/contract/schema/kinds.ts'

export interface TextShape {
  text: boolean
  keys: Map<string, TextShape>
  /** Values of a map with keys of people's choice. */
  rest: TextShape | null
  items: TextShape | null
}

const NOTHING: TextShape = { text: false, keys: new Map(), rest: null, items: null }
const shapes = new Map<Kind, TextShape>()

/** Shape of a kind; of nothing for an unknown kind. */
export function textShape(kind: string): TextShape {
  if (!isKind(kind)) return NOTHING
  const known = shapes.get(kind)
  if (known) return known
  const schema = jsonSchema(kind)
  const shape = shapeOf(schema, schema, new Map())
  shapes.set(kind, shape)
  return shape
}

export const shapeOfKey = (shape: TextShape, key: string): TextShape => shape.keys.get(key) ?? shape.rest ?? NOTHING
export const shapeOfItem = (shape: TextShape): TextShape => shape.items ?? NOTHING

/** `$ref` is followed once (`#/$defs/where` is recursive), so the shape may be a cycle. */
function shapeOf(schema: JsonSchema, root: JsonSchema, refs: Map<string, TextShape>): TextShape {
  const ref = schema['$ref']
  const target = typeof ref === 'string' ? child(child(root, '$defs'), ref.replace('#/$defs/', '')) : schema
  if (typeof ref === 'string' && refs.has(ref)) return refs.get(ref) ?? NOTHING
  const types = [target['type']].flat()
  const shape: TextShape = { text: types.includes('string'), keys: new Map(), rest: null, items: null }
  if (typeof ref === 'string') refs.set(ref, shape)
  const properties = child(target, 'properties')
  for (const key of Object.keys(properties)) shape.keys.set(key, shapeOf(child(properties, key), root, refs))
  if (isSchema(target['additionalProperties'])) shape.rest = shapeOf(target['additionalProperties'], root, refs)
  if (isSchema(target['items'])) shape.items = shapeOf(target['items'], root, refs)
  return shape
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null
const child = (schema: JsonSchema, key: string): JsonSchema => {
  const value = schema[key]
  return isSchema(value) ? value : {}
}
