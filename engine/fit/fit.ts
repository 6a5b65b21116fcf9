/** From "the index says yes" to a candidate: docs/bid-rules.md "Fit", in its order. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Imp, Slot } from '../auction.ts'
import { bannerSizes } from '../event/slot.ts'
import type { Terms } from '../index/program.ts'
import type { Candidate } from '../types.ts'
import { advertiserReason, reasonBesideSeat } from './blocks.ts'
import { creativeFits, type FitContext } from './creative.ts'
import { dealsOf, NO_DEALS, type OpenDeals, openDeals } from './deals.ts'

/** One slot, with what all its line items share. */
export interface SlotFit {
  context: FitContext
  imp: Imp
  slot: Slot
  sizes: readonly { w: number; h: number }[]
  deals: OpenDeals
  terms: Terms
  /** Of `snapshot.creativeMarks`: line items of one advertiser share creatives. */
  round: number
}

export function slotFit(context: FitContext, imp: Imp, slot: Slot, terms: Terms): SlotFit {
  const { snapshot, auction, exchange, facts, now_ms } = context
  const reading = { snapshot, auction, exchange: exchange.id }
  const sizes = slot.format === 'banner' ? bannerSizes(reading, slot) : []
  const deals = openDeals(snapshot, facts, exchange, imp, now_ms)
  return { context, imp, slot, sizes, deals, terms, round: snapshot.creativeMarks.begin() }
}

/** A candidate, or the reason why this line item is none for the slot. */
export function fit(of: SlotFit, lineItem: number): Candidate | ReasonName {
  const { context, imp, slot } = of
  const { snapshot, exchange, auction, now_ms } = context
  const { line_item, campaign } = snapshot
  if (now_ms < line_item.start_ms[lineItem]! || now_ms >= line_item.end_ms[lineItem]!) return 'not_in_flight'
  const advertiser = campaign.advertiser[line_item.campaign[lineItem]!]!
  let deals =
    imp.deals.length === 0
      ? NO_DEALS
      : dealsOf(snapshot, exchange, auction, imp, of.deals, lineItem, snapshot.meta.advertisers[advertiser]!)
  let open = !imp.private_auction && line_item.open_auction[lineItem] === 1
  if (deals.length === 0 && !open) return 'deal_required'
  const blocked = advertiserReason(context.blocks, advertiser, imp)
  if (blocked) {
    // The advertiser's seat may not bid; a deal with a seat of its own is bid from that one.
    const seated = deals.filter(deal => of.deals[deal]?.seat != null)
    const rest = blocked === 'seat' && seated.length > 0 ? reasonBesideSeat(context.blocks, advertiser) : blocked
    if (rest) return rest
    deals = seated
    open = false
  }
  let rotation: number[] | null = null
  let reason: ReasonName = 'creative_shape'
  const at = line_item.rotation_at[lineItem]!
  for (let i = at; i < at + line_item.rotation_n[lineItem]!; i++) {
    const refused = creativeReason(of, snapshot.rotation.creative[i]!)
    if (refused) reason = refused
    else if (rotation === null)
      rotation = [i] // most have one that fits; an empty list would make room for 17
    else rotation.push(i)
  }
  return rotation === null ? reason : { imp, slot, line_item: lineItem, terms: of.terms, rotation, deals, open }
}

function creativeReason({ context, imp, slot, sizes, round }: SlotFit, creative: number): ReasonName | null {
  const marks = context.snapshot.creativeMarks
  if (marks.has(round, creative)) return marks.get(creative)
  return marks.set(round, creative, creativeFits(context, imp, slot, sizes, creative))
}
