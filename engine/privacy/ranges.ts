import type { BitReader } from './bits.ts'

/** The highest id that a 16-bit field can hold: the limit where no list maximum is declared. */
export const MAX_ID = 65535

/** 1, 2, 3, 5, … up to the first number above `MAX_ID`: longer code words can only name ids that do not exist. */
const FIBONACCI = [1, 2]
while (FIBONACCI.at(-1)! <= MAX_ID) FIBONACCI.push(FIBONACCI.at(-1)! + FIBONACCI.at(-2)!)

/**
 * TCF vendor list: Int(16) highest id, then a bitfield or a Range(Int). Tells whether it holds `id`.
 * Source: TCF "Consent string and vendor list formats v2", vendor consent section.
 */
export function vendorListHas(bits: BitReader, id: number): boolean {
  const maxId = bits.read(16)
  return bits.flag() ? intRangeHas(bits, id, maxId) : bits.bitfieldHas(id, maxId)
}

/** Range(Int). An id of 0, a reversed pair and an id above `maxId` fail the reader: no encoder writes them. */
export function intRangeHas(bits: BitReader, id: number, maxId: number): boolean {
  let found = false
  for (let entries = bits.read(12); entries > 0 && !bits.failed; entries--) {
    const isGroup = bits.flag()
    const first = bits.read(16)
    const last = isGroup ? bits.read(16) : first
    if (first === 0 || last < first || last > maxId) bits.fail()
    if (id >= first && id <= last) found = true
  }
  return found && !bits.failed
}

/**
 * Range(Fibonacci): each entry starts at an offset from the last id seen, a group adds its length.
 * Calls `onGroup(first, last)` for every entry; returns the last id (0 for an empty range).
 * Source: GPP "Consent String Specification", data types.
 */
export function readFibonacciRange(
  bits: BitReader,
  maxId: number,
  onGroup: (first: number, last: number) => void,
): number {
  let last = 0
  for (let entries = bits.read(12); entries > 0 && !bits.failed; entries--) {
    const isGroup = bits.flag()
    const first = last + readFibonacci(bits)
    last = isGroup ? first + readFibonacci(bits) : first
    if (last > maxId) bits.fail()
    if (!bits.failed) onGroup(first, last)
  }
  return last
}

/** One Fibonacci code word, which ends at the first two adjacent ones; 1 or more, 0 when it fails. */
function readFibonacci(bits: BitReader): number {
  let value = 0
  let wasSet = false
  for (const weight of FIBONACCI) {
    const isSet = bits.flag()
    if (isSet && wasSet) return value
    if (isSet) value += weight
    wasSet = isSet
  }
  bits.fail()
  return 0
}
