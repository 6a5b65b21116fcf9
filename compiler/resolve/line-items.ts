/** Line items, inline and in files of their own: references, defaults, bids, budgets, dates. */
import type { LineItem } from '@flightplan/contract/schema/line-item.ts'
import { shapeOf } from '../lower/targeting.ts'
import type { ValidFileOf } from '../validate.ts'
import { amount_nano, cpm_nano, planningRate, share_nano } from './amounts.ts'
import { flightOf, shown } from './campaigns.ts'
import type { Collected } from './collect.ts'
import { type Context, fail, find, placeIn, warn } from './context.ts'
import { dealTimes } from './deals.ts'
import type { KeptItems } from './kept.ts'
import { modelsOf } from './models.ts'
import { atKey, type CampaignNode, type CreativeNode, type LineItemNode, type Place, under } from './world.ts'

export interface Known {
  campaigns: ReadonlyMap<string, CampaignNode>
  creatives: ReadonlyMap<string, CreativeNode>
}

const DEFAULT_PRIORITY = 5

export function resolveLineItems(context: Context, known: Known, files: Collected['lineItems']): LineItemNode[] {
  const { lineItems } = context.kept
  const nodes: LineItemNode[] = []
  for (const campaign of known.campaigns.values()) {
    const isCurrent = (kept: KeptItems | null) => isStill(context, known, campaign, kept)
    const kept = lineItems.of(context, campaign.file, isCurrent, own => keptOf(campaign, inline(own, known, campaign)))
    for (const node of kept?.nodes ?? []) nodes.push(node)
  }
  for (const [id, file] of files) {
    const campaign = known.campaigns.get(file.value.campaign)
    const isCurrent = (kept: KeptItems | null) => isStill(context, known, campaign, kept)
    const kept = lineItems.of(context, file, isCurrent, own => fromFile(own, known, id, file))
    for (const node of kept?.nodes ?? []) nodes.push(node)
  }
  checkSums(context, nodes)
  return nodes
}

function keptOf(campaign: CampaignNode, nodes: readonly LineItemNode[]): KeptItems {
  const creatives = new Set(nodes.flatMap(node => node.creatives.map(({ creative }) => creative)))
  return { nodes, campaign, creatives, deals: new Set(nodes.flatMap(node => node.deals)) }
}

/** Whether all that they refer to is what it was. */
function isStill(context: Context, known: Known, campaign: CampaignNode | undefined, kept: KeptItems | null): boolean {
  if (!kept || kept.campaign !== campaign) return false
  for (const creative of kept.creatives) if (known.creatives.get(creative.id) !== creative) return false
  for (const deal of kept.deals) if (context.kinds.deal.get(deal.id) !== deal) return false
  return true
}

function inline(context: Context, known: Known, campaign: CampaignNode): LineItemNode[] {
  return Object.entries(campaign.file.value.line_items ?? {}).map(([name, value]) =>
    resolveLineItem(context, known, campaign, name, value, placeIn(campaign.file, 'line_items', name)),
  )
}

function fromFile(context: Context, known: Known, id: string, file: ValidFileOf<'line_item'>): KeptItems | null {
  const found = find(context, 'campaign', file.value.campaign, placeIn(file, 'campaign'))
  const campaign = known.campaigns.get(file.value.campaign)
  if (!found || !campaign) return null
  if (Object.hasOwn(campaign.file.value.line_items ?? {}, file.id)) {
    fail(context, 'FP3002', placeIn(file, 'line_item'), `there are two of line item "${id}"`, [
      { message: 'the other one is inline in its campaign', place: placeIn(campaign.file, 'line_items', file.id) },
    ])
    return null
  }
  return keptOf(campaign, [resolveLineItem(context, known, campaign, file.id, file.value, placeIn(file))])
}

