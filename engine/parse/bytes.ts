/**
 * A request's bytes → the fields of it that `parse/` reads (fields.ts), as JSON.parse would give them, in one pass:
 * what nobody reads is checked and skipped, and no string is made of it. Under load JSON.parse and the reads of its many
 * shapes cost 30 µs of a request's 93; this and the same reads 14 (docs/adr/0004).
 */
import { type Field, type Fields, hashOfKey, type Kind, REQUEST } from './fields.ts'

const [TAB, LF, CR, SPACE, QUOTE, PLUS, COMMA, MINUS, DOT, ZERO, NINE, COLON] = [
  9, 10, 13, 32, 34, 43, 44, 45, 46, 48, 57, 58,
]
const [UPPER_E, OPEN_LIST, BACKSLASH, CLOSE_LIST, LOWER_E, LOWER_F, LOWER_N, LOWER_T] = [
  69, 91, 92, 93, 101, 102, 110, 116,
]
const [OPEN_OBJECT, CLOSE_OBJECT] = [123, 125]

/** Deeper requests exist only as attacks: JSON.parse, which does not recurse, may have them. */
const MAX_DEPTH = 32
/** Digits that a double holds exactly, and powers of ten that it does: a quotient of the two is rounded once, so right. */
const MAX_DIGITS = 15
const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, n) => 10 ** n)

/**
 * V8 copies a slice below this; a longer one would keep the whole request for as long as a memo keeps it as a key. A
 * call into C++ for each text is 45 ns, a copied slice 15: of the 45 texts that a request of 2 kB has, 35 are short.
 */
const MIN_SHARED_CHARS = 13

/** Of the bytes in a string: 0 plain ASCII; else an escape, a control character (an error) or a byte of UTF-8. */
const IS_SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < SPACE || byte === QUOTE || byte === BACKSLASH || byte > 127 ? 1 : 0,
)

/**
 * @returns the object; null where this reader is not sure (no JSON, no object, keys with escapes, too deep): ask
 * JSON.parse. @throws SyntaxError only where JSON.parse throws too
 */
export function readRequest(bytes: Buffer): Fields | null {
  reader.open(bytes as Bytes) // see there
  const read = reader.object(REQUEST, 0)
  reader.blanks()
  const isWhole = reader.at === reader.end && !reader.failed
  reader.close()
  return isWhole ? read : null
}

/** Node has these beside `toString`, without its look-up of the encoding's name: half the cost of a short text. */
interface Bytes extends Buffer {
  latin1Slice(from: number, to: number): string
  utf8Slice(from: number, to: number): string
}

const NOTHING = Buffer.alloc(0) as unknown as Bytes // see above; @types/node does not list them

/** One per thread, as reading never waits. On a fault `at` goes to the end, where everything else stops too. */
class Reader {
  bytes = NOTHING
  /** The same as latin1: where short ASCII texts are cut from. */
  text = ''
  at = 0
  end = 0
  failed = false
  /** The string that was read last has escapes or more than ASCII. */
  isSpecial = false

  open(bytes: Bytes): void {
    this.bytes = bytes
    this.text = bytes.latin1Slice(0, bytes.length)
    this.at = 0
    this.end = bytes.length
    this.failed = false
  }

  /** Keeps no request. */
  close(): void {
    this.bytes = NOTHING
    this.text = ''
  }

  fail(): null {
    this.failed = true
    this.at = this.end
    return null
  }

  /** The next byte that is no blank, without taking it; 0 at the end. */
  blanks(): number {
    const { bytes, end } = this
    let at = this.at
    let byte = 0
    while (at < end) {
      byte = bytes[at]!
      if (byte > SPACE || (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB)) break
      at++
    }
    this.at = at
    return at < end ? byte : 0
  }

  /** @param kind of the objects in it; null: they are empty */
  value(kind: Kind | null, depth: number): unknown {
    const byte = this.blanks()
    if (byte === QUOTE) return this.string()
    if (byte === OPEN_OBJECT) return this.object(kind, depth)
    if (byte === OPEN_LIST) return this.list(kind, depth)
    if (byte === LOWER_T) return this.word('true', true)
    if (byte === LOWER_F) return this.word('false', false)
    if (byte === LOWER_N) return this.word('null', null)
    return this.number()
  }

  object(kind: Kind | null, depth: number): Fields | null {
    if (depth > MAX_DEPTH || !this.takes(OPEN_OBJECT)) return this.fail()
    const object = kind === null ? {} : kind.make()
    if (this.takes(CLOSE_OBJECT)) return object
    do {
      const field = this.key(kind)
      if (!this.takes(COLON)) return this.fail()
      if (field === null) this.skip(depth + 1)
      else object[field.name] = this.value(field.kind, depth + 1)
    } while (this.takes(COMMA))
    return this.takes(CLOSE_OBJECT) ? object : this.fail()
  }

