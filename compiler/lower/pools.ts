/** Growing storage of a snapshot's sections. */
import { largeMemory } from '@flightplan/contract/columns.ts'

/** Uint32 values, appended; doubled when full. */
export class Words {
  #data: Uint32Array
  length = 0

  constructor(capacity = 1024) {
    this.#data = new Uint32Array(largeMemory(4 * Math.max(1, capacity)))
  }

  push(...values: number[]): void {
    for (const value of values) this.add(value)
  }

  add(value: number): void {
    if (this.length === this.#data.length) this.#grow(this.length * 2)
    this.#data[this.length++] = value
  }

  /** Appends a list; returns where it begins. */
  append(values: ArrayLike<number>): number {
    const at = this.reserve(values.length)
    this.#data.set(values, at)
    return at
  }

  /** For `n` more, if that is known. */
  makeRoom(n: number): void {
    if (this.length + n > this.#data.length) this.#grow(this.length + n)
  }

  /** Room for `n` zeros; returns where they begin. */
  reserve(n: number): number {
    const at = this.length
    if (at + n > this.#data.length) this.#grow(Math.max(at + n, this.#data.length * 2))
    this.length += n
    return at
  }

  /** A view of what is there now; writes go through, until it grows. */
  view(): Uint32Array {
    return this.#data.subarray(0, this.length)
  }

  #grow(length: number): void {
    const grown = new Uint32Array(largeMemory(4 * length))
    grown.set(this.#data)
    this.#data = grown
  }
}

/** Strings by number. */
export class StringPool {
  readonly #numbers = new Map<string, number>()
  readonly texts: string[] = []

  /** Number of a text that may come again. */
  id(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const id = this.add(text)
    this.#numbers.set(text, id)
    return id
  }

  /** The same for one that comes once: 100,000 ids of line items need no finding. */
  add(text: string): number {
    return this.texts.push(text) - 1
  }

  sections(): { strings: Uint8Array; string_at: Uint32Array } {
    const bytes = Buffer.allocUnsafeSlow(this.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0))
    const string_at = new Uint32Array(this.texts.length + 1)
    let at = 0
    this.texts.forEach((text, i) => {
      at += bytes.write(text, at, 'utf8')
      string_at[i + 1] = at
    })
    return { strings: new Uint8Array(bytes.buffer), string_at }
  }
}

/** Lists of numbers in one array, each list once. Found by hash: joined text keys would cost more than the lists. */
export class ListPool {
  readonly words = new Words()
  readonly #byHash = new Map<number, { at: number; n: number }[]>()

  /** Where the list stands in `words`. */
  at(list: readonly number[]): number {
    if (list.length === 0) return 0
    const hash = hashOf(list)
    const bucket = this.#byHash.get(hash)
    const known = bucket?.find(({ at, n }) => n === list.length && this.#equals(at, list))
    if (known) return known.at
    const at = this.words.append(list)
    if (bucket) bucket.push({ at, n: list.length })
    else this.#byHash.set(hash, [{ at, n: list.length }])
    return at
  }

  #equals(at: number, list: readonly number[]): boolean {
    const stored = this.words.view()
    for (let i = 0; i < list.length; i++) if (stored[at + i] !== list[i]) return false
    return true
  }
}

/** Of 32 bits; infinite bounds count as 0. */
export function hashOf(list: readonly number[]): number {
  let hash = 0x811c9dc5 ^ list.length
  for (const value of list) hash = Math.imul(hash ^ value, 0x01000193)
  return hash
}

/** New numbers for old ones, given out by first use. */
export class Renumbering {
  readonly #given: Int32Array
  /** Old numbers in the order of the new ones. */
  readonly used: number[] = []

  constructor(numbers: number) {
    this.#given = new Int32Array(numbers).fill(-1)
  }

  of(old: number): number {
    const known = this.#given[old]! // below the number of old ones
    if (known >= 0) return known
    this.#given[old] = this.used.length
    return this.used.push(old) - 1
  }
}
