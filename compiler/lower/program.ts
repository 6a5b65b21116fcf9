/** Expression → prefix code (contract/snapshot.ts PROGRAM). */
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import type { Wanted } from './conjunction.ts'
import type { Expression } from './expression.ts'
import { type Layout, termsOf } from './layout.ts'
import type { ListPool, Words } from './pools.ts'

export interface ProgramSink {
  programs: Words
  term_lists: ListPool
  layout: Layout
}

/** Appends the program; returns where it begins. */
export function writeProgram(expression: Expression, sink: ProgramSink): number {
  const at = sink.programs.length
  write(expression, sink)
  return at
}

function write(expression: Expression, sink: ProgramSink): void {
  const { programs } = sink
  const { predicate } = expression
  switch (expression.op) {
    case 'in':
      writeList(predicate, expression.attribute, expression.values, sink)
      break
    case 'range':
      writeRanges(predicate, expression.attribute, { ranges: expression.ranges }, sink)
      break
    case 'not':
      programs.push(PROGRAM.NOT, predicate)
      write(expression.part, sink)
      break
    default:
      programs.push(expression.op === 'and' ? PROGRAM.AND : PROGRAM.OR, predicate, expression.parts.length)
      for (const part of expression.parts) write(part, sink)
  }
}

function writeList(
  predicate: number,
  attribute: number,
  wanted: Wanted,
  { programs, term_lists, layout }: ProgramSink,
) {
  const terms = termsOf(attribute, wanted, layout)
  programs.push(PROGRAM.LEAF, predicate, layout.place[attribute]!, term_lists.at(terms), terms.length) // of the layout
}

/** One run of pieces is a RANGE; several (dayparts) or none are a list. */
function writeRanges(predicate: number, attribute: number, wanted: Wanted, sink: ProgramSink): void {
  const terms = termsOf(attribute, wanted, sink.layout)
  const first = terms[0]
  const last = terms.at(-1)
  if (first === undefined || last === undefined || last - first + 1 !== terms.length)
    writeList(predicate, attribute, wanted, sink)
  else sink.programs.push(PROGRAM.RANGE, predicate, sink.layout.place[attribute]!, first, last) // of the layout
}
