/** Parents of categories: IAB Tech Lab taxonomies (CC-BY 3.0), ids and parents only. */
import parents from './data/category-parents.json' with { type: 'json' }

type Parents = ReadonlyMap<string, string>
const table = (entries: Record<string, string>): Parents => new Map(Object.entries(entries))

/** By AdCOM `cattax`. 1 needs none: `IAB1-2` → `IAB1`. */
const PARENTS: ReadonlyMap<string, Parents> = new Map([
  ['6', table(parents.content_2)],
  ['8', table(parents.ad_product_2)],
  ['9', table(parents.content_3)],
])

/**
 * Minor versions of one taxonomy share ids, so a request in 2.0 (2) or 2.1 (5) is read as 2.2 (6), and 3.0 (7) as
 * 3.1 (9): the versions that YAML can name.
 */
export function canonicalTaxonomy(cattax: number): number {
  return cattax === 2 || cattax === 5 ? 6 : cattax === 7 ? 9 : cattax
}

/** `1:IAB1-2` → `1:IAB1`; null at the top, and for categories that no table knows. */
export function parentCategory(category: string): string | null {
  const colon = category.indexOf(':')
  const taxonomy = category.slice(0, colon)
  const id = category.slice(colon + 1)
  if (taxonomy === '1') {
    const dash = id.lastIndexOf('-')
    return dash > 0 ? `1:${id.slice(0, dash)}` : null
  }
  const parent = PARENTS.get(taxonomy)?.get(id)
  return parent === undefined ? null : `${taxonomy}:${parent}`
}

/** Deeper than any table; a loop in one must not hang a bid. */
const MAX_DEPTH = 8

/** `1:IAB1-2` → itself and `1:IAB1`: what a list that names the parent covers. */
export function withAncestors(category: string): string[] {
  const out: string[] = []
  for (let at: string | null = category; at !== null && out.length < MAX_DEPTH; at = parentCategory(at)) out.push(at)
  return out
}
