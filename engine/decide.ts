/**
 * The path of a bid: `select` finds who may bid, `decide` who does. Both are pure; between them the shell may look up
 * profiles and predictions. Serving, plan, test, explain and the simulator all call these two (DESIGN 1).
 */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Auction } from './auction.ts'
import { candidatesOf } from './candidates.ts'
import { type Choice, choose } from './choose.ts'
import { bindReaders, type Readers } from './event/event.ts'
import { bidCurrency } from './exchange.ts'
import { type CompiledFacts, compileFacts } from './judge/facts.ts'
import { createMemo, type Memo } from './judge/memo.ts'
import { policyInput } from './judge/policy-input.ts'
import { redact } from './judge/redact.ts'
import { openLedger } from './ledger.ts'
import { lookupsOf, passesResidual } from './lookups.ts'
import { Losses } from './losses.ts'
import { type AdFacts, roomsOf } from './pod.ts'
import { addOffers, bidOf, chargeOf, type Offer, type Pricing, tieOf } from './price/offer.ts'
import { openRates, type Rates } from './rates.ts'
import { type Snapshot, termOf } from './snapshot.ts'
import type { Answers, Authority, Bid, Decision, Policy, Selection, Verdict } from './types.ts'

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

/**
 * Who does: residual targeting, price, floor, budget, and the winners of each imp.
 * @param tellsLosers fills `losers`: dozens a request, which serving does not need
 */
export function decide(
  engine: Engine,
  selection: Selection,
  answers: Answers,
  authority: Authority,
  tellsLosers = false,
): Decision {
  const { auction, candidates, reason } = selection
  const exchange = engine.snapshot.exchangeByName.get(selection.exchange)
  const currency = exchange && bidCurrency(exchange, auction.currencies)
  if (reason || !currency) return { selection, bids: [], losers: [], reason }
  const losses = new Losses(tellsLosers)
  const pricing: Pricing = { engine, selection, exchange, currency, answers, losses }
  const choice: Choice = {
    tie: offer => tieOf(engine, auction.id, offer.candidate),
    charge: offer => chargeOf(pricing, offer),
    ledger: openLedger(authority),
    losses,
    ads: adFacts(engine.snapshot),
  }
  const bids: Bid[] = []
  for (const imp of auction.imps) {
    const offers: Offer[] = []
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!
      if (candidate.imp !== imp) continue
      if (passesResidual(engine, candidate, answers)) addOffers(pricing, candidate, i, offers)
      else losses.add(candidate, 'residual')
    }
    for (const { offer, charge } of choose(offers, choice, roomsOf(imp))) bids.push(bidOf(pricing, offer, charge))
  }
  return {
    selection,
    bids,
    losers: losses.losers ?? [],
    reason: bids.length > 0 ? null : (losses.reason ?? 'no_candidate'),
  }
}

const adFacts = ({ creative }: Snapshot): AdFacts => ({
  seconds: offer => creative.duration_s[offer.creative]!, // a row of the table, here and below
  advertiser: offer => creative.advertiser[offer.creative]!,
})

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
