/**
 * What the log cannot speak of: values that a line item targets and that no recorded auction has. A prediction for
 * such traffic would be made up, so the plan says `not supported` instead.
 */

import { NONE, PROGRAM } from '@flightplan/contract/snapshot.ts'
import type { RecordedAuction } from '@flightplan/contract/traffic.ts'
import { type Readers, requestTerms, slotTerms } from '@flightplan/engine/event/event.ts'
import { children, type Terms } from '@flightplan/engine/index/program.ts'
import type { Decision } from '@flightplan/engine/types.ts'
import type { Subject } from './subject.ts'

/** A condition whose values the log lacks, all or some of them. */
export interface Missing {
  /** Index in meta.attributes. */
  attribute: number
  /** `country: NZ, AU`. */
  text: string
  /** No value of the condition is in the log, so nothing can match it. */
  all: boolean
}

const SHOWN = 4
/** Auctions after which it is looked up again what is still open. */
const REFRESH = 500

export class Unseen {
  readonly #subject: Subject
  readonly #seen: Uint8Array
  #readers: Readers
  #auctions = 0

  constructor(subject: Subject) {
    this.#subject = subject
    this.#readers = subject.engine.readers
    this.#seen = new Uint8Array(subject.engine.snapshot.term.value_str.length)
  }

  /** @param asks line items that are still asked about: those that changed, or matched nothing so far */
  see({ selection }: Decision, { exchange, at_ms }: RecordedAuction, asks: (lineItem: number) => boolean): void {
    if (this.#auctions++ % REFRESH === 0) this.#readers = this.#readersFor(asks)
    const { engine } = this.#subject
    const readers = this.#readers
    if (!selection.verdict.allow || readers.request.length + readers.slot.length === 0) return
    const { snapshot, facts } = engine
    const { auction, verdict } = selection
    const reading = { snapshot, auction, exchange, facts, now_ms: at_ms, verdict }
    const ofRequest = requestTerms(readers, reading)
    this.#mark(ofRequest)
    if (readers.slot.length === 0) return
    for (const imp of auction.imps)
      for (const slot of imp.slots) this.#mark(slotTerms(readers, reading, ofRequest, imp, slot))
  }

  #mark(terms: Terms): void {
    for (const ofAttribute of terms) for (const term of ofAttribute) this.#seen[term] = 1
  }

  /** Reading every attribute of every auction again would cost a quarter of the replay: only what is still open is. */
  #readersFor(asks: (lineItem: number) => boolean): Readers {
    const open = new Set<number>()
    for (let i = 0; i < this.#subject.lineItems.length; i++)
      if (asks(i)) for (const { attribute } of this.of(i)) open.add(attribute)
    const { request, slot } = this.#subject.engine.readers
    return {
      request: request.filter(({ attribute }) => open.has(attribute)),
      slot: slot.filter(({ attribute }) => open.has(attribute)),
    }
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
    return [{ attribute, text: `${name}: ${names.join(', ')}${more}`, all: missing.length === terms.length }]
  }
}
