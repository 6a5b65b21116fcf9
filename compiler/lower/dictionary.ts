/** Value → term, for the engine: open addressing over all terms that have a value. */
import { type AttributeMeta, termHash } from '@flightplan/contract/snapshot.ts'

/** @param texts value by term; null for pieces of intervals */
export function buildDictionary(attributes: readonly AttributeMeta[], texts: readonly (string | null)[]): Uint32Array {
  const named = texts.filter(text => text !== null).length
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, named * 2)))
  const table = new Uint32Array(size)
  for (const [attribute, { first_term, terms }] of attributes.entries())
    for (let term = first_term; term < first_term + terms; term++) {
      const text = texts[term]
      if (text !== null && text !== undefined) insert(table, termHash(attribute, text), term)
    }
  return table
}

function insert(table: Uint32Array, hash: number, term: number): void {
  const mask = table.length - 1
  let slot = hash & mask
  while (table[slot] !== 0) slot = (slot + 1) & mask
  table[slot] = term + 1
}
