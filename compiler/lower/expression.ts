/** Targeting between YAML and the snapshot: a tree of leaves, each a list of values or ranges of one attribute. */

/** `[from, to)` of integers, sorted, not touching each other. */
export type Ranges = readonly (readonly [number, number])[]

export interface InLeaf {
  op: 'in'
  predicate: number
  attribute: number
  /** Values by their number in the vocabulary of the attribute, each once. */
  values: readonly number[]
  /** Known only after a look-up (our own profile store): the index lets it pass, negated or not. */
  late: boolean
}

export interface RangeLeaf {
  op: 'range'
  predicate: number
  attribute: number
  ranges: Ranges
}

export type Leaf = InLeaf | RangeLeaf
export type Expression =
  | Leaf
  | { op: 'and' | 'or'; predicate: number; parts: readonly Expression[] }
  | { op: 'not'; predicate: number; part: Expression }

/** A group of one is that one. An empty `and` is true. */
export function group(op: 'and' | 'or', predicate: number, parts: readonly Expression[]): Expression {
  const [only] = parts
  return parts.length === 1 && only ? only : { op, predicate, parts }
}

/** Some leaf is known only after a look-up. */
export function isLate(expression: Expression): boolean {
  if (expression.op === 'in') return expression.late
  if (expression.op === 'range') return false
  return expression.op === 'not' ? isLate(expression.part) : expression.parts.some(isLate)
}

export function uniqueSorted(numbers: number[]): number[] {
  numbers.sort((a, b) => a - b)
  let kept = 0
  for (let i = 0; i < numbers.length; i++) if (i === 0 || numbers[i] !== numbers[i - 1]) numbers[kept++] = numbers[i]!
  numbers.length = kept
  return numbers
}

/** Sorts and joins ranges that overlap or touch; empty ones go. */
export function joinRanges(ranges: Iterable<readonly [number, number]>): Ranges {
  const sorted = [...ranges].filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0])
  const out: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = out.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else out.push([from, to])
  }
  return out
}

export function intersectRanges(a: Ranges, b: Ranges): Ranges {
  const out: [number, number][] = []
  for (const [from, to] of a)
    for (const [otherFrom, otherTo] of b) {
      const start = Math.max(from, otherFrom)
      const end = Math.min(to, otherTo)
      if (start < end) out.push([start, end])
    }
  return joinRanges(out)
}

export function subtractRanges(a: Ranges, b: Ranges): Ranges {
  const gaps: [number, number][] = []
  let from = Number.NEGATIVE_INFINITY
  for (const [start, end] of b) {
    gaps.push([from, start])
    from = end
  }
  gaps.push([from, Number.POSITIVE_INFINITY])
  return intersectRanges(a, gaps)
}
