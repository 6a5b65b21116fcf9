/** Conjunctions → postings and bitmaps: what the matcher walks. */

import type { Row } from '@flightplan/contract/columns.ts'
import { type AttributeMeta, BLOCK_WORDS, NONE, type TABLES } from '@flightplan/contract/snapshot.ts'
import type { Conjunction, Constraint } from './conjunction.ts'
import { type Layout, termsOf } from './layout.ts'
import { Words } from './pools.ts'

/** A row of the term table that is still being filled in. */
export type TermRow = { -readonly [K in keyof Row<typeof TABLES.term>]: number }

export interface Index {
  /** Rows of the term table, `value_str` not yet filled in. */
  terms: TermRow[]
  postings: Words
  bitmaps: Words
  open_blocks: Uint8Array
  words: number
}

const SPARSE = 1
const DENSE = 2
/** A bitmap of one block takes 32 words: shorter lists stay sparse in any case. */
const LEAST_DENSE = BLOCK_WORDS

/** Fills `base_at` and `has_not` of the attributes. */
export function buildIndex(conjunctions: readonly Conjunction[], layout: Layout, attributes: AttributeMeta[]): Index {
  const blocks = Math.ceil(conjunctions.length / (32 * BLOCK_WORDS))
  const index: Index = {
    terms: Array.from({ length: layout.terms }, emptyTerm),
    postings: new Words(),
    bitmaps: new Words(),
    open_blocks: new Uint8Array(attributes.length * blocks).fill(1),
    words: blocks * BLOCK_WORDS,
  }
  writePostings(index, conjunctions, layout, 'in')
  writePostings(index, conjunctions, layout, 'not')
  writeBases(index, conjunctions, layout, attributes)
  return index
}

const emptyTerm = (): TermRow => ({ value_str: NONE, in_kind: 0, in_at: 0, in_n: 0, not_kind: 0, not_at: 0, not_n: 0 })
const constraintsOf = (conjunction: Conjunction, side: 'in' | 'not'): readonly Constraint[] =>
  side === 'in' ? conjunction.ins : conjunction.nots

/** Counts, gives each term its place, then fills: conjunctions come in rising order, so every posting is sorted. */
function writePostings(index: Index, conjunctions: readonly Conjunction[], layout: Layout, side: 'in' | 'not'): void {
  const lists = conjunctions.map(conjunction =>
    constraintsOf(conjunction, side).map(({ attribute, wanted }) => termsOf(attribute, wanted, layout)),
  )
  const counts = new Uint32Array(layout.terms)
  for (const ofConjunction of lists)
    for (const terms of ofConjunction) for (const term of terms) counts[term] = counts[term]! + 1 // below layout.terms
  const cursors = placeTerms(index, counts, conjunctions.length, side)
  lists.forEach((ofConjunction, conjunction) => {
    for (const terms of ofConjunction) for (const term of terms) addPosting(index, cursors, side, term, conjunction)
  })
}

function placeTerms(index: Index, counts: Uint32Array, conjunctions: number, side: 'in' | 'not'): Uint32Array {
  const cursors = new Uint32Array(counts.length)
  for (let term = 0; term < counts.length; term++) {
    const n = counts[term]! // term is below counts.length
    if (n === 0) continue
    const dense = n > conjunctions / 64 && n > LEAST_DENSE
    const at = dense ? index.bitmaps.reserve(index.words) : index.postings.reserve(n)
    const row = index.terms[term]! // terms and counts have one length
    row[`${side}_kind`] = dense ? DENSE : SPARSE
    row[`${side}_at`] = at
    row[`${side}_n`] = dense ? index.words : n
    cursors[term] = at
  }
  return cursors
}

function addPosting(index: Index, cursors: Uint32Array, side: 'in' | 'not', term: number, conjunction: number): void {
  const row = index.terms[term]! // a term of the layout
  const cursor = cursors[term]! // likewise
  if (row[`${side}_kind`] === DENSE) index.bitmaps.orBits(cursor + (conjunction >>> 5), 1 << (conjunction & 31))
  else {
    index.postings.set(cursor, conjunction)
    cursors[term] = cursor + 1
  }
}

/** Per attribute that some conjunction asks about: the bitmap of those that do not, and the blocks where none does. */
function writeBases(
  index: Index,
  conjunctions: readonly Conjunction[],
  layout: Layout,
  attributes: AttributeMeta[],
): void {
  const blocks = index.words / BLOCK_WORDS
  conjunctions.forEach(({ ins, nots }, conjunction) => {
    for (const { attribute } of nots) attributes[layout.place[attribute]!]!.has_not = true // of the layout
    for (const { attribute } of ins) {
      const place = layout.place[attribute]! // likewise
      const meta = attributes[place]! // likewise
      if (meta.base_at < 0) meta.base_at = fullBitmap(index, conjunctions.length)
      index.open_blocks[place * blocks + Math.floor(conjunction / (32 * BLOCK_WORDS))] = 0
      index.bitmaps.clearBits(meta.base_at + (conjunction >>> 5), 1 << (conjunction & 31))
    }
  })
}

function fullBitmap(index: Index, conjunctions: number): number {
  const at = index.bitmaps.reserve(index.words)
  for (let word = 0; word < index.words; word++) {
    const left = conjunctions - word * 32
    index.bitmaps.set(at + word, left >= 32 ? NONE : left <= 0 ? 0 : (1 << left) - 1)
  }
  return at
}
