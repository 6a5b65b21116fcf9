/** Sextet of each base64url character code; -1 for every code that is not one of the 64. */
const SEXTETS = new Int8Array(128).fill(-1)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
for (let value = 0; value < 64; value++) SEXTETS[ALPHABET.charCodeAt(value)] = value

/**
 * Reads bits, most significant first, straight from the characters of a base64url segment: no buffer is built.
 * A read past the end does not throw: it returns 0 and sets `failed`, which stays set, so that a decoder may
 * read a whole table and look once. Every loop over a count from the input must stop when `failed` is set.
 */
export class BitReader {
  failed = false
  position: number
  readonly #text: string
  readonly #end: number

  /** Bits of `text[from, to)`. Any character outside base64url (padding and white space too) fails the reader. */
  constructor(text: string, from: number, to: number) {
    this.#text = text
    this.position = from * 6
    this.#end = to * 6
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code > 127 || SEXTETS[code] === -1) this.failed = true
    }
  }

  /** How many bits are left. */
  get left(): number {
    return this.#end - this.position
  }

  fail(): void {
    this.failed = true
  }

  /** Back to an earlier position, to try another reading of the same bits; forgets a failure since then. */
  rewind(position: number): void {
    this.position = position
    this.failed = false
  }

  skip(count: number): void {
    if (count > this.left) this.failed = true
    else this.position += count
  }

  /** An unsigned integer of `count` bits, at most 48: dates have 36, so it multiplies where `<<` would wrap. */
  read(count: number): number {
    if (count > this.left) this.failed = true
    if (this.failed) return 0
    let value = 0
    for (let wanted = count; wanted > 0; ) {
      const available = 6 - (this.position % 6)
      const taken = wanted < available ? wanted : available
      const part = (this.#sextet(this.position) >> (available - taken)) & ((1 << taken) - 1)
      value = value * (1 << taken) + part
      this.position += taken
      wanted -= taken
    }
    return value
  }

  flag(): boolean {
    return this.read(1) === 1
  }

  /** A bitfield whose first bit is id 1, as a mask in which id n is bit n - 1. At most 31 ids. */
  mask(count: number): number {
    let mask = 0
    for (let id = 0; id < count; id++) if (this.flag()) mask |= 1 << id
    return mask
  }

  /** Reads over a bitfield of ids 1..`count` and tells whether the bit of `id` is set. */
  bitfieldHas(id: number, count: number): boolean {
    const start = this.position
    this.skip(count)
    if (this.failed || id < 1 || id > count) return false
    const at = start + id - 1
    return ((this.#sextet(at) >> (5 - (at % 6))) & 1) === 1
  }

  #sextet(position: number): number {
    // The constructor saw every character inside the table, and callers stay before the end.
    return SEXTETS[this.#text.charCodeAt(Math.floor(position / 6))] as number
  }
}
