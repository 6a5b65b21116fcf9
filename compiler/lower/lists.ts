/** Inventory lists: their members become terms whose postings are the terms of the lists that hold them. */
import { LIST_MEMBER } from '@flightplan/contract/snapshot.ts'
import type { World } from '../resolve/world.ts'
import type { Named } from './meta.ts'
import { valuesOf } from './meta.ts'
import type { Index } from './postings.ts'
import { eachUse, type Targeted } from './target-all.ts'

const SPARSE = 1

/** Before the layout: the members, as values of {@link LIST_MEMBER}, of every list that a line item names. */
export function membersOf(world: World, targeted: Targeted): number[] {
  const { vocabulary, wanted } = targeted.pool
  const attribute = vocabulary.find('list')
  if (attribute === undefined) return []
  const named = new Set<string>()
  eachUse(targeted, list => {
    const values = wanted.attributes[list] === attribute ? wanted.wanted[list]! : [] // a list of the pool
    if (!('ranges' in values)) for (const value of values) named.add(vocabulary.text(attribute, value))
  })
  const members = vocabulary.attribute(LIST_MEMBER)
  return [...named].flatMap(id => (world.lists.get(id) ?? []).map(text => vocabulary.value(members, text)))
}

/** After it: their postings. */
export function writeMembers(world: World, named: Named, { terms, postings }: Index): void {
  const listTerms = new Map<string, number[]>()
  for (const { text, term } of valuesOf(named, 'list'))
    for (const member of new Set(world.lists.get(text))) {
      const known = listTerms.get(member)
      if (known) known.push(term)
      else listTerms.set(member, [term])
    }
  for (const { text, term } of valuesOf(named, LIST_MEMBER)) {
    const lists = listTerms.get(text) ?? []
    terms.in_kind[term] = SPARSE
    terms.in_at[term] = postings.append(lists)
    terms.in_n[term] = lists.length
  }
}
