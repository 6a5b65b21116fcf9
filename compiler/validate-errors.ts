/** What the schema validator found → diagnostics that a buyer can act on: one per cause, with place and fix. */
import { parseNano } from '@flightplan/contract/decimal.ts'
import { compareDiagnostics, type Diagnostic, type Span } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import type { Kind } from '@flightplan/contract/schema/kinds.ts'
import { LATER } from '@flightplan/contract/schema/later.ts'
import type { ErrorObject } from 'ajv'
import { error, orList } from './diagnostics.ts'
import { didYouMean } from './did-you-mean.ts'
import type { ParsedFile } from './parse.ts'
import type { Path } from './yaml-tree.ts'

/** More than this in one file is one cause that nobody reads to the end. */
const MAX_PER_FILE = 100

interface Finding {
  code: ErrorCode
  /** The value, or with `key` the entry, that is at fault. */
  path: Path
  onKey: boolean
  message: string
  fix?: string
}

export function explainErrors(file: ParsedFile, kind: Kind, errors: readonly ErrorObject[]): Diagnostic[] {
  const findings = new Map<string, Finding>()
  for (const found of errors) {
    const finding = explain(found, kind, file.value)
    const id = finding && `${finding.code} ${JSON.stringify(finding.path)}`
    if (finding && id && !findings.has(id)) findings.set(id, finding)
  }
  const causes = withoutConsequences([...findings.values()])
  const diagnostics = causes.map(finding => error(finding.code, spanOf(file, kind, finding), finding.message, finding))
  return diagnostics.sort(compareDiagnostics).slice(0, MAX_PER_FILE)
}

/** What is missing has no place: the key of the map that misses it stands for it, and at the top the kind. */
function spanOf(file: ParsedFile, kind: Kind, { code, path, onKey }: Finding): Span {
  const place = code === 'FP2003' ? path.slice(0, -1) : path
  if (place.length === 0) return file.keyAt([kind])
  return onKey ? file.keyAt(place) : file.at(place)
}

/** A blank, a later word or a misspelt key explains what else is wrong at the same value, or misses in the same map. */
function withoutConsequences(findings: Finding[]): Finding[] {
  const settled = new Set(findings.filter(f => SETTLES.has(f.code)).map(f => pathKey(f.path)))
  const disturbed = new Set(findings.filter(disturbsMap).map(f => pathKey(f.path.slice(0, -1))))
  return findings.filter(({ code, path }) => {
    if (SETTLES.has(code)) return true
    if (code === 'FP2003') return !disturbed.has(pathKey(path.slice(0, -1)))
    if (code === 'FP2012') return !disturbed.has(pathKey(path))
    return !settled.has(pathKey(path))
  })
}

const pathKey = (path: Path): string => JSON.stringify(path)
const SETTLES: ReadonlySet<ErrorCode> = new Set(['FP2002', 'FP2004', 'FP2010'])

/** Later words at the top of a file stand for themselves; deeper down they often are the reason for the map. */
const disturbsMap = ({ code, path, fix }: Finding): boolean =>
  (code === 'FP2002' && fix !== undefined) || (code === 'FP2010' && path.length > 1)

/** Null for errors that only repeat another one. */
function explain(found: ErrorObject, kind: Kind, root: unknown): Finding | null {
  const path = pathOf(found.instancePath, root)
  if (found.data === null) return blank(path)
  const later = laterWord(found, kind, path)
  if (later) return later
  if (found.propertyName !== undefined) return null // `propertyNames` reports it
  const explained = EXPLANATIONS[found.keyword]
  const [code, message, fix] = explained?.(found) ?? ['FP2005' as const, found.message ?? 'not allowed']
  if (message === '') return null
  const child = childKey(found)
  const at = child === null ? path : [...path, child]
  return { code, path: at, onKey: ON_KEY.has(found.keyword), message, ...(fix === undefined ? {} : { fix }) }
}

