/** The order of attributes and the numbers of their terms, settled when all line items are known. */
import { type AttributeMeta, LIST_MEMBER } from '@flightplan/contract/snapshot.ts'
import type { Ranges } from './expression.ts'
import { uniqueSorted } from './expression.ts'
import { Renumbering } from './pools.ts'
import { eachAsked, eachUse, type Targeted } from './target-all.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { WantedPool } from './wanted.ts'

export interface Layout {
  /** Vocabulary number → place in the snapshot. */
  place: readonly number[]
  /** Vocabulary numbers of the attributes that are asked about, in the order of the snapshot. */
  order: readonly number[]
  /** By vocabulary number. */
  first_term: readonly number[]
  terms: number
  /** By vocabulary number: sorted cut points, and the values asked about in the order of their texts. */
  bounds: readonly Float64Array[]
  values: readonly (readonly number[])[]
  lists: ListTerms
}

/** Terms of each list of the pool that is used, sorted: `terms[at[list] .. + n[list]]`. */
export interface ListTerms {
  /** By number of the list. */
  attribute: readonly number[]
  at: Uint32Array
  n: Uint32Array
  terms: Uint32Array
}

/** @param members values of {@link LIST_MEMBER} that the lists asked about hold */
export function layOut(targeted: Targeted, members: readonly number[]): Layout {
  const { vocabulary, wanted } = targeted.pool
  const lists = usedLists(targeted)
  const { isAsked, values, bounds } = askedValues(vocabulary, wanted, lists, members)
  const terms = vocabulary.entries.map(({ interval }, i) => (interval ? bounds[i]!.length + 1 : values[i]!.length)) // of one length
  const n = new Uint32Array(wanted.wanted.length)
  for (const list of lists) n[list] = sizeOf(wanted.wanted[list]!, bounds[wanted.attributes[list]!]!) // lists of the pool
  const order = inOrder(targeted, isAsked, terms, n)
  const first_term: number[] = []
  const place: number[] = []
  let next = 0
  for (const [at, i] of order.entries()) {
    place[i] = at
    first_term[i] = next
    next += terms[i]! // i is an index of entries
  }
  const base = { place, order, first_term, terms: next, bounds, values }
  return { ...base, lists: listTerms(wanted, lists, n, base) }
}

/** In the order of their first use: it depends on the line items only, not on what the pool held before. */
function usedLists(targeted: Targeted): readonly number[] {
  const lists = new Renumbering(targeted.pool.wanted.wanted.length)
  eachUse(targeted, list => {
    lists.of(list)
  })
  return lists.used
}

function askedValues(vocabulary: Vocabulary, pool: WantedPool, lists: readonly number[], members: readonly number[]) {
  const { entries } = vocabulary
  const isAsked = entries.map(({ name }) => name === LIST_MEMBER && members.length > 0)
  const marks = entries.map(({ texts }) => new Uint8Array(texts.length))
  const cuts = entries.map(() => new Set<number>())
  const mark = (attribute: number, values: readonly number[]) => {
    const of = marks[attribute]! // attributes are numbers of the vocabulary
    for (let i = 0; i < values.length; i++) of[values[i]!] = 1 // i is in range
  }
  for (const list of lists) {
    const attribute = pool.attributes[list]! // a list of the pool
    const wanted = pool.wanted[list]! // likewise
    isAsked[attribute] = true
    if (!('ranges' in wanted)) mark(attribute, wanted)
    else for (const end of wanted.ranges.flat()) if (Number.isFinite(end)) cuts[attribute]!.add(end)
  }
  if (members.length > 0) mark(vocabulary.attribute(LIST_MEMBER), members)
  return {
    isAsked,
    bounds: cuts.map(of => Float64Array.from(of).sort()),
    values: entries.map((_, i) => vocabulary.sorted(i).filter(value => marks[i]![value] === 1)), // of one length
  }
}

/**
 * Most selective first: the matcher stops at the first attribute that leaves nothing of a block. The share of
 * conjunctions that survive an attribute is estimated as those that do not ask about it, and of the others the part
 * that lists one value, were all its values equally common. Ties go by name; list members, never evaluated, are last.
 */