function resolveLineItem(
  context: Context,
  known: Known,
  campaign: CampaignNode,
  name: string,
  value: LineItem,
  place: Place,
): LineItemNode {
  const creatives = creativesOf(context, known, campaign, value, place)
  const deals = (value.deals ?? []).flatMap((id, i) => find(context, 'deal', id, under(place, 'deals', i)) ?? [])
  const times = timesOf(context, campaign, value, place)
  const { where } = value
  const defaultWhere = campaign.file.value.defaults?.where
  const bid = bidOf(context, campaign, value, place)
  const node: LineItemNode = {
    id: `${campaign.id}/${name}`,
    campaign,
    value,
    place,
    tier: value.priority ?? DEFAULT_PRIORITY,
    ...bid,
    planning_nano: bid.max_nano * planningRate(context.flightplan, campaign.order.value.currency),
    ...times,
    ...budgetOf(context, campaign, value, place),
    ...modelsOf(context, campaign, value, place, new Set(creatives.map(({ creative }) => formatOf(creative)))),
    active: (value.status ?? 'active') === 'active',
    open_auction: value.open_auction ?? value.deals === undefined,
    deals,
    creatives,
    wheres: [
      ...(defaultWhere ? [{ where: defaultWhere, place: placeIn(campaign.file, 'defaults', 'where') }] : []),
      ...(where ? [{ where, place: under(place, 'where') }] : []),
    ],
  }
  checkDeals(context, node)
  return node
}

const formatOf = (creative: CreativeNode): string => shapeOf(creative).split(':')[0] ?? ''

function creativesOf(
  context: Context,
  known: Known,
  campaign: CampaignNode,
  { creatives }: LineItem,
  place: Place,
): LineItemNode['creatives'] {
  const out: LineItemNode['creatives'] = []
  for (const [id, weight] of Object.entries(creatives)) {
    const at = atKey(under(place, 'creatives', id))
    const creative = find(context, 'creative', id, at) && known.creatives.get(id)
    if (!creative) continue
    if (creative.advertiser.id !== campaign.advertiser.id)
      fail(context, 'FP3018', at, `creative ${id} is ${creative.advertiser.id}’s`, [
        { message: `the order is ${campaign.advertiser.id}’s`, place: placeIn(campaign.order, 'advertiser') },
        { message: 'its advertiser', place: placeIn(creative.file, 'advertiser') },
      ])
    out.push({ creative, weight })
  }
  return out
}

function timesOf(context: Context, campaign: CampaignNode, { flight }: LineItem, place: Place) {
  const { start_ms, end_ms } = campaign
  if (!flight) return { start_ms, end_ms }
  const outer = campaign.file.value.flight
  const own = { start: flight.start ?? outer.start, end: flight.end ?? outer.end }
  const times = flightOf(context, own, campaign.zone, under(place, 'flight'))
  if (!times) return { start_ms, end_ms }
  if (times.start_ms < start_ms || times.end_ms > end_ms)
    fail(context, 'FP3007', under(place, 'flight'), `the line item runs outside of campaign ${campaign.id}`, [
      { message: `the campaign: ${outer.start} to ${outer.end}`, place: placeIn(campaign.file, 'flight') },
    ])
  return times
}

function bidOf(context: Context, campaign: CampaignNode, { bid }: LineItem, place: Place) {
  const at = (key: string) => under(place, 'bid', key)
  const byDefault = campaign.file.value.defaults?.bid?.max_cpm
  const maxPlace = bid.max_cpm === undefined ? placeIn(campaign.file, 'defaults', 'bid', 'max_cpm') : at('max_cpm')
  const cap_nano = cpm_nano(context, bid.max_cpm ?? byDefault, maxPlace)
  const bidKind = bid.cpm !== undefined ? 'cpm' : bid.cpc !== undefined ? 'cpc' : 'cpa'
  const bid_nano =
    bidKind === 'cpm' ? cpm_nano(context, bid.cpm, at('cpm')) : amount_nano(context, bid[bidKind], at(bidKind))
  if (bidKind !== 'cpm' && bid.max_cpm === undefined && byDefault === undefined)
    fail(
      context,
      'FP3013',
      at(bidKind),
      `a ${bidKind} bid needs \`max_cpm\``,
      [],
      'add max_cpm here, or under defaults.bid of the campaign',
    )
  const max_nano = bidKind !== 'cpm' ? cap_nano : Number.isNaN(cap_nano) ? bid_nano : Math.min(cap_nano, bid_nano)
  checkLimit(context, campaign, max_nano, bidKind === 'cpm' ? at('cpm') : maxPlace)
  return { bidKind, bid_nano, max_nano } as const
}

