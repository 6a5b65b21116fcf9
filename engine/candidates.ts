/** Index and fit for every slot of a request, cut at 64 per imp. */
import { MAX_CANDIDATES, RESIDUAL } from '@flightplan/contract/snapshot.ts'
import type { Auction, Imp, Slot } from './auction.ts'
import type { Engine } from './decide.ts'
import { requestTerms, slotTerms } from './event/event.ts'
import type { Reading } from './event/reader.ts'
import { blocksOf } from './fit/blocks.ts'
import { type FitContext, verdictsOf } from './fit/creative.ts'
import { fit, slotFit } from './fit/fit.ts'
import { match } from './index/match.ts'
import { holds, type Terms } from './index/program.ts'
import type { Candidate, Verdict } from './types.ts'

export function candidatesOf(
  engine: Engine,
  exchange: string,
  auction: Auction,
  verdict: Verdict,
  now_ms: number,
): Candidate[] {
  const { snapshot } = engine
  const facts = engine.facts
  const rules = snapshot.exchangeByName.get(exchange)! // select refused unknown exchanges
  const reading: Reading = { snapshot, auction, exchange, facts, now_ms, verdict }
  const ofRequest = requestTerms(engine.readers, reading)
  const blocks = blocksOf(snapshot, auction, rules)
  const context: FitContext = {
    snapshot,
    facts,
    exchange: rules,
    auction,
    now_ms,
    blocks,
    verdicts: verdictsOf(facts, exchange),
  }
  const out: Candidate[] = []
  for (const imp of auction.imps) {
    const from = out.length
    for (const slot of imp.slots)
      addCandidates(context, imp, slot, slotTerms(engine.readers, reading, ofRequest, imp, slot), out)
    if (imp.slots.length > 1) cut(out, from)
  }
  return out
}

/** Line items come out of the index by rank, so the first 64 that fit are the best 64 of the slot. */
function addCandidates(context: FitContext, imp: Imp, slot: Slot, terms: Terms, out: Candidate[]): void {
  const { snapshot } = context
  const { program, residual } = snapshot.line_item
  const of = slotFit(context, imp, slot, terms)
  // A private auction without a deal of ours would refuse every line item one by one.
  if (imp.private_auction && !of.deals.some(deal => deal !== null)) return
  const most = out.length + MAX_CANDIDATES
  let last = -1
  match(snapshot, terms, null, conjunction => {
    const lineItem = snapshot.conjunction_line_item[conjunction]!
    if (lineItem === last) return true // another conjunction of the same line item
    last = lineItem
    if (residual[lineItem] === RESIDUAL.WIDE && !holds(snapshot, program[lineItem]!, terms)) return true
    const outcome = fit(of, lineItem)
    if (typeof outcome !== 'string') out.push(outcome)
    return out.length < most
  })
}

/** The best of all slots of an imp, whose candidates begin at `from`. Stable: equal ranks keep the order of the slots. */
function cut(candidates: Candidate[], from: number): void {
  const best = candidates.splice(from).sort((a, b) => a.line_item - b.line_item)
  candidates.push(...best.slice(0, MAX_CANDIDATES))
}
