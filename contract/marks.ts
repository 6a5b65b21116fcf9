/**
 * How a reader of the event log knows that nothing is missing. Events of one node reach a partition in any order and,
 * after an outage, hours late: no time inside of them says "complete". So each node says it, in the same stream.
 *
 * The promise of a mark: all events of `mark` with `at_ms <= complete_ms` stand before it in this spool or partition,
 * acknowledged. A node (1) writes its first mark, acknowledged, to each partition before it takes traffic; (2) repeats it
 * every few seconds in each partition; (3) while its spool holds what Kafka has not, `complete_ms` stays below the oldest
 * of it; (4) writes `left` once everything is sent and it takes no more. A node that is killed says nothing, and what it
 * holds on disk may yet come: then the watermark waits for it to start again under its name.
 */
export interface NodeMark {
  /** The node. */
  mark: string
  complete_ms: number
  left?: true
}

/**
 * How long after the end of the bid's day an event of a kind may still move the books of that day, in ms. What comes
 * later is booked beside them (`after_close`), so that a final line never moves. Notices: the life of a token and some;
 * conversions: 30 days of look-back. `events.after_close` of ClickHouse has the same.
 */
export const SETTLE_MS = {
  bid: 0,
  no_bid: 0,
  win: 86_400_000,
  bill: 86_400_000,
  loss: 86_400_000,
  click: 86_400_000,
  conversion: 30 * 86_400_000,
  video: 86_400_000,
  view: 86_400_000,
} as const

/** The latest that a campaign's day ends: 12 hours after it does in UTC (zone -12). */
export const DAY_END_MS = 36 * 3_600_000
