/** Inventory lists: their members become terms whose postings are the terms of the lists that hold them. */
import { LIST_MEMBER } from '@flightplan/contract/snapshot.ts'
import type { World } from '../resolve/world.ts'
import type { Named } from './meta.ts'
import { valuesOf } from './meta.ts'
import type { Index } from './postings.ts'
import type { Vocabulary } from './vocabulary.ts'

const SPARSE = 1

/** Before the layout: the members of every list that a line item names. */
export function addMembers(world: World, vocabulary: Vocabulary): void {
  const lists = vocabulary.find('list')
  if (lists === undefined) return
  const attribute = vocabulary.attribute(LIST_MEMBER)
  for (const list of vocabulary.entries[lists]!.texts) // a number of the vocabulary
    for (const member of world.lists.get(list) ?? []) vocabulary.value(attribute, member)
}

/** After it: their postings. */
export function writeMembers(world: World, named: Named, index: Index): void {
  const listTerms = new Map<string, number[]>()
  for (const { text, term } of valuesOf(named, 'list'))
    for (const member of new Set(world.lists.get(text))) {
      const terms = listTerms.get(member)
      if (terms) terms.push(term)
      else listTerms.set(member, [term])
    }
  for (const { text, term } of valuesOf(named, LIST_MEMBER)) {
    const terms = listTerms.get(text) ?? []
    const row = index.terms[term]! // a term of the layout
    row.in_kind = SPARSE
    row.in_at = index.postings.length
    row.in_n = terms.length
    index.postings.push(...terms)
  }
}
