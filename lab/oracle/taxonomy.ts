import parents from '@flightplan/contract/data/category-parents.json' with { type: 'json' }

/**
 * OpenRTB `cattax` → child → parent. Versions of one taxonomy share their ids, and so a table. Content Taxonomy 1.0
 * (cattax 1) needs none: `IAB1-2` lies under `IAB1`.
 */
const PARENTS: ReadonlyMap<number, Readonly<Record<string, string>>> = new Map<number, Record<string, string>>([
  [2, parents.content_2],
  [5, parents.content_2],
  [6, parents.content_2],
  [7, parents.content_3],
  [8, parents.ad_product_2],
  [9, parents.content_3],
])

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