/** Schema default (contract/schema/flightplan.ts). */
const MAX_CPM_USD = '500'

function checkLimit(context: Context, campaign: CampaignNode, max_nano: number, place: Place): void {
  const usd = (max_nano * planningRate(context.flightplan, campaign.order.value.currency)) / 1e6
  const limit = context.flightplan?.value.limits?.max_cpm_usd ?? MAX_CPM_USD
  if (usd > Number(limit))
    fail(context, 'FP3021', place, `the bid can reach a CPM of ${usd.toFixed(2)} USD`, [
      {
        message: `limits.max_cpm_usd is ${limit}`,
        ...(context.flightplan ? { place: placeIn(context.flightplan, 'limits') } : {}),
      },
    ])
}

function budgetOf(context: Context, campaign: CampaignNode, { budget }: LineItem, place: Place) {
  const at = (key: string) => under(place, 'budget', key)
  const total_nano =
    budget?.share === undefined
      ? amount_nano(context, budget?.total, at('total'))
      : share_nano(campaign.total_nano, budget.share)
  const daily_nano = amount_nano(context, budget?.daily_max, at('daily_max'))
  const parent = {
    message: `the total of the campaign is ${campaign.file.value.budget.total}`,
    place: placeIn(campaign.file, 'budget', 'total'),
  }
  if (total_nano > campaign.total_nano)
    fail(context, 'FP3010', at('total'), 'the budget of the line item is above that of its campaign', [parent])
  const whole = Number.isNaN(total_nano) ? campaign.total_nano : total_nano
  if (daily_nano > whole) fail(context, 'FP3010', at('daily_max'), 'the budget of a day is above the whole', [parent])
  return { total_nano, daily_nano }
}

/** Line items may over-allocate (the campaign is the cap), but a slip looks the same. */
function checkSums(context: Context, nodes: readonly LineItemNode[]): void {
  const sums = new Map<CampaignNode, number>()
  for (const { campaign, total_nano } of nodes)
    if (!Number.isNaN(total_nano)) sums.set(campaign, (sums.get(campaign) ?? 0) + total_nano)
  for (const [campaign, sum] of sums)
    if (sum > campaign.total_nano)
      warn(
        context,
        'FP3011',
        placeIn(campaign.file, 'budget', 'total'),
        `line items of ${campaign.id} add up to ${shown(sum)} of ${campaign.file.value.budget.total}`,
      )
}

/** Deals that no bid can be made in any more. */
function checkDeals(context: Context, item: LineItemNode): void {
  const { id, value, deals, place, open_auction } = item
  const idle = deals.filter(deal => !runsWith(deal, item))
  if (!open_auction && value.deals === undefined)
    fail(
      context,
      'FP4004',
      under(place, 'open_auction'),
      `${id} is kept out of the open auction and buys no deal`,
      [],
      'add `deals`, or set open_auction: true',
    )
  else if (!open_auction && deals.length > 0 && idle.length === deals.length)
    fail(
      context,
      'FP4004',
      under(place, 'deals'),
      `${id} buys only deals, and none runs while it does`,
      idle.map(deal => ({ message: `dates of deal ${deal.id}`, place: datesOf(deal) })),
    )
  else
    for (const deal of idle)
      warn(context, 'FP4004', under(place, 'deals'), `deal ${deal.id} does not run while ${id} does`, [
        { message: 'its dates', place: datesOf(deal) },
      ])
}

function runsWith(deal: ValidFileOf<'deal'>, { start_ms, end_ms }: LineItemNode): boolean {
  const { from_ms, to_ms } = dealTimes(deal)
  return from_ms < end_ms && to_ms > start_ms
}

const datesOf = (deal: ValidFileOf<'deal'>): Place => placeIn(deal, deal.value.to === undefined ? 'from' : 'to')