  list(kind: Kind | null, depth: number): unknown[] | null {
    if (depth > MAX_DEPTH) return this.fail()
    this.at++
    if (this.takes(CLOSE_LIST)) return []
    const list = [this.value(kind, depth + 1)] // of one place: what is pushed into an empty list makes room for 17
    while (this.takes(COMMA)) list.push(this.value(kind, depth + 1))
    return this.takes(CLOSE_LIST) ? list : this.fail()
  }

  /** Takes `wanted` if it is the next byte that is no blank. */
  takes(wanted: number): boolean {
    if (this.blanks() !== wanted) return false
    this.at++
    return true
  }

  /** The field of the kind that the key names, or null. */
  key(kind: Kind | null): Field | null {
    if (this.blanks() !== QUOTE) return this.fail()
    const from = this.at + 1
    this.scanString()
    if (this.isSpecial) return this.fail() // an escape may spell any name
    if (kind === null) return null
    const { bytes } = this
    const to = this.at - 1
    const { places } = kind
    const mask = places.length - 1
    const n = to - from
    if (n === 0) return null
    const hash = hashOfKey(n, bytes[from]!, bytes[from + (n >> 2)]!, bytes[from + (n >> 1)]!, bytes[to - 1]!)
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const field = places[place]!
      if (field === null || isText(bytes, from, to, field.name)) return field
    }
  }

  /** Behind the closing quote of the string that begins at the quote `at`. */
  scanString(): void {
    const { bytes, end } = this
    let at = this.at + 1
    this.isSpecial = false
    while (at < end) {
      const byte = bytes[at]!
      if (IS_SPECIAL[byte] === 1) {
        if (byte === QUOTE) {
          this.at = at + 1
          return
        }
        if (byte < SPACE) break
        this.isSpecial = true
        if (byte === BACKSLASH) at++
      }
      at++
    }
    this.fail()
  }

  string(): string | null {
    const from = this.at
    this.scanString()
    if (this.failed) return null
    const { bytes, at } = this
    if (this.isSpecial) return JSON.parse(bytes.utf8Slice(from, at)) as string // what starts with a quote
    const isShort = at - from - 2 < MIN_SHARED_CHARS
    return isShort ? this.text.slice(from + 1, at - 1) : bytes.latin1Slice(from + 1, at - 1)
  }

  number(): number | null {
    const { bytes, at: from } = this
    const isNegative = bytes[from] === MINUS
    if (isNegative) this.at++
    const first = this.at
    let mantissa = this.digits(0)
    const whole = this.at - first
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return this.fail()
    let decimals = 0
    if (bytes[this.at] === DOT) {
      this.at++
      const point = this.at
      mantissa = this.digits(mantissa)
      decimals = this.at - point
      if (decimals === 0) return this.fail()
    }
    const hasExponent = bytes[this.at] === LOWER_E || bytes[this.at] === UPPER_E
    if (hasExponent && !this.exponent()) return this.fail()
    if (hasExponent || whole + decimals > MAX_DIGITS) return Number(bytes.latin1Slice(from, this.at))
    const size = decimals === 0 ? mantissa : mantissa / POWERS[decimals]!
    return isNegative ? -size : size
  }

  digits(before: number): number {
    const { bytes, end } = this
    let at = this.at
    let value = before
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO
      if (digit < 0 || digit > NINE - ZERO) break
      value = value * 10 + digit
    }
    this.at = at
    return value
  }

  exponent(): boolean {
    this.at++
    const sign = this.bytes[this.at]
    if (sign === PLUS || sign === MINUS) this.at++
    const from = this.at
    this.digits(0)
    return this.at > from
  }

  word<V>(text: string, value: V): V | null {
    if (!isText(this.bytes, this.at, this.at + text.length, text)) return this.fail()
    this.at += text.length
    return value
  }

  /** Checks a value that nobody reads. */
  skip(depth: number): void {
    const byte = this.blanks()
    if (byte === QUOTE) this.skipString()
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.skipGroup(byte, depth)
    else this.value(null, depth)
  }

  skipString(): void {
    const from = this.at
    this.scanString()
    if (this.isSpecial && !this.failed && this.bytes.subarray(from, this.at).includes(BACKSLASH))
      JSON.parse(this.bytes.utf8Slice(from, this.at)) // throws for an escape that is none
  }

  skipGroup(open: number, depth: number): void {
    const close = open === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT
    if (depth > MAX_DEPTH) return void this.fail()
    this.at++
    if (this.takes(close)) return
    do {
      if (open === OPEN_OBJECT) {
        this.key(null)
        if (!this.takes(COLON)) return void this.fail()
      }
      this.skip(depth + 1)
    } while (this.takes(COMMA))
    if (!this.takes(close)) this.fail()
  }
}

function isText(bytes: Buffer, from: number, to: number, text: string): boolean {
  if (to - from !== text.length || to > bytes.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false
  return true
}

const reader = new Reader()
