/**
 * A line of the spool says itself whether it is whole: the last field of its JSON is the byte length and the CRC-32 of the
 * object before it was added. Readers of NDJSON (runtime/events/spool-source.ts) leave out a field that they do not know.
 */
import { crc32 } from 'node:zlib'

const NAME = ',"frame":"'
/** The name, eight hex digits of length, eight of CRC, and the end of string and object. */
const TAIL_CHARS = NAME.length + 16 + 2
const NEWLINE = 10

const hex8 = (n: number): string => (n >>> 0).toString(16).padStart(8, '0')
const sealOf = (json: string): string => hex8(Buffer.byteLength(json)) + hex8(crc32(json))

/** @param json an object with at least one field, without line breaks */
export const framed = (json: string): string => `${json.slice(0, -1)}${NAME}${sealOf(json)}"}\n`

/** The object as it was before it was framed, or null: torn, altered, or never framed. */
export function unframed(line: string): string | null {
  const cut = line.length - TAIL_CHARS
  if (cut < 1 || !line.startsWith(NAME, cut)) return null
  const json = `${line.slice(0, cut)}}`
  return line.slice(cut + NAME.length) === `${sealOf(json)}"}` ? json : null
}

/** How many bytes of a segment are whole lines, up to the first that is not: what follows a tear was never acknowledged. */
export function wholeBytes(segment: Buffer): number {
  let at = 0
  for (;;) {
    const end = segment.indexOf(NEWLINE, at)
    if (end < 0 || unframed(segment.toString('utf8', at, end)) === null) return at
    at = end + 1
  }
}
