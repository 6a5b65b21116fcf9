/** Orders and campaigns: references, dates, currencies, budgets. */
import { formatNano } from '@flightplan/contract/decimal.ts'
import type { ValidFileOf } from '../validate.ts'
import { amount_nano } from './amounts.ts'
import { type Context, fail, find, placeIn, warn } from './context.ts'
import { endOfMinute_ms, isRealDay, isZone, startOfMinute_ms } from './local-time.ts'
import type { CampaignNode, Place } from './world.ts'

type CampaignFile = ValidFileOf<'campaign'>

export function resolveCampaigns(context: Context): Map<string, CampaignNode> {
  const nodes = new Map<string, CampaignNode>()
  for (const file of context.kinds.campaign.values()) {
    const order = context.kinds.order.get(file.value.order)
    const advertiser = order && context.kinds.advertiser.get(order.value.advertiser)
    const isCurrent = (node: CampaignNode | null) => node?.order === order && node?.advertiser === advertiser
    const node = context.kept.campaigns.of(context, file, isCurrent, own => resolveCampaign(own, file))
    if (node) nodes.set(node.id, node)
  }
  const byOrder = Map.groupBy(nodes.values(), ({ order }) => order)
  for (const order of context.kinds.order.values()) checkOrder(context, order, byOrder.get(order) ?? [])
  return nodes
}

/** Null when what it hangs on does not exist: its line items cannot be judged then. */
function resolveCampaign(context: Context, file: CampaignFile): CampaignNode | null {
  const { flight, budget, status = 'active' } = file.value
  const order = find(context, 'order', file.value.order, placeIn(file, 'order'))
  const advertiser = order && find(context, 'advertiser', order.value.advertiser, placeIn(order, 'advertiser'))
  const times = flightOf(context, flight, flight.timezone, placeIn(file, 'flight'))
  if (file.value.goal) find(context, 'conversion', file.value.goal.conversion, placeIn(file, 'goal', 'conversion'))
  const total_nano = amount_nano(context, budget.total, placeIn(file, 'budget', 'total'))
  const daily_nano = amount_nano(context, budget.daily_max, placeIn(file, 'budget', 'daily_max'))
  if (daily_nano > total_nano)
    fail(context, 'FP3010', placeIn(file, 'budget', 'daily_max'), 'the budget of a day is above the whole', [
      { message: `the total is ${budget.total}`, place: placeIn(file, 'budget', 'total') },
    ])
  checkSegments(context, file, total_nano)
  if (!order || !advertiser || !times) return null
  return {
    id: file.id,
    file,
    order,
    advertiser,
    zone: flight.timezone,
    ...times,
    daily_nano,
    total_nano,
    active: status === 'active',
  }
}

/** Start and end of a flight; null, and a diagnostic, when a time or the zone does not exist. */
export function flightOf(
  context: Context,
  flight: { start: string; end: string },
  zone: string,
  place: Place,
): { start_ms: number; end_ms: number } | null {
  const at = (key: string): Place => ({ ...place, path: [...place.path, key] })
  if (!checkZone(context, zone, at('timezone'))) return null
  if (!checkDay(context, flight.start, at('start')) || !checkDay(context, flight.end, at('end'))) return null
  const start_ms = startOfMinute_ms(flight.start, zone)
  const end_ms = endOfMinute_ms(flight.end, zone)
  if (end_ms <= start_ms)
    fail(context, 'FP3006', at('end'), `the flight ends on ${flight.end}, before it starts`, [
      { message: `the start is ${flight.start}`, place: at('start') },
    ])
  return { start_ms, end_ms }
}

export function checkZone(context: Context, zone: string, place: Place): boolean {
  if (isZone(zone)) return true
  fail(context, 'FP3017', place, `"${zone}" is no time zone`, [], 'use a name such as Europe/Berlin')
  return false
}

export function checkDay(context: Context, local: string, place: Place): boolean {
  if (isRealDay(local)) return true
  fail(context, 'FP3022', place, `there is no day ${local.slice(0, 10)}`)
  return false
}

/** Segments may not lie outside of the flight nor exceed the total one by one; together they may (a warning). */
function checkSegments(context: Context, file: CampaignFile, total_nano: number): void {
  const { budget, flight } = file.value
  let sum = 0
  for (const [name, segment] of Object.entries(budget.segments ?? {})) {
    const at = (key: string) => placeIn(file, 'budget', 'segments', name, key)
    const days = checkDay(context, segment.from, at('from')) && checkDay(context, segment.to, at('to'))
    if (days && segment.to < segment.from)
      fail(context, 'FP3006', at('to'), `segment ${name} ends before it starts`, [
        { message: 'its start', place: at('from') },
      ])
    if (days && (segment.from < flight.start.slice(0, 10) || segment.to > flight.end.slice(0, 10)))
      fail(context, 'FP3007', at('from'), `segment ${name} runs outside of the flight`, [
        { message: 'the flight', place: placeIn(file, 'flight') },
      ])
    const part_nano = amount_nano(context, segment.amount, at('amount'))
    if (part_nano > total_nano)
      fail(context, 'FP3010', at('amount'), `segment ${name} is above the total`, [
        { message: `the total is ${budget.total}`, place: placeIn(file, 'budget', 'total') },
      ])
    sum += part_nano
  }
  if (sum > total_nano)
    warn(context, 'FP3011', placeIn(file, 'budget', 'segments'), `the segments add up to ${shown(sum)}`, [
      { message: `the total is ${budget.total}`, place: placeIn(file, 'budget', 'total') },
    ])
}

/** Budgets are floats of whole nano-units below 2^53 each; a sum of them is near enough for a message. */
export const shown = (nano: number): string => formatNano(BigInt(Math.round(nano)))

/** @param own its campaigns */
function checkOrder(context: Context, order: ValidFileOf<'order'>, own: readonly CampaignNode[]): void {
  const { currency, signed } = order.value
  find(context, 'advertiser', order.value.advertiser, placeIn(order, 'advertiser'))
  checkCurrency(context, currency, placeIn(order, 'currency'))
  const signed_nano = amount_nano(context, signed.amount, placeIn(order, 'signed', 'amount'))
  for (const { id, file, total_nano } of own)
    if (total_nano > signed_nano)
      fail(context, 'FP3010', placeIn(file, 'budget', 'total'), `campaign ${id} has more than its order`, [
        { message: `the order is signed for ${signed.amount} ${currency}`, place: placeIn(order, 'signed', 'amount') },
      ])
  const sum = own.reduce((total, campaign) => total + campaign.total_nano, 0)
  if (sum > signed_nano && own.every(campaign => campaign.total_nano <= signed_nano))
    warn(
      context,
      'FP3011',
      placeIn(order, 'signed', 'amount'),
      `campaigns of the order add up to ${shown(sum)} ${currency}`,
      [...own.map(({ id, file }) => ({ message: `campaign ${id}`, place: placeIn(file, 'budget', 'total') }))],
    )
}

/** Every currency that a price can be in needs a planning rate: it orders candidates of different currencies. */
export function checkCurrency(context: Context, currency: string, place: Place): void {
  const rates = context.flightplan?.value.planning_rates ?? {}
  if (currency === 'USD' || Object.hasOwn(rates, currency)) return
  const fix = `add \`${currency}: "…"\`, USD per ${currency}, to planning_rates of flightplan.yaml`
  fail(context, 'FP3008', place, `there is no planning rate for ${currency}`, [], fix)
}
