/** Growing storage of a snapshot's sections. */

/** Uint32 values, appended; doubled when full. */
export class Words {
  #data = new Uint32Array(1024)
  length = 0

  push(...values: number[]): void {
    for (const value of values) this.add(value)
  }

  add(value: number): void {
    if (this.length === this.#data.length) this.#grow(this.length * 2)
    this.#data[this.length++] = value
  }

  set(at: number, value: number): void {
    this.#data[at] = value
  }

  orBits(at: number, bits: number): void {
    this.#data[at] = this.#data[at]! | bits // the caller reserved it
  }

  clearBits(at: number, bits: number): void {
    this.#data[at] = this.#data[at]! & ~bits // the caller reserved it
  }

  /** Room for `n` zeros; returns where they begin. */
  reserve(n: number): number {
    const at = this.length
    if (at + n > this.#data.length) this.#grow(Math.max(at + n, this.#data.length * 2))
    this.length += n
    return at
  }

  /** A view of what is there now. */
  view(): Uint32Array {
    return this.#data.subarray(0, this.length)
  }

  #grow(length: number): void {
    const grown = new Uint32Array(length)
    grown.set(this.#data)
    this.#data = grown
  }
}

/** Strings by number, each once. */
export class StringPool {
  readonly #numbers = new Map<string, number>()

  id(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.#numbers.size)
    return this.#numbers.size - 1
  }

  sections(): { strings: Uint8Array; string_at: Uint32Array } {
    const parts = [...this.#numbers.keys()].map(text => Buffer.from(text, 'utf8'))
    const string_at = new Uint32Array(parts.length + 1)
    parts.forEach((part, i) => {
      string_at[i + 1] = string_at[i]! + part.length // the entry before was just written
    })
    return { strings: Uint8Array.from(Buffer.concat(parts)), string_at }
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
    const at = this.words.reserve(list.length)
    list.forEach((value, i) => {
      this.words.set(at + i, value)
    })
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

function hashOf(list: readonly number[]): number {
  let hash = 0x811c9dc5 ^ list.length
  for (const value of list) hash = Math.imul(hash ^ value, 0x01000193)
  return hash
}
