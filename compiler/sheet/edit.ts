/**
 * A line item of a sheet → the YAML where it is written. Fields that are equal stay as they are, to the letter, and so
 * do comments; what differs is replaced in place.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, type Node, parseDocument, Scalar } from 'yaml'
import { format } from '../fmt.ts'
import type { Path } from '../yaml-tree.ts'
import { COLUMN_NAMES, COLUMNS, valueAt } from './columns.ts'

export interface Edit {
  /** Where the line item is in its file: `[]` or `['line_items', 'x']`. */
  at: Path
  /** As it is now; null: it is new. */
  now: object | null
  /** As the sheet has it. */
  wanted: object
}

/** The file's text after the edits, in the form of `flight fmt`; the same text where nothing differs. */
export function editYaml(text: string, edits: readonly Edit[]): string {
  const open = edits.filter(({ now, wanted }) => !now || !sameItem(now, wanted))
  if (open.length === 0) return text
  const document = parseDocument(text, { version: '1.2', schema: 'failsafe', stringKeys: true })
  for (const edit of open) applyEdit(document, edit)
  const changed = String(document)
  return format(changed) ?? changed
}

/** Order of keys is no difference. */
const sameItem = (a: object, b: object): boolean => FIELDS.every(path => sameAt(a, b, path))
const sameAt = (a: object, b: object, path: Path): boolean => isDeepStrictEqual(valueAt(a, path), valueAt(b, path))

/** Paths that are set as a whole. `bid` is one: its kind is a key. */
function fieldPaths(): Path[] {
  const seen = new Map<string, Path>()
  for (const name of COLUMN_NAMES) {
    if (name === 'campaign' || name === 'line_item') continue
    const { path } = COLUMNS[name]
    const whole: Path = path[0] === 'bid' ? ['bid'] : path
    seen.set(whole.join('.'), whole)
  }
  return [...seen.values()]
}
const FIELDS = fieldPaths()

function applyEdit(document: Document, { at, now, wanted }: Edit): void {
  if (!now && at.length > 0 && !document.hasIn(at)) document.setIn(at, document.createNode({}))
  for (const path of FIELDS) {
    const value = valueAt(wanted, path)
    if (now && sameAt(now, wanted, path)) continue
    if (value === undefined) remove(document, at, path)
    else document.setIn([...at, ...path], nodeOf(document, value))
  }
}

/** An empty map would be a blank value: it goes with its last key. */
function remove(document: Document, at: Path, path: Path): void {
  if (!document.hasIn([...at, ...path])) return
  document.deleteIn([...at, ...path])
  const parent = document.getIn([...at, ...path.slice(0, -1)], true)
  if (path.length > 1 && isMap(parent) && parent.items.length === 0) document.deleteIn([...at, ...path.slice(0, -1)])
}

/** In the failsafe schema all scalars are text, so that `8.50` is written as it is. */
function nodeOf(document: Document, value: unknown): Node {
  return document.createNode(written(value), { flow: true }) as Node // never an alias: each value is there once
}

function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, written(inner)]))
  const scalar = new Scalar(String(value))
  if (typeof value === 'string' && NEEDS_QUOTES.test(value)) scalar.type = 'QUOTE_DOUBLE'
  return scalar
}

/** Text that would be read as something else when plain. */
const NEEDS_QUOTES = /^(?:|~|null|true|false)$/i
