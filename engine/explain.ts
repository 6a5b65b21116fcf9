/**
 * Why did (or didn't) we bid: the funnel of one request, slot by slot, every line item with the first rule that it fell
 * at, and the leaf of its `where:` that failed. Slow and complete where serving is fast and silent; it calls the same
 * `select` and `decide`, and the same `fit`.
 */

import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { NONE, PROGRAM } from '@flightplan/contract/snapshot.ts'
import type { Auction } from './auction.ts'
import { decide, type Engine, select } from './decide.ts'
import { requestTerms, slotTerms } from './event/event.ts'
import { blocksOf } from './fit/blocks.ts'
import { verdictsOf } from './fit/creative.ts'
import { fit, slotFit } from './fit/fit.ts'
import { children, holds, type Terms } from './index/program.ts'
import { withProfile } from './lookups.ts'
import type { Answers, Authority, Candidate, Decision, Policy } from './types.ts'

/** What became of one line item in one slot. */
export interface Fate {
  imp: string
  slot: string
  line_item: number
  reason: ReasonName | 'candidate' | 'bid'
  /** Predicates of the program (ids of the debug map) that failed; few: a near miss. */
  failed: number[]
  offered_nano?: number
  needed_nano?: number
}

export interface Explanation {
  decision: Decision
  fates: Fate[]
}

export function explain(
  engine: Engine,
  policy: Policy,
  exchange: string,
  auction: Auction,
  now_ms: number,
  answers: Answers,
  authority: Authority,
): Explanation {
  const selection = select(engine, policy, exchange, auction, now_ms)
  const decision = decide(engine, selection, answers, authority, true)
  const rules = engine.snapshot.exchangeByName.get(exchange)
  if (!rules || !selection.verdict.allow) return { decision, fates: [] }
  const { snapshot, facts, readers } = engine
  const reading = { snapshot, auction: selection.auction, exchange, facts, now_ms, verdict: selection.verdict }
  const context = {
    ...reading,
    exchange: rules,
    blocks: blocksOf(snapshot, selection.auction, rules),
    verdicts: verdictsOf(facts, exchange),
  }
  const ofRequest = requestTerms(readers, reading)
  const fates = selection.auction.imps.flatMap(imp =>
    imp.slots.flatMap(slot => {
      const terms = slotTerms(readers, reading, ofRequest, imp, slot)
      const known = withProfile(snapshot, terms, answers)
      const of = slotFit(context, imp, slot, terms)
      return Array.from(snapshot.line_item.id_str, (_, lineItem): Fate => {
        const at = { imp: imp.id, slot: slot.format, line_item: lineItem }
        const failed = failedPredicates(engine, lineItem, known)
        if (failed.length > 0) return { ...at, reason: 'targeting', failed }
        const outcome = fit(of, lineItem)
        return { ...at, reason: typeof outcome === 'string' ? outcome : 'candidate', failed }
      })
    }),
  )
  return { decision, fates: fates.map(fate => withOutcome(fate, decision)) }
}

/** What `decide` made of a candidate. */
function withOutcome(fate: Fate, { selection, bids, losers }: Decision): Fate {
  if (fate.reason !== 'candidate') return fate
  const mine = (imp: string, slot: string, lineItem: number) =>
    imp === fate.imp && slot === fate.slot && lineItem === fate.line_item
  const isMine = ({ imp, slot, line_item }: Candidate) => mine(imp.id, slot.format, line_item)
  const bid = bids.find(({ candidate }) => isMine(candidate))
  if (bid) return { ...fate, reason: 'bid', offered_nano: bid.price_nano }
  const loser = losers.find(({ imp, slot, line_item }) => mine(imp, slot, line_item))
  if (loser) return { ...fate, ...loser }
  const chosen = selection.candidates.some(isMine)
  return { ...fate, reason: chosen ? 'candidate' : 'beyond_cut' }
}

/** The smallest parts of the program that make it false, as predicate ids. */
function failedPredicates({ snapshot }: Engine, lineItem: number, terms: Terms): number[] {
  const program = snapshot.line_item.program[lineItem]!
  if (program === NONE) return []
  return holds(snapshot, program, terms) ? [] : blame(program)

  function blame(at: number): number[] {
    const { programs } = snapshot
    const parts = children(programs, at)
    if (programs[at] === PROGRAM.AND)
      return parts.filter(child => !holds(snapshot, child, terms)).flatMap(child => blame(child))
    // Of alternatives, the one that is nearest to true.
    if (programs[at] === PROGRAM.OR)
      return parts.map(child => blame(child)).reduce((best, next) => (next.length < best.length ? next : best))
    return [programs[at + 1]!]
  }
}
