/** One parsed file → its kind and typed value, or what is wrong with its shape. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { isKind, jsonSchema, KINDS, type Kind, type KindTypes } from '@flightplan/contract/schema/kinds.ts'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { error, orList, warning } from './diagnostics.ts'
import { didYouMean } from './did-you-mean.ts'
import type { ParsedFile } from './parse.ts'
import { explainErrors } from './validate-errors.ts'

/** A file whose shape is right. `kind` tells which type `value` has. */
export type ValidFile = { [K in Kind]: ValidFileOf<K> }[Kind]
export interface ValidFileOf<K extends Kind> {
  kind: K
  /** Value of the first key; the version in flightplan.yaml. */
  id: string
  value: KindTypes[K]
  file: ParsedFile
}

export interface ValidateResult {
  /** Null when there is an error. */
  valid: ValidFile | null
  diagnostics: Diagnostic[]
}

export function validateFile(file: ParsedFile): ValidateResult {
  if (file.value === undefined) return { valid: null, diagnostics: [] } // the parser said why
  const kind = kindOf(file)
  if (typeof kind !== 'string') return { valid: null, diagnostics: [kind] }
  const validate = validator(kind)
  if (!validate(file.value)) return { valid: null, diagnostics: explainErrors(file, kind, validate.errors ?? []) }
  const value = file.value as KindTypes[Kind] // the schema of this kind has just accepted it
  const id = String((file.value as Record<string, unknown>)[kind])
  const diagnostics = kind === 'pacing' ? [noEffect(file)] : []
  return { valid: { kind, id, value, file } as ValidFile, diagnostics } // kind and value belong together
}

function noEffect(file: ParsedFile): Diagnostic {
  const message = 'the pacing strategy is checked, but campaigns can use it from a later version on'
  return warning('FP2011', file.keyAt(['pacing']), message)
}

/** The kind that the first key names, or why there is none. */
function kindOf(file: ParsedFile): Kind | Diagnostic {
  const { value } = file
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return error('FP2001', file.at([]), 'a file is a map that begins with its kind', { fix: KIND_FIX })
  }
  const keys = Object.keys(value)
  const first = file.keyAt([]).start.offset === 0 && keys.length === 0 ? undefined : firstKey(file, keys)
  if (first === undefined) return error('FP2001', file.at([]), 'the map is empty', { fix: KIND_FIX })
  if (isKind(first)) return first
  const later = keys.find(isKind)
  const near = didYouMean(first, KINDS)
  const fix = near ? `did you mean "${near}"?` : later ? `move \`${later}:\` to the top` : KIND_FIX
  return error('FP2001', file.keyAt([first]), `"${first}" is no kind of file`, { fix })
}

const KIND_FIX = `begin with one of ${orList(KINDS)}`

/** The first in the text: an object lists keys that look like integers before all others. */
function firstKey(file: ParsedFile, keys: readonly string[]): string | undefined {
  if (!/^[0-9]/.test(keys[0] ?? '')) return keys[0]
  const offset = (key: string) => file.keyAt([key]).start.offset
  return keys.reduce((a, b) => (offset(a) <= offset(b) ? a : b))
}

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true, verbose: true })
// annotations of our own: `what` completes "must be …", `ref` names the kind that an id belongs to
ajv.addVocabulary(['what', 'ref'])
const validators = new Map<Kind, ValidateFunction>()

/** Compiled on first use: a run over one folder rarely needs all kinds. */
function validator(kind: Kind): ValidateFunction {
  const known = validators.get(kind)
  if (known) return known
  const compiled = ajv.compile(jsonSchema(kind))
  validators.set(kind, compiled)
  return compiled
}
