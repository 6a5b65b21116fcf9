/** Reads a folder of NDJSON segments as they grow: complete lines only, from where the last run stopped. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Batch, Ingest } from './ingest.ts'

/** A batch: large enough that ClickHouse makes few parts, small enough to hold twice in memory. */
const CHUNK_BYTES = 8 << 20
const NEWLINE = 10

export const spoolSource = (folder: string): string => `spool:${basename(folder)}`

/** Reads what there is now. Returns how many messages were new. */
export async function readSpool(folder: string, ingest: Ingest, chunkBytes = CHUNK_BYTES): Promise<number> {
  const source = spoolSource(folder)
  let messages = 0
  for (const part of readdirSync(folder).sort()) {
    if (!part.endsWith('.ndjson')) continue
    for (;;) {
      const batch = nextBatch(join(folder, part), source, part, await ingest.nextOf(source, part), chunkBytes)
      if (!batch) break
      await ingest.write(batch)
      messages += batch.messages.length
    }
  }
  return messages
}

/** Null: nothing new. A last line without its end was never acknowledged, and may still be growing: it is left. */
function nextBatch(path: string, source: string, part: string, from: number, chunkBytes: number): Batch | null {
  const file = openSync(path, 'r')
  try {
    // A shorter file than what was read of it is another one under its name; ids keep it from counting twice.
    const start = from > fstatSync(file).size ? 0 : from
    const chunk = Buffer.allocUnsafe(chunkBytes)
    const bytes = chunk.subarray(0, readSync(file, chunk, 0, chunkBytes, start))
    const end = bytes.lastIndexOf(NEWLINE) + 1
    // A line longer than a chunk is no event: it is kept as what was read of it, and the rest follows.
    const complete = end > 0 ? end : bytes.length === chunkBytes ? chunkBytes : 0
    if (complete === 0) return null
    return { source, part, next: start + complete, messages: linesOf(bytes.subarray(0, complete), start) }
  } finally {
    closeSync(file)
  }
}

function linesOf(bytes: Buffer, start: number): Batch['messages'] {
  const lines = []
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at)
    const end = newline < 0 ? bytes.length : newline
    if (end > at) lines.push({ position: start + at, text: bytes.toString('utf8', at, end) })
    at = end + 1
  }
  return lines
}
