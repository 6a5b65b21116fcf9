/**
 * Golden auctions: requests of many kinds with what the engine decides about them, recorded in the release. A loader
 * decides them again with the same bytes and the same engine before it swaps (DESIGN 3).
 */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import { decide, openEngine, select } from '@flightplan/engine/decide.ts'
import { openModels, predictNow } from '@flightplan/engine/model/predict.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { openSnapshot, type Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Authority, Bid, Decision, Policy } from '@flightplan/engine/types.ts'

/** Nothing known: verdicts pending, no rates, every deal open. Golden auctions are about the release alone. */
export const NO_FACTS: Facts = {
  digest: '0'.repeat(64),
  made_at_ms: 0,
  rates: { base: 'USD', at_ms: 0, max_age_ms: 0, source: 'none', per_unit: {} },
  audits: {},
  deals: {},
  sellers: {},
  invalid_traffic: { networks: [], agents: [] },
}

const unlimited = () => Number.POSITIVE_INFINITY
const UNLIMITED: Authority = {
  lineItemDaily_nano: unlimited,
  lineItemTotal_nano: unlimited,
  lineItemImpressions: unlimited,
  campaignDaily_nano: unlimited,
  campaignTotal_nano: unlimited,
}

/** Each request on each exchange in turn, at one moment. */
export function prove(
  snapshotBytes: Uint8Array,
  policy: Policy,
  requests: readonly unknown[],
  now_ms: number,
): GoldenAuction[] {
  const snapshot = openSnapshot(Uint8Array.from(snapshotBytes).buffer)
  const exchanges = snapshot.meta.exchanges.map(({ exchange }) => exchange)
  return requests.flatMap((request, i) => {
    const exchange = exchanges[i % exchanges.length]
    if (exchange === undefined) return []
    const expect = outcomeOf(snapshot, decided(snapshot, policy, exchange, request, now_ms))
    return [{ exchange, now_ms, seed: 0, request, expect }]
  })
}

function decided(snapshot: Snapshot, policy: Policy, exchange: string, request: unknown, now_ms: number): Decision {
  const engine = openEngine(snapshot, NO_FACTS)
  const auction = parseAuction(structuredClone(request))
  if (!auction) throw new TypeError('a golden request is no bid request') // ours: a fault of this package
  const selection = select(engine, policy, exchange, auction, now_ms)
  const predictions = predictNow(snapshot, openModels(snapshot), selection)
  return decide(engine, selection, { profile: null, predictions }, UNLIMITED)
}

type Outcome = GoldenAuction['expect']

function outcomeOf({ strings, line_item, creative }: Snapshot, { bids, reason }: Decision): Outcome {
  const of = ({ candidate, creative: index, price_nano, deal }: Bid): Outcome['bids'][number] => ({
    impid: candidate.imp.id,
    line_item: strings.get(line_item.id_str[candidate.line_item]!), // a candidate is a row of the table
    creative: strings.get(creative.id_str[index]!), // likewise
    price_nano,
    deal: deal === null ? null : candidate.imp.deals[deal]!.id, // an index into them
  })
  const key = (bid: Outcome['bids'][number]) => JSON.stringify(bid)
  return { bids: bids.map(of).sort((a, b) => (key(a) < key(b) ? -1 : 1)), reason }
}
