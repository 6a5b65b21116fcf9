/** What an impression is worth to a line item, in nano of its order's currency. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { BID_KINDS } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Answers } from '../types.ts'

/**
 * cpm: the bid; cpc: pCTR × bid; cpa: pCTR × pCVR × bid; never above `max_cpm`, rounded down (algorithms.md §2.1).
 * `position`: of the candidate, which predictions are aligned with.
 */
export function value_nano(
  { line_item }: Snapshot,
  lineItem: number,
  position: number,
  answers: Answers,
): number | ReasonName {
  const bid = line_item.bid_nano[lineItem]!
  const kind = BID_KINDS[line_item.bid_kind[lineItem]!]
  if (kind === 'cpm') return Math.min(bid, line_item.max_nano[lineItem]!)
  const click = prediction(answers, line_item.ctr_model[lineItem]!, position)
  const conversion = kind === 'cpa' ? prediction(answers, line_item.cvr_model[lineItem]!, position) : 1
  const value = bid * click * conversion
  return Number.isFinite(value) ? Math.min(Math.floor(value), line_item.max_nano[lineItem]!) : 'no_prediction'
}

const prediction = (answers: Answers, model: number, position: number): number =>
  answers.predictions.get(model)?.[position] ?? Number.NaN
