/**
 * A configuration as admission policies see it: resolved (defaults in, ids followed), plain JSON, by id. Money is whole
 * nano-units, below 2^53 and so exact in Rego, beside the text that messages show.
 */
import { formatCpmNano, formatNano, parseNano } from '@flightplan/contract/decimal.ts'
import { ownersOf } from '@flightplan/contract/schema/owner.ts'
import type { CampaignNode, LineItemNode, World } from '../resolve/world.ts'
import { type Audience, audienceOf } from './audience.ts'

export interface Money {
  nano: number
  /** `4500 EUR`. */
  text: string
}

export interface AdvertiserView {
  name: string
  categories: string[]
  owners: string[]
}
export interface OrderView {
  advertiser: string
  currency: string
  signed: Money
  owners: string[]
}
export interface CampaignView {
  advertiser: string
  order: string
  name: string | null
  status: string
  labels: Record<string, string>
  /** Its own, or else those of its order and advertiser. */
  owners: string[]
  start: string
  end: string
  start_ms: number
  end_ms: number
  total: Money
  daily: Money | null
}
export interface LineItemView {
  campaign: string
  advertiser: string
  name: string | null
  /** It and its campaign bid. */
  active: boolean
  bid: Money & { kind: string }
  /** Highest CPM that it can bid. */
  max: Money
  /** The same in USD at the planning rate, nano per impression, rounded up. */
  max_usd_nano: number
  total: Money | null
  daily: Money | null
  start_ms: number
  end_ms: number
  formats: string[]
  creatives: string[]
  /** Of the advertiser, and what its creatives declare. */
  categories: string[]
  audience: Audience
}
export interface View {
  advertisers: Record<string, AdvertiserView>
  orders: Record<string, OrderView>
  campaigns: Record<string, CampaignView>
  /** By `campaign/line_item`. */
  line_items: Record<string, LineItemView>
}

/** @param of only these advertisers and what is theirs; a policy judges a change, not the whole repository */
export function viewOf(world: World, of: ReadonlySet<string>): View {
  const { kinds, flightplan } = world
  const rates = flightplan.value.planning_rates ?? {}
  const view: View = { advertisers: {}, orders: {}, campaigns: {}, line_items: {} }
  for (const [id, { value }] of kinds.advertiser)
    if (of.has(id))
      view.advertisers[id] = { name: value.name, categories: value.categories, owners: ownersOf(value.owner) }
  for (const [id, { value }] of kinds.order) {
    const { advertiser, currency, signed, owner } = value
    const amount = money(Number(parseNano(String(signed.amount))), currency)!
    if (of.has(advertiser)) view.orders[id] = { advertiser, currency, signed: amount, owners: ownersOf(owner) }
  }
  for (const [id, node] of world.campaigns) if (of.has(node.advertiser.id)) view.campaigns[id] = campaignView(node)
  for (const node of world.line_items)
    if (of.has(node.campaign.advertiser.id)) view.line_items[node.id] = lineItemView(node, rates)
  return view
}

function campaignView(node: CampaignNode): CampaignView {
  const { file, order, advertiser, start_ms, end_ms, total_nano, daily_nano } = node
  const { name = null, status = 'active', labels = {}, owner, flight } = file.value
  const { currency } = order.value
  const above = [...new Set([...ownersOf(order.value.owner), ...ownersOf(advertiser.value.owner)])]
  return {
    advertiser: advertiser.id,
    order: order.id,
    name,
    status,
    labels,
    owners: owner === undefined ? above : ownersOf(owner),
    ...{ start: flight.start, end: flight.end, start_ms, end_ms },
    total: money(total_nano, currency)!, // the schema asks for one
    daily: money(daily_nano, currency),
  }
}

function lineItemView(node: LineItemNode, rates: Readonly<Record<string, string>>): LineItemView {
  const { campaign, value, bidKind, bid_nano, max_nano, creatives } = node
  const { currency } = campaign.order.value
  const perUnit = currency === 'USD' ? 1 : Number(rates[currency])
  const declared = creatives.flatMap(({ creative }) => creative.file.value.declares?.categories ?? [])
  const bidText = bidKind === 'cpm' ? formatCpmNano(bid_nano) : formatNano(BigInt(bid_nano))
  return {
    campaign: campaign.id,
    advertiser: campaign.advertiser.id,
    name: value.name ?? null,
    active: node.active && campaign.active,
    bid: { kind: bidKind, nano: bid_nano, text: `${bidText} ${currency}` },
    max: { nano: max_nano, text: `${formatCpmNano(max_nano)} ${currency}` },
    max_usd_nano: Math.ceil(max_nano * perUnit),
    total: money(node.total_nano, currency),
    daily: money(node.daily_nano, currency),
    ...{ start_ms: node.start_ms, end_ms: node.end_ms },
    formats: [...new Set(creatives.map(({ creative }) => Object.keys(creative.file.value.format)[0] ?? ''))].sort(),
    creatives: creatives.map(({ creative }) => creative.id).sort(),
    categories: [...new Set([...campaign.advertiser.value.categories, ...declared])].sort(),
    audience: audienceOf(node.wheres.map(({ where }) => where)),
  }
}

/** NaN is "no limit" in the graph. */
const money = (nano: number, currency: string): Money | null =>
  Number.isNaN(nano) ? null : { nano, text: `${formatNano(BigInt(nano))} ${currency}` }
