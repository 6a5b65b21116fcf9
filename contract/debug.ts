/**
 * debug.json: where every predicate and row of a snapshot is written. Half a million objects would take 29 MB and two
 * seconds to write, so it holds columns of numbers, and each path and text once.
 */
import type { DebugMap, DebugSpot } from './release.ts'

/** Columns of one length: a file as its index in `files`, line and column from 1. */
export interface SpotColumns {
  file: Uint32Array
  line: Uint32Array
  col: Uint32Array
}
export interface DebugColumns {
  commit: string
  files: readonly string[]
  texts: readonly string[]
  /** `text`: index in `texts`. */
  predicates: SpotColumns & { text: Uint32Array }
  /** By line item, the number of its own predicate, which stands where the line item does. */
  line_items: Uint32Array
  creatives: SpotColumns
  campaigns: SpotColumns
}

/** The same columns give the same bytes. */
export function writeDebug({ commit, files, texts, ...columns }: DebugColumns): Uint8Array {
  const { predicates, line_items, creatives, campaigns } = columns
  return joined([
    `{"commit":${JSON.stringify(commit)},\n"files":${JSON.stringify(files)},\n"texts":${JSON.stringify(texts)}`,
    ...[',\n"predicates":', ...objectOf({ ...predicates })],
    ...[',\n"line_items":[', line_items],
    ...['],\n"creatives":', ...objectOf({ ...creatives })],
    ...[',\n"campaigns":', ...objectOf({ ...campaigns }), '}\n'],
  ])
}

/** A text, or numbers with commas between them. */
type Part = string | Uint32Array

const objectOf = (columns: Record<string, Uint32Array>): Part[] => [
  ...Object.entries(columns).flatMap(([name, column], i) => [`${i === 0 ? '{' : '],'}"${name}":[`, column]),
  ']}',
]

/** Into bytes of the right length at once: two million numbers as strings keep the garbage collector busy for 300 ms. */
function joined(parts: readonly Part[]): Uint8Array {
  const lengths = parts.map(part => (typeof part === 'string' ? Buffer.byteLength(part) : lengthOf(part)))
  const out = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  parts.forEach((part, i) => {
    const end = at + lengths[i]! // one length per part
    if (typeof part === 'string') out.write(part, at)
    else writeNumbers(part, out, end)
    at = end
  })
  return new Uint8Array(out.buffer)
}

const lengthOf = (numbers: Uint32Array): number =>
  numbers.reduce((sum, n) => sum + digitsOf(n) + 1, numbers.length === 0 ? 0 : -1)

function digitsOf(n: number): number {
  let digits = 1
  for (let limit = 10; n >= limit; limit *= 10) digits++
  return digits
}

const [ZERO, COMMA] = [0x30, 0x2c]

/** From the last digit to the first. */
function writeNumbers(numbers: Uint32Array, out: Uint8Array, end: number): void {
  let at = end
  for (let i = numbers.length - 1; i >= 0; i--) {
    let rest = numbers[i]! // i is in range
    do {
      out[--at] = ZERO + (rest % 10)
      rest = Math.floor(rest / 10)
    } while (rest > 0)
    if (i > 0) out[--at] = COMMA
  }
}

type Read<T> = { [K in keyof T]: T[K] extends Uint32Array ? number[] : Read<T[K]> }

/** @throws SyntaxError when the bytes are no JSON: a release's digest covers them */
export function readDebug(bytes: Uint8Array): DebugMap {
  const { commit, files, texts, predicates, line_items, creatives, campaigns } = JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
  ) as Read<DebugColumns> // writeDebug wrote it
  const spots = ({ file, line, col }: Read<SpotColumns>): DebugSpot[] => file.map((at, i) => [at, line[i]!, col[i]!]) // columns of one length
  const places = spots(predicates)
  return {
    commit,
    files: [...files],
    predicates: places.map((at, i) => ({ at, text: texts[predicates.text[i]!]! })), // likewise
    line_items: line_items.map(own => places[own]!), // numbers of predicates
    creatives: spots(creatives),
    campaigns: spots(campaigns),
  }
}
