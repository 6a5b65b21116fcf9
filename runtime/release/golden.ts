/** Golden auctions: what the compiler recorded must come out of these bytes, this policy and this engine. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import { decide, type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { openModels, predictNow } from '@flightplan/engine/model/predict.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Authority, Bid, Decision, Policy } from '@flightplan/engine/types.ts'

/** Facts know nothing: verdicts pending, no rates, every deal open. Golden auctions are about the release alone. */
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
/** Nothing is spent yet, and nothing is limited. */
const UNLIMITED: Authority = {
  lineItemDaily_nano: unlimited,
  lineItemTotal_nano: unlimited,
  lineItemImpressions: unlimited,
  campaignDaily_nano: unlimited,
  campaignTotal_nano: unlimited,
}

/** The first golden auction that is decided otherwise than recorded, in words; null when all agree. */
export function goldenMismatch(snapshot: Snapshot, policy: Policy, goldens: readonly GoldenAuction[]): string | null {
  const engine = openEngine(snapshot, NO_FACTS)
  const models = openModels(snapshot)
  for (const [i, golden] of goldens.entries()) {
    const auction = parseAuction(structuredClone(golden.request))
    if (!auction) return `golden auction ${i + 1} is no bid request`
    const selection = select(engine, policy, golden.exchange, auction, golden.now_ms)
    const answers = { profile: null, predictions: predictNow(snapshot, models, selection) }
    const found = outcomeOf(engine, decide(engine, selection, answers, UNLIMITED))
    const [wanted, got] = [JSON.stringify(sorted(golden.expect)), JSON.stringify(found)]
    if (wanted !== got) return `golden auction ${i + 1} on ${golden.exchange}: expected ${wanted}, decided ${got}`
  }
  return null
}

type Outcome = GoldenAuction['expect']

function outcomeOf({ snapshot }: Engine, { bids, reason }: Decision): Outcome {
  const { strings, line_item, creative } = snapshot
  const of = ({ candidate, creative: index, price_nano, deal }: Bid): Outcome['bids'][number] => ({
    impid: candidate.imp.id,
    line_item: strings.get(line_item.id_str[candidate.line_item]!), // a candidate is a row of the table
    creative: strings.get(creative.id_str[index]!),
    price_nano,
    deal: deal === null ? null : candidate.imp.deals[deal]!.id, // an index into them
  })
  return sorted({ bids: bids.map(of), reason })
}

/** Keys and bids in one order, whoever wrote them. */
function sorted({ bids, reason }: Outcome): Outcome {
  const plain = bids.map(({ impid, line_item, creative, price_nano, deal }) => ({
    ...{ impid, line_item, creative, price_nano, deal },
  }))
  const key = (bid: Outcome['bids'][number]) => JSON.stringify(bid)
  return { bids: plain.sort((a, b) => (key(a) < key(b) ? -1 : 1)), reason }
}
