/**
 * Records one in N auctions of a serving thread, for `flight plan`. It never waits and never fails a bid: lines go to a
 * buffer of bounded size, and what finds it full, or the file at its limit, is counted and dropped.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import type {
  BidOutcome,
  OutcomeLine,
  RecordedAuction,
  RecordedBid,
  TrafficHeader,
} from '@flightplan/contract/traffic.ts'
import { TRAFFIC_FORMAT } from '@flightplan/contract/traffic.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Decision } from '@flightplan/engine/types.ts'
import { stripRequest } from './strip.ts'

export interface RecorderOptions {
  file: string
  /** One auction in this many is written. */
  one_in: number
  /** Nothing more is written from here on. */
  max_bytes: number
  /** Where the log comes from, for people. */
  source: string
}

/** What the hook in the bidder hands over. `profile`: null where it was not looked up. */
export interface Served {
  body: Uint8Array
  snapshot: Snapshot
  decision: Decision
  profile: readonly string[] | null
}

export interface Recorder {
  /** True for the one in N: the caller need not gather anything else. */
  wants(): boolean
  record(served: Served): void
  /** What a notice said of a bid of a recorded auction. */
  outcome(of: number, imp: string, deal: string | null, outcome: BidOutcome): void
  readonly dropped: number
  close(): Promise<void>
}

/** Bytes that may wait for the disk. Beyond that lines are dropped: memory matters more than a sample. */
const MAX_WAITING_BYTES = 4 << 20
const DAY_MS = 86_400_000

export function openRecorder({ file, one_in, max_bytes, source }: RecorderOptions): Recorder {
  const stream = createWriteStream(file, { flags: 'w' })
  const keys = new DayKeys()
  let broken = false
  stream.on('error', () => {
    broken = true // a full disk ends the sample, not the bidding
  })
  const state = { seen: 0, written: 0, bytes: 0, dropped: 0 }
  const write = (line: object): boolean => {
    const text = `${JSON.stringify(line)}\n`
    if (broken || state.bytes + text.length > max_bytes || stream.writableLength > MAX_WAITING_BYTES) {
      state.dropped++
      return false
    }
    state.bytes += text.length
    stream.write(text)
    return true
  }
  write({ traffic: TRAFFIC_FORMAT, one_in, source } satisfies TrafficHeader)
  return {
    // Every Nth, not each with a chance of one in N: the count is then no source of error.
    wants: () => state.seen++ % one_in === 0,
    record(served) {
      if (write(lineOf(served, state.written, keys))) state.written++
    },
    outcome(of, imp, deal, outcome) {
      write({ of, imp, deal, ...outcome } satisfies OutcomeLine)
    },
    get dropped() {
      return state.dropped
    },
    close: () => closed(stream),
  }
}

/** Also used to make example days: the form of a line, whoever decided. */
export function lineOf({ body, snapshot, decision, profile }: Served, auction: number, keys: DayKeys): RecordedAuction {
  const { selection, reason } = decision
  const request = JSON.parse(Buffer.from(body).toString('utf8')) as { [field: string]: unknown } // the engine parsed it
  const user = selection.verdict.use.includes('ids') ? keys.of(userOf(selection.auction), selection.now_ms) : null
  return {
    auction,
    at_ms: selection.now_ms,
    exchange: selection.exchange,
    request: stripRequest(request, String(auction), selection.verdict.use),
    ...(user !== null && { user }),
    ...(profile && profile.length > 0 && { profile: [...profile] }),
    bids: bidsOf(snapshot, decision),
    ...(reason !== null && { reason }),
  }
}

function bidsOf({ strings, line_item }: Snapshot, { bids }: Decision): RecordedBid[] {
  return bids.map(({ candidate, price_nano, currency, deal }) => ({
    imp: candidate.imp.id,
    line_item: strings.get(line_item.id_str[candidate.line_item]!), // a candidate is a row of the table
    format: candidate.slot.format,
    price_nano,
    currency,
    deal: deal === null ? null : candidate.imp.deals[deal]!.id, // an index into them
  }))
}

const userOf = ({ user, device }: Auction): string => user.buyeruid || user.id || device.ifa

/** Users under a key that is made each day and kept nowhere: two days cannot be joined, and nothing leads back. */
export class DayKeys {
  #day = -1
  #key: Buffer
  readonly #makeKey: () => Buffer

  constructor(makeKey: () => Buffer = () => randomBytes(32)) {
    this.#makeKey = makeKey
    this.#key = makeKey()
  }

  /** Null for nobody. */
  of(user: string, now_ms: number): string | null {
    if (user === '') return null
    const day = Math.floor(now_ms / DAY_MS)
    if (day !== this.#day) {
      this.#day = day
      this.#key = this.#makeKey()
    }
    return createHmac('sha256', this.#key).update(user).digest('base64url').slice(0, 11)
  }
}

const closed = (stream: WriteStream): Promise<void> => new Promise(resolve => stream.end(() => resolve()))
