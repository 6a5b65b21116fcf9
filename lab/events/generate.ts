/**
 * A seeded event log with its own exact books, as an exchange would keep them: bids, and what became of them, in the
 * order in which nodes would write it, with duplicates, notices that two nodes got, and late ones.
 */
import type { EventKind, LoggedEvent } from '@flightplan/contract/events.ts'
import type { NodeMark } from '@flightplan/contract/marks.ts'
import { Random } from '../traffic/random.ts'

export interface Made {
  /** One stream a node, in the order written. */
  streams: Map<string, (LoggedEvent | NodeMark)[]>
  /** What billed impressions cost, by campaign: each event once, the earliest of those under its id. */
  spend_nano: Map<string, bigint>
  /** Counted events by kind, each once. */
  counts: Map<EventKind, number>
}

export interface Shape {
  seed: number
  bids: number
  nodes: number
  start_ms: number
  /** Over which the bids are spread. */
  span_ms: number
}

const DAY_MS = 86_400_000
const MARK_EVERY_MS = 5000

export function generateEvents(shape: Shape): Made {
  const random = new Random(shape.seed, 0)
  const all: LoggedEvent[] = []
  for (let n = 0; n < shape.bids; n++) all.push(...bidStory(random, shape, n))
  all.sort((a, b) => a.at_ms - b.at_ms)
  const nodes = Array.from({ length: shape.nodes }, (_, n) => `bidder-${n}`)
  const streams = new Map(
    nodes.map(node => [
      node,
      withMarks(
        node,
        all.filter(event => event.node === node),
        shape,
      ),
    ]),
  )
  return { streams, ...booksOf(all) }
}

/** A bid and what follows it; 5% of the billings come twice, 2% through another node at the same time. */
function bidStory(random: Random, { nodes, start_ms, span_ms }: Shape, n: number): LoggedEvent[] {
  const bid_ms = start_ms + Math.floor(random.unit() * span_ms)
  const bid = firstEvent(random, n, bid_ms, nodes)
  if (random.chance(0.3)) {
    const what = random.pick(['targeting', 'below_floor', 'paced'])
    return [{ ...bid, id: `n${n}:no_bid`, kind: 'no_bid', what, bid_nano: 0, cost_nano: 0, weight: 100 }]
  }
  const story = [bid]
  if (!random.chance(0.4)) return story
  const price_nano = random.chance(0.05) ? null : bid.bid_nano - Math.floor(random.unit() * 1000)
  const price = price_nano === null ? ('missing' as const) : ('ok' as const)
  const later = (kind: EventKind, ms: number, what: string = kind): LoggedEvent => ({
    ...{ ...bid, id: `n${n}:${kind}`, kind, at_ms: bid_ms + Math.floor(random.unit() * ms), what, price_nano, price },
    ...{ cost_nano: (price_nano ?? bid.bid_nano) + 7, node: `bidder-${random.int(0, nodes - 1)}` },
  })
  story.push(later('win', 200))
  if (random.chance(0.1)) return story
  const bill = later('bill', 5000)
  story.push(bill)
  // Sent again, and logged again by a node that did not know; the earlier of the two is what counts.
  if (random.chance(0.05))
    story.push({ ...bill, at_ms: bill.at_ms + 1 + random.int(0, 3000), cost_nano: bill.cost_nano + 1 })
  if (random.chance(0.05)) story.push({ ...bill, at_ms: bill.at_ms + 1, result: 'duplicate' })
  if (random.chance(0.02)) story.push({ ...bill, node: `bidder-${random.int(0, nodes - 1)}` })
  if (random.chance(0.05)) story.push(later('click', 60_000))
  return story
}

function firstEvent(random: Random, n: number, bid_ms: number, nodes: number): LoggedEvent {
  const campaign = `campaign-${random.int(0, 4)}`
  const bid_nano = 1_000_000 + random.int(0, 4_000_000)
  return {
    ...{ id: `n${n}:bid`, kind: 'bid', at_ms: bid_ms, bid_ms, day: Math.floor(bid_ms / DAY_MS), what: 'bid' },
    ...{ exchange: random.pick(['alpha', 'boreal']), format: random.pick(['banner', 'video']), advertiser: 'acme' },
    ...{ campaign, line_item: `${campaign}-broad`, creative: `${campaign}-300x250`, deal: random.chance(0.1) },
    ...{ release: '0123456789abcdef', facts: 'fedcba9876543210', currency: 'USD', order_currency: 'EUR' },
    ...{ bid_nano, price_nano: null, price: 'none', cost_nano: bid_nano, result: 'counted' },
    ...{ user: `u${random.int(0, 499)}`, node: `bidder-${random.int(0, nodes - 1)}` },
  }
}

/** A node promises what it has written, and leaves at the end. */
function withMarks(mark: string, events: readonly LoggedEvent[], { start_ms }: Shape): (LoggedEvent | NodeMark)[] {
  const stream: (LoggedEvent | NodeMark)[] = [{ mark, complete_ms: start_ms - 1 }]
  let marked_ms = start_ms
  for (const event of events) {
    if (event.at_ms - 1 >= marked_ms + MARK_EVERY_MS) {
      marked_ms = event.at_ms - 1
      stream.push({ mark, complete_ms: marked_ms })
    }
    stream.push(event)
  }
  return stream
}

function booksOf(all: readonly LoggedEvent[]): Pick<Made, 'spend_nano' | 'counts'> {
  const first = new Map<string, LoggedEvent>()
  for (const event of all) if (event.result === 'counted' && !first.has(event.id)) first.set(event.id, event)
  const spend_nano = new Map<string, bigint>()
  const counts = new Map<EventKind, number>()
  for (const { kind, campaign, cost_nano } of first.values()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    if (kind === 'bill') spend_nano.set(campaign, (spend_nano.get(campaign) ?? 0n) + BigInt(cost_nano))
  }
  return { spend_nano, counts }
}
