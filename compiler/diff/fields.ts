/** What a thing of the configuration says, as comparable fields: values, not text, so that no comment or format shows. */

/** A list is a set: order and repetition mean nothing in any list of the YAML that holds plain values. */
export type FieldValue = string | readonly string[]
export type Fields = Map<string, FieldValue>

/** Keys whose values are decimals: `2.50` and `2.5` are one amount. */
const AMOUNTS = new Set([
  'amount',
  'total',
  'daily_max',
  'floor',
  'cpm',
  'cpc',
  'cpa',
  'max_cpm',
  'max_cpm_usd',
  'value',
])

/** Adds every leaf of a value under its path; `where` trees, creatives and the rest alike. */
export function addFields(fields: Fields, path: string, value: unknown): void {
  if (value === undefined) return
  if (Array.isArray(value)) fields.set(path, [...new Set(value.map(one => canonical(one)))].sort())
  else if (typeof value === 'object' && value !== null)
    for (const key of Object.keys(value).sort()) {
      const inner = (value as Record<string, unknown>)[key] // key is one of its own
      addFields(fields, path === '' ? key : `${path}.${key}`, inner)
    }
  else fields.set(path, AMOUNTS.has(path.slice(path.lastIndexOf('.') + 1)) ? amount(String(value)) : String(value))
}

/** `2.50` → `2.5`; what is no decimal stays. */
const amount = (text: string): string => (/^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text)

/** One text for equal values: keys sorted, lists as sets. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(', ')}]`
  const parts = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${parts.map(([key, inner]) => `${key}: ${canonical(inner)}`).join(', ')}}`
}

export const sameValue = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => one === b[i]))
