/**
 * Recorded traffic: what a bidder saw and did, without what tells who a person is. NDJSON, gzip or plain: a
 * {@link TrafficHeader}, then auctions in the order of time; outcomes may follow their auction at any distance, since
 * notices come late. `flight plan` replays it, `flight traffic` makes and shows it, `runtime/record/` writes it.
 */
export const TRAFFIC_FORMAT = 1

export interface TrafficHeader {
  traffic: typeof TRAFFIC_FORMAT
  /** The log holds one in this many auctions: budgets are scaled by it, and so are results. */
  one_in: number
  /** Where it comes from, for people. */
  source: string
}

export interface RecordedAuction {
  /** Position in the log, from 0: what `outcome` lines and people name it by. */
  auction: number
  at_ms: number
  exchange: string
  /** OpenRTB as it came, less ids, extensions and the end of the address (runtime/record/strip.ts). */
  request: { [field: string]: unknown }
  /** The user under a key of this day, where ids may be used; it is worth nothing on another day. */
  user?: string
  /** Names of our own profile store that the user has, where they were looked up. */
  profile?: string[]
  bids: RecordedBid[]
  /** Why there is no bid. */
  reason?: string
}

export interface RecordedBid {
  imp: string
  line_item: string
  /** Of the slot: banner, video, native or audio. */
  format: string
  /** In nano of `currency`, per impression. */
  price_nano: number
  currency: string
  deal: string | null
  outcome?: BidOutcome
}

/** What became of a bid, as far as the exchange tells. All prices in nano of the bid's currency. */
export interface BidOutcome {
  won: boolean
  /** What was charged. */
  paid_nano?: number
  /** The price from which the bid wins (the best other bid, or the floor), where the exchange tells it. */
  min_nano?: number
}

/** An outcome that came after its auction was written. */
export interface OutcomeLine extends BidOutcome {
  of: number
  imp: string
  deal: string | null
}
