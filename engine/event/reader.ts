import type { Facts } from '@flightplan/contract/facts.ts'
import type { Auction, Imp, Slot } from '../auction.ts'
import { pieceOf, type Snapshot, termOf } from '../snapshot.ts'
import type { Verdict } from '../types.ts'

/** What readers read from: one request, and for slot attributes one of its slots. */
export interface Reading {
  snapshot: Snapshot
  auction: Auction
  exchange: string
  facts: Facts
  now_ms: number
  verdict: Verdict
}
export interface SlotReading extends Reading {
  imp: Imp
  slot: Slot
}

/** Terms of one attribute, each once. */
export type Terms = number[]
/**
 * Adds the terms that attribute number `attribute` has in the request. `parameter` is what follows the colon in the
 * instance's name.
 */
export type Reader<R extends Reading = Reading> = (reading: R, attribute: number, parameter: string, out: Terms) => void

/** A request can name a value twice; a term is there once. */
export function addTerm(reading: Reading, attribute: number, value: string, out: Terms): void {
  if (value === '') return
  const term = termOf(reading.snapshot, attribute, value)
  if (term >= 0 && !out.includes(term)) out.push(term)
}

export function addPiece(reading: Reading, attribute: number, x: number | null, out: Terms): void {
  const meta = reading.snapshot.meta.attributes[attribute]! // the reader was bound to this attribute
  if (x !== null && Number.isFinite(x)) out.push(pieceOf(reading.snapshot, meta, Math.floor(x)))
}

/** Words of a code table (contract/schema/values.ts) by OpenRTB's number. */
export function wordsByCode(table: Record<string, readonly number[]>): ReadonlyMap<number, readonly string[]> {
  const out = new Map<number, string[]>()
  for (const [word, codes] of Object.entries(table))
    for (const code of codes) out.set(code, [...(out.get(code) ?? []), word])
  return out
}

export function addWords(
  words: ReadonlyMap<number, readonly string[]>,
  code: number | null,
  reading: Reading,
  attribute: number,
  out: Terms,
): void {
  if (code !== null) for (const word of words.get(code) ?? []) addTerm(reading, attribute, word, out)
}
