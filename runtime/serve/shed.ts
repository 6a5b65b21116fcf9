/**
 * QPS limits per exchange, of the whole process: a leaky bucket (GCRA) in one shared cell per exchange, the moment at
 * which the bucket would be empty. Taking part costs one compare-and-swap, and nobody refills anything.
 */

/** Exchanges of a release that may have a limit; more of them share the last cell, which can only shed more. */
const CELLS = 256
/** A burst of this long is let through: requests come in clumps, Envoy batches its writes. */
const BURST_US = 100_000n

export type ShedMemory = SharedArrayBuffer
export const createShed = (): ShedMemory => new SharedArrayBuffer(CELLS * BigInt64Array.BYTES_PER_ELEMENT)

export interface Shedder {
  /** May a request of this exchange (its index in the release) be worked on now? @param max_qps Infinity: no limit */
  admits(exchange: number, max_qps: number, now_ms: number): boolean
}

export function openShedder(memory: ShedMemory): Shedder {
  const cells = new BigInt64Array(memory)
  return {
    admits(exchange, max_qps, now_ms) {
      if (max_qps === Number.POSITIVE_INFINITY) return true
      const cell = Math.min(exchange, CELLS - 1)
      const [now_us, each_us] = [BigInt(Math.floor(now_ms * 1000)), BigInt(Math.max(1, Math.round(1e6 / max_qps)))]
      for (let seen = Atomics.load(cells, cell); ; ) {
        const empty_us = seen > now_us ? seen : now_us
        if (empty_us - now_us > BURST_US) return false
        const before = Atomics.compareExchange(cells, cell, seen, empty_us + each_us)
        if (before === seen) return true
        seen = before
      }
    },
  }
}
