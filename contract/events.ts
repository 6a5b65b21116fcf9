/** What happened, once. One JSON object a line in the spool, one Kafka message (key: campaign), one row of ClickHouse `events`. Money: integers in nano as decimal text where it may pass 2^53, else numbers. */
export const EVENT_KINDS = ['bid', 'no_bid', 'win', 'bill', 'loss', 'click', 'conversion', 'video', 'view'] as const
export type EventKind = (typeof EVENT_KINDS)[number]
/** ok: a plain or decoded price. missing: empty or unsubstituted macro. audit: AUDIT. invalid: not a price. */
export const PRICE_STATES = ['ok', 'missing', 'audit', 'invalid', 'none'] as const
/** counted: moves the books. The others are kept for the record and move nothing. */
export const EVENT_RESULTS = ['counted', 'duplicate', 'late', 'test', 'unbillable'] as const

export interface LoggedEvent {
  /** Counted once under it: `<bid nonce>:<kind>` and for video/view/conversion `:<what>`. */
  id: string
  kind: EventKind
  /** When it happened (bid: decision; notice: received), ms since 1970. */
  at_ms: number
  /** When the bid was made; partition of the books is the day of the bid. */
  bid_ms: number
  /** Days since 1970 in the campaign's zone, of the bid. */
  day: number
  exchange: string
  format: string
  advertiser: string
  campaign: string
  line_item: string
  creative: string
  /** First 16 hex digits. */
  release: string
  facts: string
  deal: boolean
  /** Currency of `price_nano` and `bid_nano` (the exchange's). */
  currency: string
  bid_nano: number
  /** What the exchange says it charges for this one impression; null where it does not say. */
  price_nano: number | null
  price: (typeof PRICE_STATES)[number]
  /** What it costs the order, in `order_currency`; the clearing price converted, else the bid's own charge. */
  cost_nano: number
  order_currency: string
  result: (typeof EVENT_RESULTS)[number]
  /** bid: 'bid'; no_bid: the reason; loss: the exchange's reason code; video: start, firstQuartile …; conversion: its id. */
  what: string
  /** Keyed hash, hex; '' where the person may not be known. */
  user: string
  node: string
  /** no_bid: how many this one stands for, where they are sampled; absent: 1. */
  weight?: number
}
export const TOPICS = {
  notices: { name: 'fp.notices.v1', partitions: 6 }, // win, bill, loss, click, conversion, video, view
  bids: { name: 'fp.bids.v1', partitions: 6 }, // bid, no_bid (sampled)
} as const
/** A place that events are written to; `append` resolves when the event is durable there (acks=all, or fsynced). */
export interface EventLog {
  append(events: readonly LoggedEvent[]): Promise<void>
  close(): Promise<void>
}
