/**
 * The example day of recorded traffic: generated requests, decided by the release at hand, in a made-up market. It shows
 * what a plan looks like before there is traffic of one's own; it says nothing about any real market.
 */
import type { RecordedAuction } from '@flightplan/contract/traffic.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { DayKeys, lineOf } from '@flightplan/runtime/record/recorder.ts'
import { localActivity } from '../traffic/diurnal.ts'
import { requestStream, type Traffic } from '../traffic/generate.ts'
import { Random } from '../traffic/random.ts'
import { type Bidder, live, type Market, type Tells } from './live.ts'

export interface ExampleDay {
  seed: number
  requests: number
  day_ms: number
  vendorId: number
}

const MARKET = 0x6d61
const SLOT_MS = 900_000
const TELLS: Record<string, Tells> = { alpha: 'minimum', boreal: 'result', cascade: 'paid' }
/** Median of the least winning price, CPM, where there is no floor to lean on. */
const MEDIAN: Record<Traffic['kind'], number> = {
  'web-banner': 0.9,
  'app-banner': 0.7,
  native: 1.1,
  video: 5.5,
  ctv: 15,
  audio: 4,
  dooh: 6,
}

export async function* exampleDay({ seed, requests, day_ms, vendorId }: ExampleDay, bidder: Bidder) {
  const keys = new DayKeys(() => Buffer.from(`example day ${seed}`)) // the same file every time
  let auction = 0
  for (const traffic of requestStream({ seed, count: requests, day_ms, vendorId })) {
    const { request, exchange, at_ms } = traffic
    const body = Buffer.from(JSON.stringify(request))
    const parsed = parseAuction(request)
    if (!parsed || parsed.test) continue // nobody would bill it
    const { decision, outcomes } = await live(bidder, exchange, parsed, at_ms, marketOf(seed, auction, traffic))
    const line = lineOf({ body, snapshot: bidder.engine.snapshot, decision, profile: null }, auction++, keys)
    const bids = line.bids.map((bid, i) => ({ ...bid, outcome: outcomes[i]! })) // one for each bid
    yield { ...line, bids } satisfies RecordedAuction
  }
}

/** Prices follow the floor, and the hour: evenings are dearer. */
function marketOf(seed: number, index: number, { kind, exchange, at_ms, request }: Traffic): Market {
  const random = new Random(seed ^ MARKET, index)
  const evening = 0.85 + 0.15 * localActivity(Math.floor(at_ms / SLOT_MS) % 96)
  const noise = random.lognormal(1, 0.6, 3)
  const floors = new Map(floorsOf(request))
  return {
    tells: TELLS[exchange] ?? 'result',
    leastWinning(imp, deal) {
      const floor = floors.get(imp) ?? 0
      if (deal !== null) return random.chance(0.7) ? 0 : Number.POSITIVE_INFINITY // else the seller fills it otherwise
      return Math.max(floor, evening * noise * (floor > 0 ? floor * 1.25 : MEDIAN[kind]))
    },
  }
}

function floorsOf(request: Traffic['request']): [string, number][] {
  const imps = Array.isArray(request['imp']) ? (request['imp'] as { id?: unknown; bidfloor?: unknown }[]) : [] // generated
  return imps.map(({ id, bidfloor }) => [String(id), Number(bidfloor) || 0])
}
