/**
 * Which notices this node has had lately: exact, in two generations of ids. When the younger one is full or old it becomes
 * the older one, and the older one is forgotten; what comes again later than that is told apart by its id in the store.
 */
export interface Seen {
  /** What became of it: resolves when it is durable. Undefined: not seen. */
  of(id: string): Promise<void> | undefined
  add(id: string, durable: Promise<void>): void
  /** It was not written after all. */
  forget(id: string): void
  size(): number
}

export interface SeenBounds {
  /** Of one generation. */
  ids: number
  age_ms: number
}

export function openSeen({ ids, age_ms }: SeenBounds, now_ms: () => number): Seen {
  let young = new Map<string, Promise<void>>()
  let old = new Map<string, Promise<void>>()
  let begun_ms = now_ms()
  return {
    of: id => young.get(id) ?? old.get(id),
    add(id, durable) {
      if (young.size >= ids || now_ms() - begun_ms >= age_ms) {
        old = young
        young = new Map()
        begun_ms = now_ms()
      }
      young.set(id, durable)
    },
    forget(id) {
      young.delete(id)
      old.delete(id)
    },
    size: () => young.size + old.size,
  }
}
