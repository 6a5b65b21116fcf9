/** Conjunctions → postings and bitmaps: what the matcher walks. */
import { type Columns, newColumns } from '@flightplan/contract/columns.ts'
import { type AttributeMeta, BLOCK_WORDS, NONE, TABLES } from '@flightplan/contract/snapshot.ts'
import type { Layout } from './layout.ts'
import { Words } from './pools.ts'
import { eachAsked, type Targeted } from './target-all.ts'

export interface Index {
  /** `value_str` not yet filled in. */
  terms: Columns<typeof TABLES.term>
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
export function buildIndex(targeted: Targeted, layout: Layout, attributes: AttributeMeta[]): Index {
  const blocks = Math.ceil(targeted.conjunctions / (32 * BLOCK_WORDS))
  const index: Index = {
    terms: newColumns(TABLES.term, layout.terms),
    postings: new Words(),
    bitmaps: new Words(),
    open_blocks: new Uint8Array(attributes.length * blocks).fill(1),
    words: blocks * BLOCK_WORDS,
  }
  index.terms.value_str.fill(NONE)
  writePostings(index, targeted, layout, 'in')
  writePostings(index, targeted, layout, 'not')
  writeBases(index, targeted, layout, attributes)
  return index
}

/** Counts, gives each term its place, then fills: conjunctions come in rising order, so every posting is sorted. */
function writePostings(index: Index, targeted: Targeted, { lists }: Layout, side: 'in' | 'not'): void {
  const counts = new Uint32Array(index.terms.in_at.length)
  const eachTerm = (visit: (term: number, conjunction: number) => void) =>
    eachAsked(targeted, (conjunction, list, excluded) => {
      if (excluded !== (side === 'not')) return
      const from = lists.at[list]! // the layout knows every list that is asked about
      for (let i = from; i < from + lists.n[list]!; i++) visit(lists.terms[i]!, conjunction) // likewise
    })
  eachTerm(term => {
    counts[term] = counts[term]! + 1 // a term of the layout
  })
  const cursors = placeTerms(index, counts, targeted.conjunctions, side)
  const kinds = index.terms[`${side}_kind`]
  const [postings, bitmaps] = [index.postings.view(), index.bitmaps.view()]
  eachTerm((term, conjunction) => {
    const cursor = cursors[term]! // a term of the layout
    if (kinds[term] === DENSE)
      bitmaps[cursor + (conjunction >>> 5)]! |= 1 << (conjunction & 31) // placeTerms made room
    else {
      postings[cursor] = conjunction
      cursors[term] = cursor + 1
    }
  })
}

function placeTerms(index: Index, counts: Uint32Array, conjunctions: number, side: 'in' | 'not'): Uint32Array {
  const { [`${side}_kind` as const]: kinds, [`${side}_at` as const]: ats, [`${side}_n` as const]: ns } = index.terms
  const cursors = new Uint32Array(counts.length)
  const isDense = (n: number) => n > conjunctions / 64 && n > LEAST_DENSE
  index.postings.makeRoom(counts.reduce((sum, n) => sum + (isDense(n) ? 0 : n), 0))
  for (let term = 0; term < counts.length; term++) {
    const n = counts[term]! // term is below counts.length
    if (n === 0) continue
    const dense = isDense(n)
    const at = dense ? index.bitmaps.reserve(index.words) : index.postings.reserve(n)
    kinds[term] = dense ? DENSE : SPARSE
    ats[term] = at
    ns[term] = dense ? index.words : n
    cursors[term] = at
  }
  return cursors
}

/** Per attribute that some conjunction asks about: the bitmap of those that do not, and the blocks where none does. */
function writeBases(index: Index, targeted: Targeted, { lists, place }: Layout, attributes: AttributeMeta[]): void {
  const blocks = index.words / BLOCK_WORDS
  const asked = new Set<number>()
  eachAsked(targeted, (_, list, excluded) => {
    const at = place[lists.attribute[list]!]! // of the layout, here and below
    if (excluded) attributes[at]!.has_not = true
    else asked.add(at)
  })
  for (const at of asked) attributes[at]!.base_at = fullBitmap(index, targeted.conjunctions)
  const bases = attributes.map(meta => meta.base_at)
  const bitmaps = index.bitmaps.view()
  eachAsked(targeted, (conjunction, list, excluded) => {
    if (excluded) return
    const at = place[lists.attribute[list]!]!
    index.open_blocks[at * blocks + Math.floor(conjunction / (32 * BLOCK_WORDS))] = 0
    bitmaps[bases[at]! + (conjunction >>> 5)]! &= ~(1 << (conjunction & 31))
  })
}

function fullBitmap(index: Index, conjunctions: number): number {
  const at = index.bitmaps.reserve(index.words)
  const bitmap = index.bitmaps.view().subarray(at)
  for (let word = 0; word < index.words; word++) {
    const left = conjunctions - word * 32
    bitmap[word] = left >= 32 ? NONE : left <= 0 ? 0 : (1 << left) - 1
  }
  return at
}
