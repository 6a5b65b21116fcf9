/**
 * Expression → alternatives of ANDed literals (disjunctive normal form), negation pushed to the leaves. A leaf is
 * two-valued (a missing attribute is the empty set), so De Morgan's laws hold exactly.
 *
 * Four `any`s of four are 256 alternatives (research/algorithms.md §3.4 "DNF blow-up"): beyond the cap the widest parts
 * of an AND are left out, and an OR that is too wide counts as true. Without negation above them that only ever lets
 * more through, and the program decides the rest (`exact` is false).
 */
import { MAX_CONJUNCTIONS } from '@flightplan/contract/snapshot.ts'
import { type Expression, joinRanges, type Leaf, uniqueSorted } from './expression.ts'

export interface Literal {
  leaf: Leaf
  negated: boolean
}
export interface Dnf {
  alternatives: readonly (readonly Literal[])[]
  /** False when it lets more through than the expression does. */
  exact: boolean
  /** True when that is because of the cap. */
  wide: boolean
}

const TRUE: Dnf = { alternatives: [[]], exact: true, wide: false }
const LATE: Dnf = { alternatives: [[]], exact: false, wide: false }
const TOO_WIDE: Dnf = { alternatives: [[]], exact: false, wide: true }

export function toDnf(expression: Expression, negated = false): Dnf {
  switch (expression.op) {
    case 'in':
      return expression.late ? LATE : single({ leaf: expression, negated })
    case 'range':
      return single({ leaf: expression, negated })
    case 'not':
      return toDnf(expression.part, !negated)
    default: {
      const parts = expression.parts.map(part => toDnf(part, negated))
      return (expression.op === 'and') !== negated ? product(parts) : union(parts)
    }
  }
}

const single = (literal: Literal): Dnf => ({ ...TRUE, alternatives: [[literal]] })

/** Narrow parts first, so that as few as can be are left out. */
function product(parts: readonly Dnf[]): Dnf {
  const narrowFirst = parts.toSorted((a, b) => a.alternatives.length - b.alternatives.length)
  let { alternatives, exact, wide } = TRUE
  for (const part of narrowFirst) {
    exact &&= part.exact
    wide ||= part.wide
    if (alternatives.length * part.alternatives.length > MAX_CONJUNCTIONS) wide = true
    else alternatives = alternatives.flatMap(left => part.alternatives.map(right => [...left, ...right]))
  }
  return { alternatives, exact: exact && !wide, wide }
}

function union(parts: readonly Dnf[]): Dnf {
  const exact = parts.every(part => part.exact)
  const wide = parts.some(part => part.wide)
  const alternatives = mergeSingles(parts.flatMap(part => part.alternatives))
  if (alternatives.some(alternative => alternative.length === 0)) return { alternatives: [[]], exact, wide }
  return alternatives.length > MAX_CONJUNCTIONS ? TOO_WIDE : { alternatives, exact, wide }
}

/** `any: [{country: DE}, {country: AT}]` is one list: alternatives of one positive leaf each join by attribute. */
function mergeSingles(alternatives: readonly (readonly Literal[])[]): (readonly Literal[])[] {
  const byAttribute = new Map<number, Leaf>()
  const rest: (readonly Literal[])[] = []
  for (const alternative of alternatives) {
    const [only] = alternative
    if (alternative.length !== 1 || !only || only.negated) rest.push(alternative)
    else byAttribute.set(only.leaf.attribute, joinLeaves(byAttribute.get(only.leaf.attribute), only.leaf))
  }
  return [...rest, ...byAttribute.values().map(leaf => [{ leaf, negated: false }])]
}

function joinLeaves(a: Leaf | undefined, b: Leaf): Leaf {
  if (a?.op === 'in' && b.op === 'in') return { ...a, values: uniqueSorted([...a.values, ...b.values]) }
  if (a?.op === 'range' && b.op === 'range') return { ...a, ranges: joinRanges([...a.ranges, ...b.ranges]) }
  return b
}
