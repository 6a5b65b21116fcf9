/** The one wait that a request may have: what to look up between select and decide, and what to do with it. */
import { NONE_16, RESIDUAL } from '@flightplan/contract/snapshot.ts'
import type { Auction } from './auction.ts'
import type { Engine } from './decide.ts'
import { profileTerms } from './event/people.ts'
import type { ExchangeRules } from './exchange.ts'
import { holds, type Terms } from './index/program.ts'
import type { Snapshot } from './snapshot.ts'
import type { Answers, Candidate, Selection } from './types.ts'

export function lookupsOf(
  { snapshot }: Engine,
  exchange: ExchangeRules | undefined,
  auction: Auction,
  candidates: readonly Candidate[],
): Selection['lookups'] {
  const { residual, ctr_model, cvr_model } = snapshot.line_item
  const models: number[] = []
  let asksProfile = false
  for (let i = 0; i < candidates.length; i++) {
    const { line_item } = candidates[i]!
    addModel(models, ctr_model[line_item]!)
    addModel(models, cvr_model[line_item]!)
    asksProfile ||= residual[line_item] === RESIDUAL.LATE
  }
  return { profile_key: asksProfile ? profileKey(exchange, auction) || null : null, models }
}

function addModel(models: number[], model: number): void {
  if (model !== NONE_16 && !models.includes(model)) models.push(model)
}

/** Of the redacted auction: without the permission to use ids there is none, and '' finds nobody. */
function profileKey(exchange: ExchangeRules | undefined, { user, device }: Auction): string {
  const ids = { buyeruid: user.buyeruid, id: user.id, ifa: device.ifa }
  const named = exchange?.userId
  return named ? ids[named] : ids.buyeruid || ids.id || ids.ifa
}

/** A line item that asks about our own profile store runs its whole program now, with the profile's audiences. */
export function passesResidual({ snapshot }: Engine, candidate: Candidate, answers: Answers): boolean {
  const { residual, program } = snapshot.line_item
  if (residual[candidate.line_item] !== RESIDUAL.LATE) return true
  return holds(snapshot, program[candidate.line_item]!, withProfile(snapshot, candidate.terms, answers))
}

/** The terms of a slot with the audiences that the profile store names; without an answer, the user is in none. */
export function withProfile(snapshot: Snapshot, terms: Terms, { profile }: Answers): Terms {
  const segment = snapshot.attributeIndex.get('segment')
  if (segment === undefined || profile === null) return terms
  return terms.with(segment, [...terms[segment]!, ...profileTerms(snapshot, profile)])
}
