import parents from '@flightplan/contract/data/category-parents.json' with { type: 'json' }
import { number } from './lenient.ts'

/** OpenRTB `cattax` → child → parent. Content Taxonomy 1.0 (1) needs none: `IAB1-2` lies under `IAB1`. */
const PARENTS: ReadonlyMap<number, Readonly<Record<string, string>>> = new Map<number, Record<string, string>>([
  [6, parents.content_2],
  [8, parents.ad_product_2],
  [9, parents.content_3],
])

/** Minor versions share their ids, so 2.0 and 2.1 are read as 2.2 (6), and 3.0 as 3.1 (9). Absent: 1. */
export function taxonomyOf(cattax: unknown): number {
  const stated = number(cattax) ?? 1
  if (stated === 2 || stated === 5) return 6
  return stated === 7 ? 9 : stated
}

function parentOf(taxonomy: number, id: string): string | null {
  if (taxonomy === 1) return /^(IAB\d+)-\d+$/.exec(id)?.[1] ?? null
  const table = PARENTS.get(taxonomy)
  return table !== undefined && Object.hasOwn(table, id) ? (table[id] ?? null) : null
}

/** A category and its ancestors, itself first. */
export function withParents(taxonomy: number, id: string): string[] {
  const chain = [id]
  for (let up = parentOf(taxonomy, id); up !== null && !chain.includes(up); up = parentOf(taxonomy, up)) chain.push(up)
  return chain
}
