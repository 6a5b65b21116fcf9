/** Which release decides an auction, while a rollout is on. `rest`: auctions outside of both, decided by `live`. */
export type Arm = 'canary' | 'control'

/** One arm of one bidder, summed over its workers since it took the channel record. Money: nano of USD at the facts' rates, bid CPM / 1000. */
export interface ArmCounts {
  auctions: number
  /** Auctions answered with at least one bid. */
  answered: number
  bids: number
  /** No-bids by reason name (contract/reasons.ts). */
  no_bids: Record<string, number>
  faults: number
  /** Answers given up because the deadline had passed. */
  late: number
  /** Sum of what bids offered, nano for one impression each. */
  offered_nano: number
  wins: number
  losses: number
  /** Sum of expected cost of charged bids (what the ledger was charged), nano. */
  spend_nano: number
  /** Upper bounds in ms of the decision-time histogram: LATENCY_BOUNDS_MS; one count more for what is above. */
  latency: number[]
}
export const LATENCY_BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 50, 100] as const

/** What one line item did in one arm. `id` is campaign/line-item. */
export interface ItemCounts {
  id: string
  arm: Arm
  bids: number
  offered_nano: number
  spend_nano: number
}

/** A line item of the canary that the bidder stopped by itself. */
export interface Tripped {
  id: string
  at_ms: number
  why: string
}

export interface CanaryReport {
  bidder: string
  channel: string
  sequence: number
  canary: string
  control: string
  share_ppm: number
  since_ms: number
  at_ms: number
  arms: Record<Arm, ArmCounts>
  /** The 200 with the most spend in either arm, and every one that tripped. */
  line_items: ItemCounts[]
  tripped: Tripped[]
}
