/** The engine as the comparison sees it: a release directory opened (contract/release.ts), and what it does, by name. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { FORMATS } from '@flightplan/contract/snapshot.ts'
import { decide, type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Authority, Candidate, Policy } from '@flightplan/engine/types.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import type { Format } from './ask.ts'

export interface SeenCandidate {
  line_item: string
  slot: Format
  creatives: string[]
}
export interface SeenBid {
  line_item: string
  slot: Format
  creative: string
  /** The exchange's id of the deal, or null for the open auction. */
  deal_id: string | null
  price_nano: number
}
export interface SeenImp {
  /** Position in the request's `imp`. */
  index: number
  candidates: SeenCandidate[]
  bids: SeenBid[]
  losers: { line_item: string; reason: string }[]
}
export interface Seen {
  reason: string | null
  imps: SeenImp[]
}
/** Whatever answers requests and is to be held against the oracle. */
export type Subject = (exchange: string, request: unknown, now_ms: number) => Seen

/** Nothing is spent: budgets are the business of other tests. */
const UNLIMITED: Authority = {
  lineItemDaily_nano: () => Number.POSITIVE_INFINITY,
  lineItemTotal_nano: () => Number.POSITIVE_INFINITY,
  lineItemImpressions: () => Number.POSITIVE_INFINITY,
  campaignDaily_nano: () => Number.POSITIVE_INFINITY,
  campaignTotal_nano: () => Number.POSITIVE_INFINITY,
}

const lineItemName = ({ snapshot }: Engine, row: number) => snapshot.strings.get(snapshot.line_item.id_str[row] ?? 0)
const creativeName = ({ snapshot }: Engine, row: number) => snapshot.strings.get(snapshot.creative.id_str[row] ?? 0)

/** A candidate's format, as its creatives have it: a slot has one. */
function formatOf({ snapshot }: Engine, creative: number): Format {
  return FORMATS[snapshot.creative.format[creative] ?? 0] ?? 'banner'
}

function seenCandidate(engine: Engine, candidate: Candidate): SeenCandidate {
  const creatives = candidate.rotation.map(row => engine.snapshot.rotation.creative[row] ?? 0)
  return {
    line_item: lineItemName(engine, candidate.line_item),
    slot: formatOf(engine, creatives[0] ?? 0),
    creatives: creatives.map(row => creativeName(engine, row)),
  }
}

function ask(engine: Engine, policy: Policy, exchange: string, request: unknown, now_ms: number): Seen {
  const auction = parseAuction(request)
  if (!auction) return { reason: 'invalid_request', imps: [] }
  const selection = select(engine, policy, exchange, auction, now_ms)
  const decision = decide(engine, selection, { profile: [], predictions: new Map() }, UNLIMITED)
  const imps = selection.auction.imps.map(imp => ({
    index: imp.index,
    candidates: selection.candidates.filter(c => c.imp === imp).map(c => seenCandidate(engine, c)),
    bids: decision.bids
      .filter(({ candidate }) => candidate.imp === imp)
      .map(({ candidate, creative, deal, price_nano }) => ({
        line_item: lineItemName(engine, candidate.line_item),
        slot: formatOf(engine, creative),
        creative: creativeName(engine, creative),
        deal_id: deal === null ? null : (imp.deals[deal]?.id ?? ''),
        price_nano,
      })),
    losers: decision.losers
      .filter(loser => loser.imp === imp.id)
      .map(({ line_item, reason }) => ({ line_item: lineItemName(engine, line_item), reason })),
  }))
  return { reason: decision.reason, imps }
}

/** The engine over the snapshot and the policy of a release directory. */
export async function openSubject(release: string, facts: Facts): Promise<Subject> {
  const bytes = readFileSync(join(release, 'snapshot.bin'))
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const engine = openEngine(openSnapshot(buffer), facts)
  const meta = JSON.parse(readFileSync(join(release, 'policy.json'), 'utf8')) as PolicyMeta // a file of the release
  const fault = (message: string): never => {
    throw new Error(`the policy failed: ${message}`)
  }
  const policy = await loadPolicy(readFileSync(join(release, 'policy.wasm')), meta, { fault })
  return (exchange, request, now_ms) => ask(engine, policy, exchange, request, now_ms)
}
