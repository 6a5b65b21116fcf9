/** Markup with `${MACRO}`s → pieces that the engine strings together inside of a JSON text. */
import { MACRO_BIT, MACROS } from '@flightplan/contract/snapshot.ts'
import type { StringPool, Words } from './pools.ts'

const MACRO = /\$\{([A-Z_]+)\}/g
const NUMBERS: ReadonlyMap<string, number> = new Map(MACROS.map((name, i) => [name, i]))

/** A text, JSON-escaped, or the number of a macro. */
export type Piece = string | number

/** What is no macro of ours (`${AUCTION_PRICE}`) stays as it is. */
export function piecesOf(markup: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const text = (to: number) => {
    if (to > from) pieces.push(jsonEscaped(markup.slice(from, to)))
  }
  for (const match of markup.matchAll(MACRO)) {
    const number = NUMBERS.get(match[1] ?? '')
    if (number === undefined) continue
    text(match.index)
    pieces.push((MACRO_BIT | number) >>> 0)
    from = match.index + match[0].length
  }
  text(markup.length)
  return pieces
}

/** Appends `[n, piece × n]`; returns where. */
export function writeTemplate(pieces: readonly Piece[], strings: StringPool, templates: Words): number {
  const at = templates.length
  templates.add(pieces.length)
  for (const piece of pieces) templates.add(typeof piece === 'string' ? strings.id(piece) : piece)
  return at
}

const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1)
