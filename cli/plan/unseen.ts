/**
 * What the log cannot speak of: values that a line item targets and that no recorded auction has. A prediction for
 * such traffic would be made up, so the plan says `not supported` instead.
 */
import type { RecordedAuction } from '@flightplan/contract/traffic.ts'
import { NONE, PROGRAM } from '@flightplan/contract/snapshot.ts'
import { requestTerms, slotTerms } from '@flightplan/engine/event/event.ts'
import { children } from '@flightplan/engine/index/program.ts'
import type { Decision } from '@flightplan/engine/types.ts'
import type { Subject } from './subject.ts'

/** A condition whose values the log lacks, all or some of them. */
export interface Missing {
  /** `country: NZ, AU`. */
  text: string
  /** No value of the condition is in the log, so nothing can match it. */
  all: boolean
}

const SHOWN = 4

export class Unseen {
  readonly #subject: Subject
  readonly #seen: Uint8Array

  constructor(subject: Subject) {
    this.#subject = subject
    this.#seen = new Uint8Array(subject.engine.snapshot.term.value_str.length)
  }

  see({ selection }: Decision, { exchange, at_ms }: RecordedAuction): void {
    const { engine } = this.#subject
    if (!selection.verdict.allow) return
    const { snapshot, facts, readers } = engine
    const { auction, verdict } = selection
    const reading = { snapshot, auction, exchange, facts, now_ms: at_ms, verdict }
    const ofRequest = requestTerms(readers, reading)
    for (const terms of ofRequest) for (const term of terms) this.#seen[term] = 1
    for (const imp of auction.imps)
      for (const slot of imp.slots)
        for (const terms of slotTerms(readers, reading, ofRequest, imp, slot)) for (const term of terms) this.#seen[term] = 1
  }

  /** Conditions of a line item that must hold and that the log has no, or not all, values of. */
  of(lineItem: number): Missing[] {
    const program = this.#subject.engine.snapshot.line_item.program[lineItem]!
    return program === NONE ? [] : this.#required(program)
  }

  #required(at: number): Missing[] {
    const { programs } = this.#subject.engine.snapshot
    const op = programs[at]
    if (op === PROGRAM.AND) return children(programs, at).flatMap(child => this.#required(child))
    return op === PROGRAM.LEAF ? this.#leaf(programs[at + 2]!, programs[at + 3]!, programs[at + 4]!) : []
  }

  #leaf(attribute: number, listAt: number, n: number): Missing[] {
    const { snapshot } = this.#subject.engine
    const terms = [...snapshot.term_lists.subarray(listAt, listAt + n)]
    const missing = terms.filter(term => this.#seen[term] === 0 && snapshot.term.value_str[term] !== NONE)
    if (missing.length === 0) return []
    const names = missing.slice(0, SHOWN).map(term => snapshot.strings.get(snapshot.term.value_str[term]!)) // of the table
    const more = missing.length > SHOWN ? `, … ${missing.length} in all` : ''
    const name = snapshot.meta.attributes[attribute]?.name ?? ''
    return [{ text: `${name}: ${names.join(', ')}${more}`, all: missing.length === terms.length }]
  }
}
