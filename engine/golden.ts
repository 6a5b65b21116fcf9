/**
 * Golden auctions: the compiler records what this engine decides, a loader decides again and compares. Both sides ask
 * here, so that facts, budgets and the form of an outcome are the same on both (DESIGN 3).
 */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import type { SnapshotMeta } from '@flightplan/contract/snapshot.ts'
import { decide, type Engine, openEngine, select } from './decide.ts'
import { openModels, predictNow } from './model/predict.ts'
import { parseAuction } from './parse/parse.ts'
import type { Snapshot } from './snapshot.ts'
import type { Authority, Bid, Decision, Policy } from './types.ts'

/** Nothing known: verdicts pending, no rates, every deal open. */
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
export const UNLIMITED: Authority = {
  lineItemDaily_nano: unlimited,
  lineItemTotal_nano: unlimited,
  lineItemImpressions: unlimited,
  campaignDaily_nano: unlimited,
  campaignTotal_nano: unlimited,
}

/** Planning rates that never grow stale, so that conversion is proved too; nothing else is known. */
export const goldenFacts = ({ planning_rates }: Pick<SnapshotMeta, 'planning_rates'>): Facts => ({
  ...NO_FACTS,
  rates: {
    base: 'USD',
    at_ms: 0,
    max_age_ms: Number.MAX_SAFE_INTEGER,
    source: 'planning_rates',
    per_unit: planning_rates,
  },
})

type Question = Pick<GoldenAuction, 'exchange' | 'now_ms' | 'request'>
export type Outcome = GoldenAuction['expect']

/** Decides golden auctions over one snapshot; null where the request is no bid request. */
export function openGolden(snapshot: Snapshot, policy: Policy): (question: Question) => Outcome | null {
  const engine = openEngine(snapshot, goldenFacts(snapshot.meta))
  const models = openModels(snapshot)
  return ({ exchange, now_ms, request }) => {
    const auction = parseAuction(structuredClone(request))
    if (!auction) return null
    const selection = select(engine, policy, exchange, auction, now_ms)
    const answers = { profile: null, predictions: predictNow(snapshot, models, selection) }
    return outcomeOf(engine, decide(engine, selection, answers, UNLIMITED))
  }
}

function outcomeOf({ snapshot }: Engine, { bids, reason }: Decision): Outcome {
  const { strings, line_item, creative } = snapshot
  const of = ({ candidate, creative: index, price_nano, deal }: Bid): Outcome['bids'][number] => ({
    impid: candidate.imp.id,
    line_item: strings.get(line_item.id_str[candidate.line_item]!), // a candidate is a row of the table
    creative: strings.get(creative.id_str[index]!), // likewise
    price_nano,
    deal: deal === null ? null : candidate.imp.deals[deal]!.id, // an index into them
  })
  return sortedOutcome({ bids: bids.map(of), reason })
}

/** Keys and bids in one order, whoever wrote them. */
export function sortedOutcome({ bids, reason }: Outcome): Outcome {
  const plain = bids.map(({ impid, line_item, creative, price_nano, deal }) => ({
    ...{ impid, line_item, creative, price_nano, deal },
  }))
  const key = (bid: Outcome['bids'][number]) => JSON.stringify(bid)
  return { bids: plain.sort((a, b) => (key(a) < key(b) ? -1 : 1)), reason }
}
