import type { Candidate } from '../types.ts'

const NANO_PER_CPM = 1_000_000
/** 1.1 × 1e6 is 1100000.0000000002 as a double: without the slack a bid of exactly the floor would miss it. */
const SLACK = 1e-6

/** CPM as a JSON number → nano per impression, rounded up; negative floors are none. */
export const cpmToNanoUp = (cpm: number): number => Math.max(0, Math.ceil(cpm * NANO_PER_CPM - SLACK))

export interface Floor {
  nano: number
  currency: string
}

/**
 * Floor of a bid (openrtb.md §6): the deal's; else the duration's; else the imp's.
 * @param ofDeal floor of our YAML for the deal, used where the request says none
 */
export function floorOf(candidate: Candidate, deal: number | null, ofDeal: Floor | null, duration_s: number): Floor {
  const { imp, slot } = candidate
  if (deal !== null) {
    const asked = imp.deals[deal]! // deal indexes come from fit
    const asks = asked.floor > 0 || ofDeal === null
    return asks ? { nano: cpmToNanoUp(asked.floor), currency: asked.floor_currency } : ofDeal
  }
  let cpm = imp.floor
  if (slot.format === 'video' || slot.format === 'audio') {
    const range = slot.duration_floors.find(({ min_s, max_s }) => duration_s >= min_s && duration_s <= max_s)
    const perSecond = slot.min_cpm_per_second === null ? null : slot.min_cpm_per_second * duration_s
    // In a dynamic pod price per second comes first (impl §7.11).
    const dynamic = slot.pod?.duration_s != null
    cpm = (dynamic ? (perSecond ?? range?.floor) : (range?.floor ?? perSecond)) ?? imp.floor
  }
  return { nano: cpmToNanoUp(cpm), currency: imp.floor_currency }
}
