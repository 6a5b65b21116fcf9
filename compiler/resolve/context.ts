/** What every part of the resolver reads and reports to. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import { error, warning } from '../diagnostics.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { SourceFile } from '../load.ts'
import type { ValidFileOf } from '../validate.ts'
import type { KeptParts } from './kept.ts'
import { type Kinds, type NamedKind, type Place, spanOf } from './world.ts'

export interface Context {
  kinds: Kinds
  flightplan: ValidFileOf<'flightplan'> | null
  /** Files that are no YAML, by path. */
  side: ReadonlyMap<string, SourceFile>
  /** Rego rules that YAML may name; null when no policy is compiled. */
  rules: ReadonlySet<string> | null
  /** False when some file could not be read: references are not judged then. */
  whole: boolean
  /** Of earlier runs. */
  kept: KeptParts
  diagnostics: Diagnostic[]
}

/** The other place that a fault is about. */
export interface Also {
  message: string
  place?: Place
}

const extra = (also: readonly Also[], fix?: string) => ({
  notes: also.map(({ message, place }) => (place ? { message, span: spanOf(place) } : { message })),
  fix,
})

export function fail(
  context: Context,
  code: ErrorCode,
  place: Place,
  message: string,
  also: Also[] = [],
  fix?: string,
) {
  context.diagnostics.push(error(code, spanOf(place), message, extra(also, fix)))
}

export function warn(
  context: Context,
  code: ErrorCode,
  place: Place,
  message: string,
  also: Also[] = [],
  fix?: string,
) {
  context.diagnostics.push(warning(code, spanOf(place), message, extra(also, fix)))
}

const WORDS: Readonly<Partial<Record<NamedKind, string>>> = { inventory_list: 'inventory list' }

/** The file that an id names; null, and a diagnostic, when there is none. */
export function find<K extends NamedKind>(context: Context, kind: K, id: string, place: Place): ValidFileOf<K> | null {
  const files: ReadonlyMap<string, ValidFileOf<K>> = context.kinds[kind]
  const found = files.get(id)
  if (found) return found
  if (!context.whole) return null
  const near = didYouMean(id, files.keys())
  const fix = near ? `did you mean "${near}"?` : `add the ${WORDS[kind] ?? kind}, or remove the reference`
  fail(context, 'FP3001', place, `there is no ${WORDS[kind] ?? kind} "${id}"`, [], fix)
  return null
}

/** Place of a value in a file. */
export const placeIn = (
  file: ValidFileOf<NamedKind | 'line_item' | 'flightplan'>,
  ...path: (string | number)[]
): Place => ({
  file: file.file,
  path,
})
