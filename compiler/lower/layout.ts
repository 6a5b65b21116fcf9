/** The order of attributes and the numbers of their terms, settled when all line items are known. */
import { type AttributeMeta, LIST_MEMBER } from '@flightplan/contract/snapshot.ts'
import type { Conjunction, Wanted } from './conjunction.ts'
import type { Ranges } from './expression.ts'
import { uniqueSorted, type Vocabulary } from './vocabulary.ts'

export interface Layout {
  /** Vocabulary number → place in the snapshot. */
  place: readonly number[]
  /** Vocabulary numbers in the order of the snapshot. */
  order: readonly number[]
  /** By vocabulary number. */
  first_term: readonly number[]
  terms: number
  /** By vocabulary number: sorted cut points. */
  bounds: readonly Float64Array[]
}

/**
 * Most selective first: the matcher stops at the first attribute that leaves nothing of a block. The share of
 * conjunctions that survive an attribute is estimated as those that do not ask about it, and of the others the part
 * that lists one value, were all its values equally common. Ties go by name; list members, never evaluated, are last.
 */
export function layOut(vocabulary: Vocabulary, conjunctions: readonly Conjunction[]): Layout {
  const { entries } = vocabulary
  const bounds = entries.map(entry => Float64Array.from(entry.bounds).sort())
  const terms = entries.map((entry, i) => (entry.interval ? bounds[i]!.length + 1 : entry.texts.length)) // same length
  const survivors = survivorsOf(terms, bounds, conjunctions)
  const rank = (i: number) => (entries[i]!.name === LIST_MEMBER ? 2 : survivors[i]!) // i is an index of entries
  const byName = (a: number, b: number) => (entries[a]!.name < entries[b]!.name ? -1 : 1) // likewise
  const order = entries.map((_, i) => i).sort((a, b) => rank(a) - rank(b) || byName(a, b))
  const first_term: number[] = []
  const place: number[] = []
  let next = 0
  for (const [at, i] of order.entries()) {
    place[i] = at
    first_term[i] = next
    next += terms[i]! // i is an index of entries
  }
  return { place, order, first_term, terms: next, bounds }
}

function survivorsOf(
  terms: readonly number[],
  bounds: readonly Float64Array[],
  conjunctions: readonly Conjunction[],
): number[] {
  const asking = new Float64Array(terms.length)
  const listed = new Float64Array(terms.length)
  for (const { ins } of conjunctions)
    for (const { attribute, wanted } of ins) {
      asking[attribute] = asking[attribute]! + 1 // attribute is an index of terms
      listed[attribute] = listed[attribute]! + sizeOf(wanted, bounds[attribute]!) // likewise
    }
  return terms.map((n, i) => {
    const all = Math.max(1, conjunctions.length)
    return (all - asking[i]! + listed[i]! / Math.max(1, n)) / all // both arrays are as long as terms
  })
}

const sizeOf = (wanted: Wanted, bounds: Float64Array): number =>
  'ranges' in wanted ? pieces(wanted.ranges, bounds).length : wanted.length

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

/** Terms that a constraint or leaf asks for, sorted. */
export function termsOf(attribute: number, wanted: Wanted, layout: Layout): number[] {
  const first = layout.first_term[attribute]! // attribute is a number of the vocabulary
  const numbers = 'ranges' in wanted ? pieces(wanted.ranges, layout.bounds[attribute]!) : wanted // likewise
  return numbers.map(number => first + number)
}

/** What the snapshot says of each attribute, without its bitmaps. */
export function attributesMeta(vocabulary: Vocabulary, layout: Layout): AttributeMeta[] {
  let bounds_at = 0
  return layout.order.map(i => {
    const { name } = vocabulary.entries[i]! // order holds numbers of the vocabulary
    const bounds_n = layout.bounds[i]!.length // likewise
    const meta = {
      name,
      first_term: layout.first_term[i]!, // likewise
      terms: vocabulary.entries[i]!.interval ? bounds_n + 1 : vocabulary.entries[i]!.texts.length, // likewise
      bounds_at,
      bounds_n,
      base_at: -1,
      has_not: false,
    }
    bounds_at += bounds_n
    return meta
  })
}
