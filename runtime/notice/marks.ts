/** What a node may promise about its events (contract/marks.ts): all up to the oldest that is not written yet. */
export interface Progress {
  /** An event of now is on its way; call what it gives when it is durable, or was given up. */
  begin(at_ms: number): () => void
  /** A serving thread has handed over all of its events up to then. */
  handedOver(thread: number, at_ms: number): void
  /** It will hand over nothing more. */
  left(thread: number): void
  /** All events at or before this are written. */
  complete_ms(now_ms: number): number
}

export function openProgress(): Progress {
  const open = new Map<object, number>()
  const threads = new Map<number, number>()
  return {
    begin(at_ms) {
      const key = {}
      open.set(key, at_ms)
      return () => void open.delete(key)
    },
    handedOver: (thread, at_ms) => void threads.set(thread, at_ms),
    left: thread => void threads.delete(thread),
    complete_ms(now_ms) {
      let least = now_ms
      for (const at_ms of open.values()) least = Math.min(least, at_ms)
      for (const at_ms of threads.values()) least = Math.min(least, at_ms)
      return least - 1
    },
  }
}