const ON_KEY: ReadonlySet<string> = new Set([
  'additionalProperties',
  'required',
  'propertyNames',
  'dependentRequired',
  'oneOf',
  'anyOf',
  'not',
])

/** The entry of the map that an error is about, where it is about one. */
function childKey({ keyword, params }: ErrorObject): string | null {
  if (keyword === 'additionalProperties') return String(params['additionalProperty'])
  if (keyword === 'required') return String(params['missingProperty'])
  if (keyword === 'propertyNames') return String(params['propertyName'])
  return keyword === 'dependentRequired' ? String(params['property']) : null
}

function blank(path: Path): Finding {
  const last = path.at(-1)
  const message = typeof last === 'number' ? `entry ${last + 1} is blank` : `"${last}" is blank`
  return { code: 'FP2004', path, onKey: true, message, fix: 'write a value, or remove the line' }
}

/** Keywords by which the value of a known key may be one from a later version; other faults are slips. */
const LATER_KEYWORDS: ReadonlySet<string> = new Set(['additionalProperties', 'enum', 'maxItems'])

function laterWord(found: ErrorObject, kind: Kind, path: Path): Finding | null {
  if (!LATER_KEYWORDS.has(found.keyword)) return null
  if (found.keyword === 'enum' && didYouMean(String(found.data), found.params['allowedValues'])) return null
  const child = childKey(found)
  const at = child === null ? path : [...path, child]
  const what = laterText(LATER[kind] ?? {}, at)
  if (what === null) return null
  const message = `accepted from a later version: ${what}; remove it for now`
  return { code: 'FP2010', path: at, onKey: child !== null, message }
}

/** `line_items.*.bid.shading` fits `['line_items', 'x', 'bid', 'shading']`. */
function laterText(later: Readonly<Record<string, string>>, path: Path): string | null {
  for (const [pattern, what] of Object.entries(later)) {
    const steps = pattern.split('.')
    if (steps.length === path.length && steps.every((step, i) => step === '*' || step === path[i])) return what
  }
  return null
}

/** Code, message, fix; an empty message: nothing of its own to say. */
type Told = readonly [ErrorCode, string, (string | undefined)?]
type Explanation = (found: ErrorObject) => Told

const EXPLANATIONS: Record<string, Explanation> = {
  additionalProperties: unknownKey,
  required: missingKey,
  type: wrongType,
  enum: wrongWord,
  const: ({ params }) => ['FP2006', `must be ${JSON.stringify(params['allowedValue'])}`],
  pattern: wrongForm,
  propertyNames: ({ params }) => ['FP2007', `"${params['propertyName']}" cannot be a key here`, KEY_FIX],
  oneOf: exactlyOneOf,
  anyOf: found => ['FP2012', `must hold ${orList(choices(found, 'anyOf'))}`],
  not: found => ['FP2012', `holds both ${requiredOf(found.parentSchema?.['not']).join(' and ')}`, 'keep one of them'],
  dependentRequired: ({ params }) => [
    'FP2013',
    `"${params['property']}" needs "${params['missingProperty']}" beside it`,
  ],
  minimum: range,
  maximum: range,
  exclusiveMinimum: range,
  minItems: ({ params }) => count('entries', 'least', params['limit']),
  maxItems: ({ params }) => count('entries', 'most', params['limit']),
  minProperties: ({ params }) => count('keys', 'least', params['limit']),
  maxProperties: () => ['FP2012', '"not" stands alone in its map', 'keep it, or the version ranges'],
  minLength: ({ params }) => count('characters', 'least', params['limit']),
  maxLength: ({ params }) => count('characters', 'most', params['limit']),
  uniqueItems: ({ params }) => [
    'FP2009',
    `entries ${params['j'] + 1} and ${params['i'] + 1} are the same`,
    'remove one',
  ],
}

const KEY_FIX = 'use letters, digits, dots, dashes and underscores'

