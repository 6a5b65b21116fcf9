/** Plain (unquoted) scalars by the YAML 1.2 core schema, section 10.3.2. */

export type Scalar = string | number | boolean | null

const NUMBER = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
  ...['.nan', '.NaN', '.NAN'].map(word => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(word => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map(word => [word, Number.NEGATIVE_INFINITY] as const),
])

/** What a plain scalar means. Where the schema wants text (`asText`), a number stays the text that was written. */
export function plainScalar(source: string, asText: boolean): Scalar {
  const word = WORDS.get(source)
  if (word !== undefined) return asText && typeof word === 'number' ? source : word
  if (asText || !NUMBER.test(source)) return source
  if (source.startsWith('0o')) return Number.parseInt(source.slice(2), 8)
  return Number(source)
}

/** Keys that would reach the prototype chain of a plain object. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Deeper nesting than this is refused: the deepest real file has 12 levels. */
export const MAX_DEPTH = 64
