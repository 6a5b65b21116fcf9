/**
 * The path of a bid: `select` finds who may bid, `decide` who does. Both are pure; between them the shell may look up
 * profiles and predictions. Serving, plan, test, explain and the simulator all call these two (DESIGN 1).
 */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Auction } from './auction.ts'
import { candidatesOf } from './candidates.ts'
import { choose } from './choose.ts'
import { bindReaders, type Readers } from './event/event.ts'
import { bidCurrency } from './exchange.ts'
import { type CompiledFacts, compileFacts } from './judge/facts.ts'
import { createMemo, type Memo } from './judge/memo.ts'
import { policyInput } from './judge/policy-input.ts'
import { redact } from './judge/redact.ts'
import { openLedger } from './ledger.ts'
import { lookupsOf, passesResidual } from './lookups.ts'
import { isOffer, type Offer, offersOf, tieOf } from './price/offer.ts'
import { openRates, type Rates } from './rates.ts'
import { type Snapshot, termOf } from './snapshot.ts'
import type { Answers, Authority, Bid, Decision, Loser, Policy, Selection, Verdict } from './types.ts'

/** A snapshot and facts, opened once for both: what all requests of one release share. */
export interface Engine {
  snapshot: Snapshot
  facts: Facts
  compiledFacts: CompiledFacts
  /** Consent strings and the like decoded before; changes no answer. */
  memo: Memo
  readers: Readers
  rates: Rates
  dealTerm(exchange: string, dealId: string): number
}

export function openEngine(snapshot: Snapshot, facts: Facts): Engine {
  const deal = snapshot.attributeIndex.get('deal')
  return {
    snapshot,
    facts,
    compiledFacts: compileFacts(facts),
    memo: createMemo(),
    readers: bindReaders(snapshot),
    rates: openRates(facts),
    dealTerm: (exchange, dealId) => (deal === undefined ? -1 : termOf(snapshot, deal, `${exchange}/${dealId}`)),
  }
}

/** Who may bid: privacy and policy judged, the index matched, fit checked, at most 64 candidates per imp. */
export function select(engine: Engine, policy: Policy, exchange: string, auction: Auction, now_ms: number): Selection {
  const refused = refusal(engine, exchange, auction)
  if (refused) return nothing(exchange, auction, now_ms, NO_VERDICT, refused)
  const { snapshot, compiledFacts, memo } = engine
  const verdict = policy(policyInput(auction, exchange, snapshot.meta.vendor_id, compiledFacts, now_ms, memo))
  if (!verdict.allow) return nothing(exchange, auction, now_ms, verdict, verdict.reason ?? 'policy_denied')
  const allowed = redact(auction, verdict.use)
  const candidates = candidatesOf(engine, exchange, allowed, verdict, now_ms)
  if (candidates.length === 0) return nothing(exchange, allowed, now_ms, verdict, 'no_candidate')
  const lookups = lookupsOf(engine, snapshot.exchangeByName.get(exchange), allowed, candidates)
  return { auction: allowed, exchange, now_ms, verdict, candidates, reason: null, lookups }
}

/** Who does: residual targeting, price, floor, budget, and the winners of each imp. */
export function decide(engine: Engine, selection: Selection, answers: Answers, authority: Authority): Decision {
  const exchange = engine.snapshot.exchangeByName.get(selection.exchange)
  const currency = exchange && bidCurrency(exchange, selection.auction.currencies)
  if (selection.reason || !currency) return { selection, bids: [], losers: [], reason: selection.reason }
  const ledger = openLedger(authority)
  const bids: Bid[] = []
  const losers: Loser[] = []
  for (const imp of selection.auction.imps) {
    const offers: Offer[] = []
    selection.candidates.forEach((candidate, position) => {
      if (candidate.imp !== imp) return
      const outcomes = passesResidual(engine, candidate, answers)
        ? offersOf(engine, selection, candidate, position, currency, answers)
        : [{ reason: 'residual' as const }]
      for (const outcome of outcomes)
        if (isOffer(outcome)) offers.push(outcome)
        else losers.push({ imp: imp.id, slot: candidate.slot.format, line_item: candidate.line_item, ...outcome })
    })
    const choice = choose(offers, offer => tieOf(engine, selection.auction.id, offer.candidate), ledger)
    bids.push(...choice.winners)
    losers.push(...choice.losers)
  }
  return { selection, bids, losers, reason: bids.length > 0 ? null : (losers[0]?.reason ?? 'no_candidate') }
}

/** What ends a request before anyone is asked (docs/bid-rules.md "Request" 1–6). */
function refusal({ snapshot }: Engine, name: string, auction: Auction): ReasonName | null {
  const exchange = snapshot.exchangeByName.get(name)
  if (!exchange) return 'unknown_exchange'
  if (exchange.stopped) return 'exchange_stopped'
  if (auction.imps.length === 0) return 'no_imp'
  if ((auction.tmax_ms ?? exchange.default_ms) - exchange.reserve_ms <= 0) return 'deadline'
  return bidCurrency(exchange, auction.currencies) === null ? 'currency_not_accepted' : null
}

const NO_VERDICT: Verdict = { allow: false, reason: null, use: [], rules: {} }

/** A selection without candidates. Nothing personal stays in it: it may be logged. */
function nothing(exchange: string, auction: Auction, now_ms: number, verdict: Verdict, reason: ReasonName): Selection {
  const lookups = { profile_key: null, models: [] }
  return { auction: redact(auction, verdict.use), exchange, now_ms, verdict, candidates: [], reason, lookups }
}
