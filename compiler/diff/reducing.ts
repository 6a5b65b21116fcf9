/**
 * Proof that a change can only reduce: for every auction the set of (line item, highest price) that may bid after it is
 * a part of the one before. What is not on the list of things that reduce is refused; so a new field is refused until
 * somebody has thought of it. That another line item may then win more is part of it (DESIGN, "Fast lane").
 */
import type { Span } from '@flightplan/contract/diagnostic.ts'
import type { CampaignNode, LineItemNode, World } from '../resolve/world.ts'
import { type Change, diffWorlds, type FieldChange } from './diff.ts'
import { listPolarity, narrows } from './narrower.ts'

export interface NotReducing {
  span: Span
  message: string
}

/** In the order of the diff; empty: the change can only reduce. */
export function notReducing(base: World, head: World): NotReducing[] {
  const lines = new Map(base.line_items.map(item => [item.id, item]))
  const pair: Pair = {
    ...{ base, head, lineBefore: lines },
    lineAfter: new Map(head.line_items.map(item => [item.id, item])),
  }
  return diffWorlds(base, head).flatMap(change => judge(pair, change))
}

interface Pair {
  base: World
  head: World
  lineBefore: ReadonlyMap<string, LineItemNode>
  lineAfter: ReadonlyMap<string, LineItemNode>
}

/** What nothing refers to yet, or what only something else that is judged here can bring into play. */
const ADDED_FREELY: ReadonlySet<string> = new Set([
  ...['creative', 'deal', 'inventory_list', 'audience', 'conversion', 'order', 'advertiser'],
])
/** Words for people, and what only checks read. */
const NEUTRAL = /^(name|owner|labels\..*|rollout\..*|limits\..*|signed\..*)$/

function judge(pair: Pair, change: Change): NotReducing[] {
  const { op, kind, id, span } = change
  if (op === 'removed') return kind === 'model' ? [{ span, message: `model ${id} is removed` }] : []
  if (op === 'added') return ADDED_FREELY.has(kind) ? [] : [{ span, message: `${kind} ${id} is new` }]
  return change.fields.flatMap(field => {
    if (NEUTRAL.test(field.field) || reduces(pair, change, field)) return []
    const { from, to } = field
    const moved =
      from === null
        ? `${field.field} is new`
        : to === null
          ? `${field.field} is gone`
          : `${field.field}: ${from} → ${to}`
    return [{ span: field.span, message: `${kind} ${id}: ${moved}` }]
  })
}

function reduces(pair: Pair, { kind, id }: Change, field: FieldChange): boolean {
  if (kind === 'line_item') {
    const [was, is] = [pair.lineBefore.get(id), pair.lineAfter.get(id)]
    return was !== undefined && is !== undefined && lineItemReduces(was, is, field)
  }
  if (kind === 'campaign') {
    const [was, is] = [pair.base.campaigns.get(id), pair.head.campaigns.get(id)]
    return was !== undefined && is !== undefined && campaignReduces(was, is, field)
  }
  if (kind === 'exchange') return field.field === 'status' && field.to === 'stopped'
  return kind === 'inventory_list' && field.field === 'members' && listReduces(pair, id)
}

/** Both have the fields of limits under one name. */
type Limits = Pick<LineItemNode, 'start_ms' | 'end_ms' | 'daily_nano' | 'total_nano' | 'active'>

/** Null: the field is none of these. NaN of an amount: there is no limit. */
function limitReduces(was: Limits, is: Limits, field: string): boolean | null {
  const lower = (before: number, after: number) => after <= before || (Number.isNaN(before) && !Number.isNaN(after))
  if (field === 'status') return !is.active || was.active
  if (field === 'flight.start') return is.start_ms >= was.start_ms
  if (field === 'flight.end') return is.end_ms <= was.end_ms
  if (field === 'budget.total') return lower(was.total_nano, is.total_nano)
  return field === 'budget.daily_max' ? lower(was.daily_nano, is.daily_nano) : null
}

function campaignReduces(was: CampaignNode, is: CampaignNode, { field, from, to }: FieldChange): boolean {
  const segment = /^budget\.segments\.[^.]+\.amount$/.test(field)
  if (segment) return from !== null && to !== null && Number(to) <= Number(from)
  return limitReduces(was, is, field) ?? false
}

function lineItemReduces(was: LineItemNode, is: LineItemNode, { field, from, to }: FieldChange): boolean {
  const limit = limitReduces(was, is, field)
  if (limit !== null) return limit
  if (field === 'budget.impressions') return to !== null && (from === null || Number(to) <= Number(from))
  if (field.startsWith('bid.')) return bidReduces(was, is)
  if (field.startsWith('creatives.')) return to === null
  if (field === 'open_auction') return !is.open_auction
  if (field === 'deals') return is.deals.every(({ id }) => was.deals.some(deal => deal.id === id))
  return field.startsWith('where.') && narrows(whereOf(was), whereOf(is))
}

const whereOf = ({ wheres }: LineItemNode) => wheres.map(({ where }) => where)

/** One kind of bid, no dearer, and no cap that is higher or gone. */
function bidReduces(was: LineItemNode, is: LineItemNode): boolean {
  if (was.bidKind !== is.bidKind || is.bid_nano > was.bid_nano) return false
  const [before, after] = [was, is].map(({ bidKind, bid_nano, max_nano }) => {
    const cap = Number.isNaN(max_nano) ? Number.POSITIVE_INFINITY : max_nano
    return bidKind === 'cpm' ? Math.min(cap, bid_nano) : cap
  })
  return after! <= before! // one for each
}

/** A list that is only bought from may shrink, one that is only kept out of may grow. */
function listReduces({ base, head }: Pair, id: string): boolean {
  const [was, is] = [new Set(base.lists.get(id) ?? []), new Set(head.lists.get(id) ?? [])]
  const polarity = listPolarity(head.line_items.flatMap(whereOf), id)
  return (!polarity.wanted || is.isSubsetOf(was)) && (!polarity.unwanted || was.isSubsetOf(is))
}
