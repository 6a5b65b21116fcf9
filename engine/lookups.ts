/** The one wait that a request may have: what to look up between select and decide, and what to do with it. */
import { NONE_16 } from '@flightplan/contract/snapshot.ts'
import type { Auction } from './auction.ts'
import type { Engine } from './decide.ts'
import { requestTerms, slotTerms } from './event/event.ts'
import { profileTerms } from './event/people.ts'
import { holds } from './index/program.ts'
import type { Answers, Candidate, Selection } from './types.ts'

export function lookupsOf(
  { snapshot }: Engine,
  auction: Auction,
  candidates: readonly Candidate[],
): Selection['lookups'] {
  const { residual, ctr_model, cvr_model } = snapshot.line_item
  const models = new Set<number>()
  let asksProfile = false
  for (const { line_item } of candidates) {
    models.add(ctr_model[line_item]!).add(cvr_model[line_item]!)
    asksProfile ||= residual[line_item] === 1
  }
  models.delete(NONE_16)
  const key = auction.user.buyeruid || auction.user.id || auction.device.ifa
  return { profile_key: asksProfile && key !== '' ? key : null, models: [...models] }
}

/** A line item whose index entry is an over-approximation runs its whole program, with the profile's audiences. */
export function passesResidual(engine: Engine, selection: Selection, candidate: Candidate, answers: Answers): boolean {
  const { snapshot } = engine
  if (snapshot.line_item.residual[candidate.line_item] === 0) return true
  const { auction, exchange, now_ms, verdict } = selection
  const reading = { snapshot, auction, exchange, facts: engine.facts, now_ms, verdict }
  const ofRequest = requestTerms(engine.readers, reading)
  const segment = snapshot.attributeIndex.get('segment')
  if (segment !== undefined)
    ofRequest[segment] = [...ofRequest[segment]!, ...profileTerms(reading, answers.profile ?? [])]
  const terms = slotTerms(engine.readers, reading, ofRequest, candidate.imp, candidate.slot)
  return holds(snapshot, snapshot.line_item.program[candidate.line_item]!, terms)
}
