/** One alternative → what the index asks of each attribute: at most one list it must meet, and one it must not. */
import { attributeBase } from '@flightplan/contract/attributes.ts'
import type { Literal } from './dnf.ts'
import { intersectRanges, joinRanges, type Leaf, type Ranges, subtractRanges, uniqueSorted } from './expression.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Of one attribute: numbers of values, or ranges. */
export type Wanted = readonly number[] | { ranges: Ranges }
export interface Constraint {
  attribute: number
  wanted: Wanted
  predicate: number
}
export interface Conjunction {
  ins: Constraint[]
  nots: Constraint[]
  /** False when a second list of an attribute with several values had to be left to the program. */
  exact: boolean
}
/** Predicates that no request can satisfy together. */
export interface Contradiction {
  predicates: number[]
  /** False: nobody means it, but an odd request could still satisfy it, so the index must keep it. */
  certain: boolean
  /** The size of the creatives is none that is asked for. */
  size?: boolean
}

/**
 * A request has at most one value of these, so two lists that must both be met are their intersection. All intervals
 * are such. Others (categories, segments, sizes, deals, `mobile` beside `phone` …) may meet two lists by two values.
 */
const SINGLE: ReadonlySet<string> = new Set([
  'exchange',
  'country',
  'region',
  'city',
  'zip',
  'os',
  'browser',
  'make',
  'model',
  'carrier',
  'language',
  'channel',
  'bundle',
  'publisher',
  'content_genre',
  'content_language',
  'content_series',
  'content_title',
  'content_livestream',
  'gender',
  'format',
  'interstitial',
  'rewarded',
  'plcmt',
  'skippable',
  'start',
])

export const isContradiction = (result: Conjunction | Contradiction): result is Contradiction => 'predicates' in result

export function toConjunction(literals: readonly Literal[], vocabulary: Vocabulary): Conjunction | Contradiction {
  const result: Conjunction = { ins: [], nots: [], exact: true }
  for (const [attribute, { required, excluded }] of byAttribute(literals)) {
    const { name, interval } = vocabulary.entries[attribute]! // leaves carry numbers of this vocabulary
    const single = interval || SINGLE.has(attributeBase(name))
    const not = excluded.length === 0 ? null : unite(excluded)
    const meet = required.length === 0 ? null : single ? intersect(required) : shortest(required)
    if (!single && required.length > 1) result.exact = false
    if (meet === null) {
      if (not) result.nots.push({ attribute, wanted: not, predicate: excluded[0]!.predicate })
      continue
    }
    const left = not ? subtract(meet, not) : meet
    if (isEmpty(left)) return { predicates: [...required, ...excluded].map(leaf => leaf.predicate), certain: true }
    result.ins.push({ attribute, wanted: single ? left : meet, predicate: required[0]!.predicate })
    if (not && !single) result.nots.push({ attribute, wanted: not, predicate: excluded[0]!.predicate })
  }
  return result
}

interface Asked {
  required: Leaf[]
  excluded: Leaf[]
}

function byAttribute(literals: readonly Literal[]): Map<number, Asked> {
  const out = new Map<number, Asked>()
  for (const { leaf, negated } of literals) {
    const asked = out.get(leaf.attribute) ?? { required: [], excluded: [] }
    out.set(leaf.attribute, asked)
    if (negated) asked.excluded.push(leaf)
    else asked.required.push(leaf)
  }
  return out
}

const wantedOf = (leaf: Leaf): Wanted => (leaf.op === 'in' ? leaf.values : { ranges: leaf.ranges })
const isList = (wanted: Wanted): wanted is readonly number[] => Array.isArray(wanted)
const isEmpty = (wanted: Wanted) => (isList(wanted) ? wanted.length === 0 : wanted.ranges.length === 0)
const shortest = (leaves: readonly Leaf[]): Wanted =>
  leaves.map(wantedOf).reduce((a, b) => (isList(a) && isList(b) && b.length < a.length ? b : a))
const intersect = (leaves: readonly Leaf[]): Wanted => leaves.map(wantedOf).reduce(intersection)

function intersection(a: Wanted, b: Wanted): Wanted {
  if (!isList(a) && !isList(b)) return { ranges: intersectRanges(a.ranges, b.ranges) }
  if (!isList(a) || !isList(b)) return a // an attribute is all lists or all ranges
  const other = new Set(b)
  return a.filter(value => other.has(value))
}

function subtract(a: Wanted, b: Wanted): Wanted {
  if (!isList(a) && !isList(b)) return { ranges: subtractRanges(a.ranges, b.ranges) }
  if (!isList(a) || !isList(b)) return a // an attribute is all lists or all ranges
  const other = new Set(b)
  return a.filter(value => !other.has(value))
}

function unite(leaves: readonly Leaf[]): Wanted {
  const lists = leaves.flatMap(leaf => (leaf.op === 'in' ? leaf.values : []))
  const ranges = leaves.flatMap(leaf => (leaf.op === 'range' ? leaf.ranges : []))
  return ranges.length > 0 ? { ranges: joinRanges(ranges) } : uniqueSorted(lists)
}
