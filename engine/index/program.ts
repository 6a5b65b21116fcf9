/**
 * Runs a line item's targeting program (contract/snapshot.ts PROGRAM) against the terms of a slot: the residual check
 * of decide, and the reference that the index and `explain` are compared with.
 */
import { PROGRAM } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '../snapshot.ts'

export type Terms = readonly (readonly number[])[]

export function holds(snapshot: Snapshot, at: number, values: Terms): boolean {
  const { programs } = snapshot
  switch (programs[at]) {
    case PROGRAM.LEAF:
      return inList(snapshot, values[programs[at + 2]!]!, programs[at + 3]!, programs[at + 4]!)
    case PROGRAM.RANGE:
      return values[programs[at + 2]!]!.some(term => term >= programs[at + 3]! && term <= programs[at + 4]!)
    case PROGRAM.NOT:
      return !holds(snapshot, at + 2, values)
    default:
      return group(snapshot, at, values)
  }
}

function group(snapshot: Snapshot, at: number, values: Terms): boolean {
  const any = snapshot.programs[at] === PROGRAM.OR
  for (const child of children(snapshot.programs, at)) if (holds(snapshot, child, values) === any) return any
  return !any
}

/** Offsets of the children of an AND, OR or NOT; none for a leaf. */
export function children(programs: Uint32Array, at: number): number[] {
  const op = programs[at]
  if (op === PROGRAM.LEAF || op === PROGRAM.RANGE) return []
  if (op === PROGRAM.NOT) return [at + 2]
  const out: number[] = []
  let child = at + 3
  for (let i = 0; i < programs[at + 2]!; i++) {
    out.push(child)
    child = skip(programs, child)
  }
  return out
}

/** The offset behind the node at `at`. */
function skip(programs: Uint32Array, at: number): number {
  const op = programs[at]
  if (op === PROGRAM.LEAF || op === PROGRAM.RANGE) return at + 5
  if (op === PROGRAM.NOT) return skip(programs, at + 2)
  let next = at + 3
  for (let i = 0; i < programs[at + 2]!; i++) next = skip(programs, next)
  return next
}

/** Lists are sorted; a slot has few terms, a list may have hundreds. */
function inList(snapshot: Snapshot, terms: readonly number[], at: number, n: number): boolean {
  const { term_lists } = snapshot
  for (const term of terms) {
    let low = at
    let high = at + n
    while (low < high) {
      const middle = (low + high) >>> 1
      if (term_lists[middle]! < term) low = middle + 1
      else high = middle
    }
    if (low < at + n && term_lists[low] === term) return true
  }
  return false
}
