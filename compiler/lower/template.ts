/** Markup with `${MACRO}`s → pieces that the engine strings together inside of a JSON text. */
import { MACRO_BIT, MACROS } from '@flightplan/contract/snapshot.ts'
import type { StringPool, Words } from './pools.ts'

const MACRO = /\$\{([A-Z_]+)\}/g
const NUMBERS: ReadonlyMap<string, number> = new Map(MACROS.map((name, i) => [name, i]))

/** Appends `[n, piece × n]`; returns where. What is no macro of ours (`${AUCTION_PRICE}`) stays as it is. */
export function writeTemplate(markup: string, strings: StringPool, templates: Words): number {
  const pieces: number[] = []
  let from = 0
  const text = (to: number) => {
    if (to > from) pieces.push(strings.id(jsonEscaped(markup.slice(from, to))))
  }
  for (const match of markup.matchAll(MACRO)) {
    const number = NUMBERS.get(match[1] ?? '')
    if (number === undefined) continue
    text(match.index)
    pieces.push((MACRO_BIT | number) >>> 0)
    from = match.index + match[0].length
  }
  text(markup.length)
  const at = templates.length
  templates.push(pieces.length, ...pieces)
  return at
}

const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1)
