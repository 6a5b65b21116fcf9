/**
 * The books of budgets: what is settled, what may still come, and which process may spend what is left (DESIGN 5).
 * For every account `settled + lost + open + claimed` stays within its limits; all amounts are whole nano below 2^53
 * (an order has less than 9e15). An account of impressions has the same columns, its unit is one impression.
 */

/**
 * `hard`: each open bid keeps its full price until it is settled, released or cleared by a report. `hazard`: each process
 * says what its open bids will still cost by expectation (algorithms.md §4.3).
 */
export type BudgetMode = 'hard' | 'hazard'

/** What a process holds of one account on one day, and what it would like to hold. */
export interface LeaseRow {
  /** `campaign`, `line_item:<id>`, `segment:<id>`, `impressions:<line item>`. */
  account: string
  /** Days since 1970-01-01 in the campaign's zone; 0 for accounts without days. */
  day: number
  daily_nano: number | null
  total_nano: number | null
  /** Charged by bids since this process began, of this day. Only grows. */
  used_nano: number
  /** `hazard`: expected cost of its open bids; `hard`: 0, the books know them from `used_nano`. */
  open_nano: number
  /** Leased and not charged yet. */
  held_nano: number
  want_nano: number
}

export interface LeaseRequest {
  campaign: string
  /** Of one process life: another start is another node, and its `used_nano` begin at 0. */
  node: string
  /** Grows with every request of a node: one that comes late is not obeyed. */
  sequence: number
  mode: BudgetMode
  now_ms: number
  /** The node spends nothing of it afterwards. */
  expires_ms: number
  /** `hazard`: when a claim that was not renewed is dropped: bills of its bids have come by then. */
  forget_ms: number
  rows: readonly LeaseRow[]
}

/** Why less was granted than wanted. */
export type Short = 'daily' | 'total' | 'stopped' | null

export interface Grant {
  /** To be added to what is held; negative: give so much up, as far as it is not spent. */
  grant_nano: number
  /** What was held is void: its lease had run out. `grant_nano` then counts from 0. */
  isVoid: boolean
  short: Short
}

/** `unbuilt`: the books were lost, or never made: no leases before {@link Books.rebuild}. */
export type LeaseAnswer = { state: 'granted'; grants: Grant[] } | { state: 'unbuilt' | 'stale' }

export interface Entry {
  account: string
  day: number
  /** `hard`: what the bid had charged, freed by this; `hazard`: 0. */
  charged_nano: number
  /** What is billed; 0 in a release. */
  cost_nano: number
  /** What is expected to be invoiced beside it, of wins whose notices get lost (exchange × format, learnt). */
  lost_nano: number
}

export interface Booking {
  campaign: string
  bid: string
  entries: readonly Entry[]
  /** How long the bid's id is remembered, ms: twice the longest delay of a notice. */
  remember_ms: number
}

export type Booked = 'booked' | 'after_release' | 'duplicate' | 'unbuilt'

/** One account on one day, as the ledger of settled events or an exchange's report has it. */
export interface Truth {
  account: string
  day: number
  settled_nano: number
  lost_nano: number
  open_nano: number
}

/** `claimed_nano`: leased to processes, or expected of their open bids. */
export interface Balance {
  settled_nano: number
  lost_nano: number
  open_nano: number
  claimed_nano: number
}

/** Methods reject when the store cannot be reached, in bounded time. */
export interface Books {
  lease(request: LeaseRequest): Promise<LeaseAnswer>
  /** A bill, once per bid, whenever it comes: also after its lease has run out or its bid was released. */
  settle(booking: Booking): Promise<Booked>
  /** A loss notice. Nothing after the bill of the same bid. */
  release(booking: Booking): Promise<Booked>
  /** Puts what a report says in place of what was counted; returns settled differences, truth less counted. */
  reconcile(campaign: string, truths: readonly Truth[]): Promise<number[]>
  /** While stopped every lease is void at its next renewal and none is granted. */
  setStopped(campaign: string, stopped: boolean): Promise<void>
  /**
   * Makes the books anew from the ledger. No lease before `from_ms`: those of before have run out by then.
   * @param seen bids that the ledger has: their notices are duplicates
   */
  rebuild(campaign: string, truths: readonly Truth[], seen: readonly Seen[], from_ms: number): Promise<void>
  /** Of a day, or of all days. Null: unbuilt. */
  balance(campaign: string, account: string, day: number | null): Promise<Balance | null>
  close(): Promise<void>
}

export interface Seen {
  bid: string
  remember_ms: number
}
