/**
 * Reading of raw JSON and of parsed YAML where the type that is there is not the type that was promised (OpenRTB 2.6
 * §2.6: unknown and odd values are tolerated). The interpreter reads everything through these six functions.
 */
export type Tree = { readonly [key: string]: unknown }

const EMPTY: Tree = {}

/** An object, or the empty object for anything else (`null`, text, list). */
export const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : EMPTY // just checked

export const has = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list; a lone value where a list belongs is a list of one, as `"cat": "IAB1"` occurs in real traffic. */
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]

/** Text, or a number as its digits (`carrier: 70093`); null for everything else and for blanks. */
export function text(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'string') return null
  const trimmed = value.trim()
  return trimmed === '' ? null : trimmed
}

export const texts = (value: unknown): string[] =>
  list(value)
    .map(text)
    .filter(item => item !== null)

/** A number, or text that is one; booleans count as 0 and 1. */
export function number(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : null
}

export const numbers = (value: unknown): number[] =>
  list(value)
    .map(number)
    .filter(item => item !== null)

/** The first place that holds something: OpenRTB 2.6 moved fields out of `ext`, and 2.6 wins where both are there. */
export const first = (...values: unknown[]): unknown => values.find(value => value !== undefined && value !== null)