function inOrder(
  targeted: Targeted,
  isAsked: readonly boolean[],
  terms: readonly number[],
  n: Uint32Array,
): readonly number[] {
  const { entries } = targeted.pool.vocabulary
  const { attributes } = targeted.pool.wanted
  const asking = new Float64Array(terms.length)
  const listed = new Float64Array(terms.length)
  eachAsked(targeted, (_, list, excluded) => {
    if (excluded) return
    const attribute = attributes[list]! // a list of the pool
    asking[attribute] = asking[attribute]! + 1 // attribute is an index of terms
    listed[attribute] = listed[attribute]! + n[list]! // likewise
  })
  const all = Math.max(1, targeted.conjunctions)
  const survivors = (i: number) => (all - asking[i]! + listed[i]! / Math.max(1, terms[i]!)) / all // i is an index of terms
  const rank = entries.map(({ name }, i) => (name === LIST_MEMBER ? 2 : survivors(i)))
  const byName = (a: number, b: number) => (entries[a]!.name < entries[b]!.name ? -1 : 1) // indexes of entries
  const asked = entries.keys().filter(i => isAsked[i])
  return [...asked].sort((a, b) => rank[a]! - rank[b]! || byName(a, b)) // likewise
}

const sizeOf = (wanted: WantedPool['wanted'][number], bounds: Float64Array): number =>
  'ranges' in wanted ? pieces(wanted.ranges, bounds).length : wanted.length

function listTerms(
  pool: WantedPool,
  lists: readonly number[],
  n: Uint32Array,
  { values, bounds, first_term }: Omit<Layout, 'lists'>,
): ListTerms {
  const numbers = values.map(numbersOf)
  const at = new Uint32Array(n.length)
  const terms = new Uint32Array(n.reduce((sum, length) => sum + length, 0))
  let next = 0
  for (const list of lists) {
    const attribute = pool.attributes[list]! // a list of the pool, here and below
    const wanted = pool.wanted[list]!
    const first = first_term[attribute]! // it is asked about
    const number = numbers[attribute]!
    at[list] = next
    if ('ranges' in wanted) for (const piece of pieces(wanted.ranges, bounds[attribute]!)) terms[next++] = first + piece
    else for (let i = 0; i < wanted.length; i++) terms[next++] = first + number[wanted[i]!]! // i is in range
  }
  return { attribute: pool.attributes, at, n, terms }
}

/** Value → its place among those asked about. */
function numbersOf(values: readonly number[]): Uint32Array {
  const out = new Uint32Array(values.reduce((most, value) => Math.max(most, value + 1), 0))
  values.forEach((value, i) => {
    out[value] = i
  })
  return out
}

/** Numbers of the pieces that the ranges cover: every end of a range is a cut point. */
export function pieces(ranges: Ranges, bounds: Float64Array): number[] {
  const out: number[] = []
  for (const [from, to] of ranges) {
    const first = from === Number.NEGATIVE_INFINITY ? 0 : boundAt(bounds, from) + 1
    const last = to === Number.POSITIVE_INFINITY ? bounds.length : boundAt(bounds, to)
    for (let piece = first; piece <= last; piece++) out.push(piece)
  }
  return uniqueSorted(out)
}

function boundAt(bounds: Float64Array, bound: number): number {
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (bounds[middle]! < bound)
      low = middle + 1 // middle is below bounds.length
    else high = middle
  }
  return low
}

/** What the snapshot says of each attribute, without its bitmaps. */
export function attributesMeta(vocabulary: Vocabulary, layout: Layout): AttributeMeta[] {
  let bounds_at = 0
  return layout.order.map(i => {
    const { name, interval } = vocabulary.entries[i]! // order holds numbers of the vocabulary
    const bounds_n = layout.bounds[i]!.length // likewise
    const meta = {
      name,
      first_term: layout.first_term[i]!, // likewise
      terms: interval ? bounds_n + 1 : layout.values[i]!.length, // likewise
      bounds_at,
      bounds_n,
      base_at: -1,
      has_not: false,
    }
    bounds_at += bounds_n
    return meta
  })
}
