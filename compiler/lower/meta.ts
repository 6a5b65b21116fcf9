/** What a snapshot holds as JSON: the few things that are not per line item. */
import { parseCpmNano } from '@flightplan/contract/decimal.ts'
import type { Advertiser } from '@flightplan/contract/schema/advertiser.ts'
import type { Deal } from '@flightplan/contract/schema/deal.ts'
import type { Order } from '@flightplan/contract/schema/order.ts'
import type {
  AdvertiserMeta,
  AudienceMeta,
  CircleMeta,
  DealMeta,
  ListMeta,
  OrderMeta,
  SnapshotMeta,
} from '@flightplan/contract/snapshot.ts'
import { endOfMinute_ms, startOfMinute_ms } from '../resolve/local-time.ts'
import type { World } from '../resolve/world.ts'
import type { Layout } from './layout.ts'
import { categoryTerm } from './leaves.ts'
import { dealTerm } from './targeting.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Largest Date: meta is JSON, which has no Infinity. */
const NEVER_MS = 8.64e15
const AT = { first: 1, second: 2, fixed: 3 } as const
/** Schema defaults (contract/schema/flightplan.ts). */
const MAX_SNAPSHOT_BYTES = 2 ** 30
const MAX_LINE_ITEMS = 200_000

export function orderMeta(order: Order, advertiser: number): OrderMeta {
  return { id: order.order, advertiser, currency: order.currency, fee_ppm: feeOf(order) }
}

/** Per cent with at most four decimals → parts per million, exactly. */
function feeOf({ budget_counts = 'media', fees = [] }: Order): number {
  if (budget_counts === 'media') return 0
  return fees.reduce((sum, { value }) => {
    const [whole = '0', fraction = ''] = String(value).split('.')
    return sum + Number(whole + fraction.padEnd(4, '0'))
  }, 0)
}

export function advertiserMeta(advertiser: Advertiser): AdvertiserMeta {
  const { dsa } = advertiser
  return {
    id: advertiser.advertiser,
    domain: advertiser.domain,
    brand: advertiser.brand ?? advertiser.name,
    categories: advertiser.categories.map(categoryTerm),
    dsa: dsa ? { paid_by: dsa.paid_by, behalf: dsa.behalf ?? dsa.paid_by } : null,
  }
}

/** Things that line items name, by the terms that they have. */
export interface Named {
  vocabulary: Vocabulary
  layout: Layout
}

/** Values of an attribute that some line item asks about, with their terms. */
export function valuesOf({ vocabulary, layout }: Named, attribute: string): { text: string; term: number }[] {
  const number = vocabulary.find(attribute)
  if (number === undefined) return []
  const first = layout.first_term[number]! // a number of the vocabulary; no values where nothing asks about it
  return layout.values[number]!.map((value, i) => ({ text: vocabulary.text(number, value), term: first + i })) // likewise
}

export function dealsMeta(world: World, named: Named): DealMeta[] {
  const terms = new Map(valuesOf(named, 'deal').map(({ text, term }) => [text, term]))
  return [...world.kinds.deal.values()].flatMap(({ value }) => {
    const term = terms.get(dealTerm(value))
    return term === undefined ? [] : [dealMeta(value, term)]
  })
}

function dealMeta(deal: Deal, term: number): DealMeta {
  const zone = deal.timezone ?? 'UTC'
  const floor = deal.floor === undefined ? 0 : parseCpmNano(String(deal.floor))
  return {
    term,
    id: deal.deal,
    exchange: deal.exchange,
    deal_id: deal.deal_id ?? deal.deal,
    seat: deal.seat ?? null,
    currency: deal.currency,
    floor_nano: typeof floor === 'number' ? floor : 0, // resolve/ refused what is no price
    at: AT[deal.at],
    start_ms: deal.from === undefined ? 0 : startOfMinute_ms(deal.from, zone),
    end_ms: deal.to === undefined ? NEVER_MS : endOfMinute_ms(deal.to, zone),
  }
}

export function audiencesMeta(world: World, named: Named): AudienceMeta[] {
  return valuesOf(named, 'segment').flatMap(({ text, term }) => {
    const audience = world.kinds.audience.get(text)
    if (!audience) return []
    const { segments, profile } = audience.value.from
    return [{ term, id: text, segments: segments ?? [], profile: profile ?? null }]
  })
}

export function circlesMeta(named: Named): CircleMeta[] {
  return valuesOf(named, 'near').map(({ text, term }) => {
    const [lat = 0, lon = 0, km = 0] = text.split(',').map(Number)
    return { term, lat, lon, km }
  })
}

export const listsMeta = (named: Named): ListMeta[] =>
  valuesOf(named, 'list').map(({ text, term }) => ({ term, id: text }))

export function limitsMeta(world: World): SnapshotMeta['limits'] {
  const { limits } = world.flightplan.value
  return {
    max_snapshot_bytes: limits?.max_snapshot_bytes ?? MAX_SNAPSHOT_BYTES,
    max_line_items: limits?.max_line_items ?? MAX_LINE_ITEMS,
  }
}

/** As text, by currency code: the order of the YAML is no part of the snapshot. */
export function planningRatesMeta(world: World): SnapshotMeta['planning_rates'] {
  const rates = Object.entries(world.flightplan.value.planning_rates ?? {})
  return Object.fromEntries(
    rates.map(([code, rate]) => [code, String(rate)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
