/** The replay of a log → what the plan says of it. */

import { estimate } from './estimate.ts'
import { drawErrors, drawWeights } from './interval.ts'
import type { Log } from './log.ts'
import { type Flip, type Replay, replay } from './replay.ts'
import { type Row, reachIn, rowsOf } from './rows.ts'
import type { Side } from './side.ts'
import type { Subject } from './subject.ts'
import { sumOf } from './tallies.ts'

export interface Prediction {
  log: { digest: string; source: string; auctions: number; one_in: number; from_ms: number; to_ms: number }
  /** Share of auctions whose bids differ. */
  touched: number
  totals: Row[]
  campaigns: Row[]
  line_items: Row[]
  newly_bid: { count: number; examples: Flip[] }
  newly_lost: { count: number; examples: Flip[] }
  /** Line items of the new release that no auction of the log matches, and why where the log lacks the traffic. */
  never_matched: { line_item: string; missing: string[] }[]
  /** Line items that match but never bid, because another of ours always wins. */
  shadowed: { line_item: string; by: string; times: number }[]
  /** Values that changed line items target and that the log lacks. */
  partly_missing: { line_item: string; missing: string[] }[]
}

/** @param changed ids of line items that are new or other than before */
export async function predict(
  log: Log,
  subjects: { base: Subject; head: Subject },
  changed: ReadonlySet<string>,
  seed: number,
): Promise<Prediction> {
  const played = await replay(log, subjects, changed, seed)
  const weights = drawWeights(seed)
  const errors = drawErrors(seed)
  const [base, head] = [
    estimate(played.base, log.one_in, weights, errors),
    estimate(played.head, log.one_in, weights, errors),
  ]
  const never = neverMatched(played)
  const lacking = new Set(never.filter(({ missing }) => missing.length > 0).map(({ line_item }) => line_item))
  const replicates = weights.length
  const currencyOf = currencyIn(played)
  const supported = () => false
  return {
    log: {
      ...{ digest: log.digest, source: log.source, auctions: played.auctions, one_in: log.one_in },
      ...{ from_ms: played.from_ms, to_ms: played.to_ms },
    },
    touched: played.auctions > 0 ? played.touched / played.auctions : 0,
    totals: rowsOf({ base: base.totals, head: head.totals, replicates, currencyOf: id => id, unsupported: supported }),
    campaigns: rowsOf({
      ...{ base: base.campaigns, head: head.campaigns, replicates, currencyOf, reach: reachIn(played) },
      unsupported: id => allOf(played.head, id, lacking),
    }),
    line_items: rowsOf({
      ...{ base: base.lineItems, head: head.lineItems, replicates },
      currencyOf: id => currencyOf(id.slice(0, id.indexOf('/'))),
      unsupported: id => lacking.has(id),
    }),
    newly_bid: played.newlyBid,
    newly_lost: played.newlyLost,
    never_matched: never,
    shadowed: shadowed(played.head),
    partly_missing: partlyMissing(played, changed, lacking),
  }
}

/** Every line item of a campaign. */
function allOf({ subject }: Side, campaign: string, lacking: ReadonlySet<string>): boolean {
  const own = subject.lineItems.filter(id => id.startsWith(`${campaign}/`))
  return own.length > 0 && own.every(id => lacking.has(id))
}

function currencyIn({ base, head }: Replay): (campaign: string) => string {
  return campaign => {
    const { subject } = head.subject.campaigns.includes(campaign) ? head : base
    const { meta, campaign: table } = subject.engine.snapshot
    return meta.orders[table.order[subject.campaigns.indexOf(campaign)]!]?.currency ?? ''
  }
}

function neverMatched({ head, unseen }: Replay): Prediction['never_matched'] {
  return head.subject.lineItems.flatMap((line_item, i) => {
    if (sumOf(head.tallies.eligible, i) > 0) return []
    const missing = unseen.of(i).filter(({ all }) => all)
    return [{ line_item, missing: missing.map(({ text }) => text) }]
  })
}

function shadowed({ subject, tallies }: Side): Prediction['shadowed'] {
  return subject.lineItems.flatMap((line_item, i) => {
    const by = subject.lineItems[tallies.outbidBy[i]!]
    if (sumOf(tallies.eligible, i) === 0 || sumOf(tallies.bids, i) > 0 || by === undefined) return []
    return [{ line_item, by, times: tallies.outbid[i]! }]
  })
}

function partlyMissing({ head, unseen }: Replay, changed: ReadonlySet<string>, lacking: ReadonlySet<string>) {
  return head.subject.lineItems.flatMap((line_item, i) => {
    if (!changed.has(line_item) || lacking.has(line_item)) return []
    const missing = unseen.of(i).map(({ text }) => text)
    return missing.length > 0 ? [{ line_item, missing }] : []
  })
}
