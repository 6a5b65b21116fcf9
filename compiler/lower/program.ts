/**
 * Expression → prefix code. A line item's code is kept between builds, so it names its predicates from 0 and lists by
 * their number in the pool: `[LEAF, predicate, list]`. In a snapshot they become predicates of the release and terms
 * (contract/snapshot.ts PROGRAM).
 */
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import type { Expression } from './expression.ts'
import type { Layout } from './layout.ts'
import type { Words } from './pools.ts'
import type { WantedPool } from './wanted.ts'

const { LEAF, RANGE, AND, OR, NOT } = PROGRAM

export function encode(expression: Expression, pool: WantedPool, code: Words): void {
  const { predicate } = expression
  switch (expression.op) {
    case 'in':
      code.push(LEAF, predicate, pool.id(expression.attribute, expression.values))
      break
    case 'range':
      code.push(RANGE, predicate, pool.id(expression.attribute, { ranges: expression.ranges }))
      break
    case 'not':
      code.push(NOT, predicate)
      encode(expression.part, pool, code)
      break
    default:
      code.push(expression.op === 'and' ? AND : OR, predicate, expression.parts.length)
      for (const part of expression.parts) encode(part, pool, code)
  }
}

/** Calls back with each list that the code asks about. */
export function eachList(code: Uint32Array, from: number, to: number, visit: (list: number) => void): void {
  for (let at = from; at < to; at += widthOf(code[at]!))
    if (code[at] === LEAF || code[at] === RANGE) visit(code[at + 2]!) // encode() wrote it whole
}

const widthOf = (op: number): number => (op === NOT ? 2 : 3)

/** Appends a line item's code as the snapshot holds it. @param base number of its first predicate in the release */
export function writeProgram(
  code: Uint32Array,
  { from, to, base }: { from: number; to: number; base: number },
  layout: Layout,
  programs: Words,
): void {
  for (let at = from; at < to; at += widthOf(code[at]!)) {
    const op = code[at]! // encode() wrote it whole, here and below
    const predicate = base + code[at + 1]!
    if (op === LEAF || op === RANGE) writeLeaf(predicate, code[at + 2]!, op, layout, programs)
    else {
      programs.add(op)
      programs.add(predicate)
      if (op !== NOT) programs.add(code[at + 2]!)
    }
  }
}

/** One run of pieces is a RANGE; several (dayparts) or none are a list. */
function writeLeaf(predicate: number, list: number, op: number, { lists, place }: Layout, programs: Words): void {
  const [from, n] = [lists.at[list]!, lists.n[list]!] // the layout knows every list of the code
  const [first = 0, last = 0] = [lists.terms[from], lists.terms[from + n - 1]]
  const isRun = op === RANGE && n > 0 && last - first + 1 === n
  programs.add(isRun ? RANGE : LEAF)
  programs.add(predicate)
  programs.add(place[lists.attribute[list]!]!) // likewise
  programs.add(isRun ? first : from)
  programs.add(isRun ? last : n)
}
