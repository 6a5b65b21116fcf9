/**
 * The difference between two versions of a file, and files packed whole: zstd, for deltas with the old version as its
 * dictionary (what `zstd --patch-from` does). A result is proven by the sha256 in the signed manifest, so neither needs a
 * signature of its own: a wrong base or a damaged delta gives other bytes, which are refused.
 *
 * Large files go by chunks, each against the part of the base around its place: beyond some 16 MB zstd no longer
 * finds what lies far back (measured: 60 MB against itself compressed to 72%, 16 MB to 0.02%).
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Refused } from './refusal.ts'

const CHUNK_BYTES = 4 * 1024 * 1024
/** 'FPD1', then for each chunk the length of its frame (uint32 LE) and the frame. */
const MAGIC = Buffer.from('FPD1')
const WINDOW_LOG = 25
const PACK = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: WINDOW_LOG }
/** Large hash tables: those of level 3 forget most of a dictionary of 12 MB. */
const DIFF = { ...PACK, [constants.ZSTD_c_hashLog]: 22, [constants.ZSTD_c_chainLog]: 22 }
const READ = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG }

/** The most that a file of this size can have when packed, by zstd's own bound. */
export const maxPackedBytes = (bytes: number): number => bytes + Math.ceil(bytes / 128) + 1024

export const pack = (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes, { params: PACK })

/** @param size of the file by the manifest; more is never unpacked @throws Refused flipped_byte */
export function unpack(packed: Uint8Array, size: number): Uint8Array {
  return guarded('a packed file', () =>
    zstdDecompressSync(packed, { params: READ, maxOutputLength: Math.max(1, size) }),
  )
}

export function diff(base: Uint8Array, next: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [MAGIC]
  for (let at = 0; at < next.length; at += CHUNK_BYTES) {
    const chunk = next.subarray(at, at + CHUNK_BYTES)
    const frame = zstdCompressSync(chunk, { params: DIFF, ...dictionaryAt(base, at) })
    const length = Buffer.alloc(4)
    length.writeUInt32LE(frame.length)
    parts.push(length, frame)
  }
  return Buffer.concat(parts)
}

/** @param size of the result by the manifest; more is never unpacked @throws Refused flipped_byte */
export function patch(base: Uint8Array, delta: Uint8Array, size: number): Uint8Array {
  return guarded('a delta', () => {
    const bytes = Buffer.from(delta.buffer, delta.byteOffset, delta.byteLength)
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError('not a delta')
    const chunks: Uint8Array[] = []
    let from = MAGIC.length
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const to = from + 4 + bytes.readUInt32LE(from)
      const maxOutputLength = Math.min(CHUNK_BYTES, size - at)
      chunks.push(
        zstdDecompressSync(bytes.subarray(from + 4, to), { params: READ, maxOutputLength, ...dictionaryAt(base, at) }),
      )
      from = to
    }
    return Buffer.concat(chunks)
  })
}

/** The base around a place, a chunk to either side: what was put in or taken out moves the rest by less. */
function dictionaryAt(base: Uint8Array, at: number): { dictionary?: Uint8Array } {
  const part = base.subarray(Math.max(0, at - CHUNK_BYTES), at + 2 * CHUNK_BYTES)
  return part.length > 0 ? { dictionary: part } : {}
}

function guarded(what: string, step: () => Uint8Array): Uint8Array {
  try {
    return step()
  } catch (error) {
    throw new Refused('flipped_byte', `${what} cannot be unpacked: ${(error as Error).message}`) // zlib throws Errors
  }
}
