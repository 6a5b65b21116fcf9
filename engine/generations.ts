/**
 * A bounded map in two generations: when the young one is full it becomes the old one, and the old one is dropped. What
 * is asked for again moves to the young one, so what is in use stays, without the links of an LRU. It bounds entries and
 * characters of keys alike: a consent string may have 16 KB, and whoever sends different ones must not fill the memory.
 */
export class Generations<V> {
  young = new Map<string, V>()
  old = new Map<string, V>()
  young_chars = 0
  readonly #maxEntries: number
  readonly #maxChars: number

  /** At most twice as many of each are held. */
  constructor(maxEntries: number, maxChars: number) {
    this.#maxEntries = maxEntries
    this.#maxChars = maxChars
  }

  get(key: string): V | undefined {
    const young = this.young.get(key)
    if (young !== undefined) return young
    const old = this.old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: V): void {
    if (this.young.size >= this.#maxEntries || this.young_chars + key.length > this.#maxChars) {
      this.old = this.young
      this.young = new Map()
      this.young_chars = 0
    }
    this.young.set(key, value)
    this.young_chars += key.length
  }
}
