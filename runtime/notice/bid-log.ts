/**
 * Bids and sampled no-bids of a serving thread on their way to the log. A request only puts its claims into a bounded ring;
 * they are written out between requests, and what finds no room is dropped and counted.
 */
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import { bidEvent } from './event.ts'
import { type Line, lineOf } from './lines.ts'
import { idText } from './mint.ts'
import type { TokenClaims } from './token.ts'

/** Of one thread. `upTo_ms`: what it hands over later happened later. */
export interface BidBatch {
  lines: Line[]
  upTo_ms: number
  dropped: number
}

export interface BidLog {
  onBid(claims: TokenClaims): void
  onNoBid(exchange: string, reason: string, release: string, facts: string): void
  /** Hands over what there is; null: nothing new to say. */
  flush(): BidBatch | null
}

export interface BidLogParts {
  node: string
  /** One in this many no-bids of an exchange is written. */
  sample: number
  now_ms(): number
  nextId(): bigint
}

const RING = 4096
/** A request under way may tell its bid this much after it began; one that takes longer is dated after the promise. */
const SLACK_MS = 1000
/** How often a thread without events says that it has none. */
const QUIET_MS = 1000

export function openBidLog({ node, sample, now_ms, nextId }: BidLogParts): BidLog {
  let ring: (TokenClaims | LoggedEvent)[] = []
  let dropped = 0
  let upTo_ms = 0
  const unlogged = new Map<string, number>()
  const put = (entry: TokenClaims | LoggedEvent) => {
    if (ring.length < RING) ring.push(entry)
    else dropped++
  }
  return {
    onBid: put,
    onNoBid(exchange, what, release, facts) {
      const n = (unlogged.get(exchange) ?? 0) + 1
      unlogged.set(exchange, n % sample)
      if (n < sample) return
      put({
        ...NO_BID,
        id: `${idText(nextId())}:no_bid`,
        ...timesOf(now_ms()),
        exchange,
        what,
        release,
        facts,
        node,
        weight: n,
      })
    },
    flush() {
      const now = now_ms()
      if (ring.length === 0 && dropped === 0 && now - SLACK_MS - upTo_ms < QUIET_MS) return null
      const lines = ring.map(entry => {
        const event = 'nonce' in entry ? bidEvent(entry, node) : entry
        return lineOf(event.at_ms > upTo_ms ? event : { ...event, at_ms: upTo_ms + 1 })
      })
      ring = []
      upTo_ms = Math.max(upTo_ms, now - SLACK_MS)
      const batch = { lines, upTo_ms, dropped }
      dropped = 0
      return batch
    },
  }
}

const timesOf = (at_ms: number) => ({ at_ms, bid_ms: at_ms, day: Math.floor(at_ms / 86_400_000) })

const NO_BID: Omit<
  LoggedEvent,
  'id' | 'at_ms' | 'bid_ms' | 'day' | 'exchange' | 'what' | 'release' | 'facts' | 'node'
> = {
  ...{ kind: 'no_bid', format: '', advertiser: '', campaign: '', line_item: '', creative: '', deal: false },
  ...{ currency: '', bid_nano: 0, price_nano: null, price: 'none', cost_nano: 0, order_currency: '' },
  ...{ result: 'counted', user: '' },
}
