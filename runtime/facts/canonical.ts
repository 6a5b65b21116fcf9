/** Content addressing of facts. */
import { createHash } from 'node:crypto'

/** JSON with sorted keys and no blanks: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${pairs.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}

/** `sha256:<hex>` of the canonical JSON of facts without their `digest`. */
export function factsDigest(facts: object): string {
  const content = Object.fromEntries(Object.entries(facts).filter(([key]) => key !== 'digest'))
  return `sha256:${createHash('sha256').update(canonicalJson(content)).digest('hex')}`
}
