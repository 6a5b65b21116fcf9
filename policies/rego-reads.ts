/** Which input paths a Rego module reads, and which rules it declares, from the syntax tree of `opa parse`. */
import { INPUT_SHAPE } from './input-shape.ts'

export interface Fault {
  file: string
  line: number
  message: string
}

export interface Module {
  /** `flightplan.request.privacy` */
  package: string
  /** Rule names; `default` where the module gives that rule a default value. */
  rules: Map<string, { line: number; default: unknown }>
  /** Leaf paths of the input that it reads, `privacy.gdpr_applies`. */
  reads: string[]
  faults: Fault[]
}

type Node = { [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const node = (value: unknown): Node => (isNode(value) ? value : {})

/** Reads one module from the JSON of `opa parse --format json --json-include locations`. */
export function readModule(file: string, tree: unknown): Module {
  const root = node(tree)
  const rules: Module['rules'] = new Map()
  for (const rule of list(root['rules']).map(node)) {
    const head = node(rule['head'])
    const name = String(node(list(head['ref'])[0])['value'])
    const isDefault = rule['default'] === true
    const before = rules.get(name)
    if (before && !isDefault) continue
    rules.set(name, { line: lineOf(rule), default: isDefault ? node(head['value'])['value'] : undefined })
  }
  const reads = new Set<string>()
  const faults: Fault[] = []
  walk(root, ref => readRef(ref, file, reads, faults))
  const path = list(node(root['package'])['path']).slice(1)
  return { package: path.map(term => node(term)['value']).join('.'), rules, reads: [...reads].sort(), faults }
}

/** Calls `visit` with the terms of every reference to `input`, the bare word included. */
function walk(value: unknown, visit: (terms: Node[]) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit)
  if (!isNode(value)) return
  const terms = list(value['value']).map(node)
  if (value['type'] === 'var' && value['value'] === 'input') visit([value])
  else if (value['type'] === 'ref' && terms[0]?.['value'] === 'input') {
    visit(terms)
    // what stands in brackets may read the input as well
    walk(terms.slice(1), visit)
  } else for (const key of Object.keys(value)) if (key !== 'location') walk(value[key], visit)
}

/**
 * Follows a reference down the shape of the input as far as names go. A name that is not there, or a variable where an
 * object's name should be, is a fault: the projection and the memo need every path before the first request.
 */
function readRef(terms: Node[], file: string, reads: Set<string>, faults: Fault[]): void {
  let shape: unknown = INPUT_SHAPE
  let path = ''
  const fault = (message: string) => faults.push({ file, line: lineOf(terms[0] ?? {}), message })
  for (const term of terms.slice(1)) {
    if (!isNode(shape)) break
    const name = term['value']
    if (term['type'] !== 'string' || typeof name !== 'string')
      return void fault(`\`input${path && `.${path}`}[…]\` is dynamic: name the field, so that the build can list it`)
    if (!Object.hasOwn(shape, name))
      return void fault(`there is no \`input.${path && `${path}.`}${name}\`; known: ${Object.keys(shape).join(', ')}`)
    shape = shape[name]
    path = path ? `${path}.${name}` : name
  }
  if (path === '') return void fault('the whole `input` is read: name the fields, so that the build can list them')
  for (const leaf of leaves(shape, path)) reads.add(leaf)
}

function leaves(shape: unknown, path: string): string[] {
  if (!isNode(shape)) return [path]
  return Object.entries(shape).flatMap(([name, inner]) => leaves(inner, `${path}.${name}`))
}

function lineOf(value: Node): number {
  return Number(node(value['location'])['row'] ?? 1)
}
