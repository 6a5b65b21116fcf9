/**
 * A bounded map in two generations: when the young one is full it becomes the old one, and the old one is dropped.
 * What is asked for again moves to the young one, so what is in use stays, without the links of an LRU.
 */
export class Memo<T> {
  #young = new Map<string, T>()
  #old = new Map<string, T>()
  readonly #size: number

  /** At most 2 × `size` entries are held. */
  constructor(size: number) {
    this.#size = size
  }

  get(key: string): T | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: T): void {
    if (this.#young.size >= this.#size) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
