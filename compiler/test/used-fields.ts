/** Which fields docs/yaml.md names, and which a file of ours uses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIELDS_MARK } from '@flightplan/contract/schema/fields.ts'

const PAGE = join(import.meta.dirname, '../../docs/yaml.md')

export type Page = ReadonlyMap<string, ReadonlySet<string>>

/** Kind → the fields that the page names, read from the page alone. */
export function namedOnPage(): Page {
  const sections = readFileSync(PAGE, 'utf8').split(FIELDS_MARK)[1]?.split('\n### ').slice(1) ?? []
  return new Map(
    sections.map(section => {
      const fields = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, field = '']) => field)
      return [section.slice(0, section.indexOf('\n')), new Set(fields)]
    }),
  )
}

type Plain = Record<string, unknown>
export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Paths of a file as people wrote it, with the kind whose table has them. Requests of tests are OpenRTB, not ours. */
export function pathsIn(kind: string, value: unknown, path: string, page: Page): [string, string][] {
  if (Array.isArray(value)) return value.flatMap(one => pathsIn(kind, one, `${path}[]`, page))
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, below]): [string, string][] => {
    if (key === 'where' && kind !== 'where') return pathsInWhere(below)
    if (kind === 'campaign' && path === 'line_items') return pathsIn('line_item', below, '', page)
    const own = path === '' ? key : `${path}.${key}`
    const mapped = `${path}.<id>`
    const isMap = page.get(kind)?.has(own) === false && page.get(kind)?.has(mapped)
    return isMap ? pathsIn(kind, below, mapped, page) : [[kind, own], ...pathsIn(kind, below, own, page)]
  })
}

/** `all`, `any` and `not` hold wheres; a leaf's own `not` is told in words. */
function pathsInWhere(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) return value.flatMap(one => pathsInWhere(one, path))
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, below]): [string, string][] => {
    if (path === '' && ['all', 'any', 'not'].includes(key)) return [['where', key], ...pathsInWhere(below)]
    if (key === 'not') return []
    const own = path === '' ? key : `${path}.${key}`
    return [['where', own], ...pathsInWhere(below, own)]
  })
}