const count = (what: string, bound: string, limit: number): [ErrorCode, string] => [
  'FP2009',
  `must have at ${bound} ${limit} ${limit === 1 ? ONE[what] : what}`,
]
const ONE: Record<string, string> = { entries: 'entry', keys: 'key', characters: 'character' }

function unknownKey({ params, parentSchema }: ErrorObject): Told {
  const key = String(params['additionalProperty'])
  const known = Object.keys(parentSchema?.['properties'] ?? {})
  const near = didYouMean(key, known)
  if (near) return ['FP2002', `unknown key "${key}"`, `did you mean "${near}"?`]
  const message = known.length <= 12 ? `unknown key "${key}"; known here: ${known.join(', ')}` : `unknown key "${key}"`
  return ['FP2002', message]
}

/** `required` within `oneOf` and the like only says why a branch did not fit. */
function missingKey({ params, schemaPath }: ErrorObject): Told {
  if (/\/(oneOf|anyOf|not)\//.test(schemaPath)) return ['FP2003', '']
  return ['FP2003', `the key "${params['missingProperty']}" is missing`]
}

function wrongType({ data, params, parentSchema }: ErrorObject): Told {
  const wanted = [params['type']].flat().map(type => TYPE_WORDS[type] ?? type)
  const got = Array.isArray(data) ? 'a list' : (TYPE_WORDS[typeof data] ?? typeof data)
  const message = parentSchema?.['what'] ? `must be ${parentSchema['what']}` : `must be ${orList(wanted)}`
  return ['FP2005', `${message}, and is ${got}`, typeFix(data, wanted)]
}

const TYPE_WORDS: Record<string, string> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
}

function typeFix(data: unknown, wanted: readonly string[]): string | undefined {
  const scalar = typeof data !== 'object'
  if (scalar && wanted.includes('a list')) return `write a list: [${data}]`
  if (typeof data === 'boolean' && wanted.includes('text')) return `quote it: "${data}"`
  if (typeof data === 'string' && /^[0-9.]+$/.test(data)) return 'remove the quotes'
  return undefined
}

function wrongWord({ data, params }: ErrorObject): Told {
  const allowed: string[] = params['allowedValues'].map(String)
  const near = didYouMean(String(data), allowed)
  const message = `"${data}" is not one of ${orList(allowed)}`
  return near ? ['FP2006', message, `did you mean "${near}"?`] : ['FP2006', message]
}

function wrongForm({ data, parentSchema }: ErrorObject): Told {
  const what = parentSchema?.['what'] ?? 'of another form'
  const isDecimal = [parentSchema?.['type']].flat().includes('number')
  const fault = isDecimal ? parseNano(String(data)) : 'malformed'
  return [fault === 'malformed' ? 'FP2007' : 'FP2014', `"${data}" must be ${what}`]
}

function exactlyOneOf(found: ErrorObject): Told {
  const names = choices(found, 'oneOf')
  const present = names.filter(name => Object.hasOwn(Object(found.data), name))
  if (present.length === 0) return ['FP2012', `must hold one of ${names.join(', ')}`]
  return ['FP2012', `holds ${present.join(' and ')}, which exclude each other`, 'keep one of them']
}

const choices = (found: ErrorObject, keyword: string): string[] =>
  (found.parentSchema?.[keyword] ?? []).flatMap((branch: unknown) => requiredOf(branch))

function requiredOf(schema: unknown): string[] {
  const required = typeof schema === 'object' && schema !== null && 'required' in schema ? schema.required : []
  return Array.isArray(required) ? required.map(String) : []
}

function range({ data, params }: ErrorObject): [ErrorCode, string] {
  const words: Record<string, string> = { '>=': 'at least', '<=': 'at most', '>': 'more than' }
  return ['FP2008', `${data} must be ${words[params['comparison']] ?? params['comparison']} ${params['limit']}`]
}

/** JSON pointer → path: numbers for list indexes. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = []
  let value: unknown = root
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const isList = Array.isArray(value)
    path.push(isList ? Number(key) : key)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined // checked
  }
  return path
}
