/**
 * What a process has spent, in memory that its workers share: one process is one budget. A table with open addressing,
 * keyed by a hash of the campaign's or line item's id, so that no release swap, canary or rollback touches a counter.
 */
import { createHash } from 'node:crypto'

/** Campaigns and line items that one process may meet in its life; the memory (21 MB) is only touched where used. */
const CAPACITY = 1 << 19
const FIELDS = 4
/** Fields of an entry. KEY 0: free. DAY packs a day and what was spent in it, see {@link packDay}. */
const [KEY, DAY, TOTAL, IMPRESSIONS] = [0, 1, 2, 3]

/** Spent nano stay below 2^54 (an order has less than 9e15 nano), so the day fits beside them, modulo 1,024. */
const SPENT_BITS = 54n
const SPENT_MASK = (1n << SPENT_BITS) - 1n
const DAYS = 1024

export type CounterMemory = SharedArrayBuffer

/** Allocated once by the process and handed to each worker. @param capacity entries, a power of two */
export const createCounters = (capacity = CAPACITY): CounterMemory =>
  new SharedArrayBuffer(capacity * FIELDS * BigInt64Array.BYTES_PER_ELEMENT)

/**
 * The entry of an id, made when there is none; -1 when the table is full, and then the id must not spend.
 * Any thread may call it at any time: an entry belongs to the one that first wrote its key.
 */
export function claimEntry(memory: CounterMemory, id: string): number {
  const cells = new BigInt64Array(memory)
  const capacity = cells.length / FIELDS
  const key = createHash('sha256').update(id).digest().readBigInt64BE() || 1n // 0n means free
  let entry = Number(BigInt.asUintN(32, key)) & (capacity - 1)
  for (let tried = 0; tried < capacity; tried++) {
    const holder = Atomics.compareExchange(cells, entry * FIELDS + KEY, 0n, key)
    if (holder === 0n || holder === key) return entry
    entry = (entry + 1) & (capacity - 1)
  }
  return -1
}

/** A limit that a charge must not pass; NaN or Infinity: none. */
export interface Limits {
  daily_nano: number
  total_nano: number
  impressions: number
}

/** What is spent of one entry. `day` counts days since 1970-01-01 in the campaign's zone. */
export interface Spent {
  day_nano: number
  total_nano: number
  impressions: number
}

/** One thread's hands on the counters. Amounts are whole nano below 2^53. */
export class Counters {
  readonly #cells: BigInt64Array

  constructor(memory: CounterMemory) {
    this.#cells = new BigInt64Array(memory)
  }

  day_nano(entry: number, day: number): number {
    return spentOf(Atomics.load(this.#cells, entry * FIELDS + DAY), day)
  }

  total_nano(entry: number): number {
    return Number(Atomics.load(this.#cells, entry * FIELDS + TOTAL))
  }

  impressions(entry: number): number {
    return Number(Atomics.load(this.#cells, entry * FIELDS + IMPRESSIONS))
  }

  /** Takes all three or nothing. What it takes back was above a limit for an instant: others saw less left, not more. */
  take(entry: number, day: number, cost_nano: number, limits: Limits): boolean {
    const at = entry * FIELDS
    if (!this.#add(at + TOTAL, cost_nano, limits.total_nano)) return false
    if (!this.#add(at + IMPRESSIONS, 1, limits.impressions)) {
      this.#subtract(at + TOTAL, cost_nano)
      return false
    }
    if (this.#addToDay(at + DAY, day, cost_nano, limits.daily_nano)) return true
    this.#subtract(at + TOTAL, cost_nano)
    this.#subtract(at + IMPRESSIONS, 1)
    return false
  }

  /** Takes back a charge of just now; where the day has changed meanwhile it stays, which can only spend less. */
  giveBack(entry: number, day: number, cost_nano: number): void {
    const at = entry * FIELDS
    this.#subtract(at + TOTAL, cost_nano)
    this.#subtract(at + IMPRESSIONS, 1)
    for (let seen = Atomics.load(this.#cells, at + DAY); dayIn(seen) === day % DAYS; ) {
      const before = Atomics.compareExchange(this.#cells, at + DAY, seen, seen - BigInt(cost_nano))
      if (before === seen) return
      seen = before
    }
  }

  #subtract(cell: number, amount: number): void {
    Atomics.sub(this.#cells, cell, BigInt(amount))
  }

  #add(cell: number, amount: number, limit: number): boolean {
    for (let seen = Atomics.load(this.#cells, cell); !(Number(seen) + amount > limit); ) {
      const before = Atomics.compareExchange(this.#cells, cell, seen, seen + BigInt(amount))
      if (before === seen) return true
      seen = before
    }
    return false
  }

  #addToDay(cell: number, day: number, amount: number, limit: number): boolean {
    for (let seen = Atomics.load(this.#cells, cell); !(spentOf(seen, day) + amount > limit); ) {
      const next = packDay(laterDay(seen, day), spentOf(seen, day) + amount)
      const before = Atomics.compareExchange(this.#cells, cell, seen, next)
      if (before === seen) return true
      seen = before
    }
    return false
  }
}

const packDay = (day: number, spent_nano: number): bigint =>
  BigInt.asIntN(64, (BigInt(day) << SPENT_BITS) | BigInt(spent_nano))

const dayIn = (cell: bigint): number => Number(BigInt.asUintN(64, cell) >> SPENT_BITS)

/**
 * Days never go back: around midnight one worker's clock is ahead of another's, and a release may move a campaign to a
 * zone further west. A charge of an older day then counts in the newer one, which can only spend less.
 */
const isAhead = (cell: bigint, day: number): boolean => cell !== 0n && (dayIn(cell) - day + DAYS) % DAYS <= 2

const laterDay = (cell: bigint, day: number): number => (isAhead(cell, day % DAYS) ? dayIn(cell) : day % DAYS)

const spentOf = (cell: bigint, day: number): number => (isAhead(cell, day % DAYS) ? Number(cell & SPENT_MASK) : 0)
