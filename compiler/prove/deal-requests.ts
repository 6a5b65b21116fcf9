/** Requests that name the deals of the tree, made from the snapshot alone: the same bytes give the same requests. */
import { formatCpmNano } from '@flightplan/contract/decimal.ts'
import { type DealMeta, FORMATS } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import { type Asked, askedBy } from './required.ts'

/** More would make each load slower and prove little that these do not. */
const MOST_DEALS = 8

/** For each of the first deals in rank order: its imp on every exchange, where only its own may answer with it. */
export function dealRequests(snapshot: Snapshot): { exchange: string; request: unknown }[] {
  return topDeals(snapshot).flatMap(top =>
    snapshot.meta.exchanges.map(({ exchange }) => ({ exchange, request: dealRequest(snapshot, top) })),
  )
}

interface TopDeal {
  deal: DealMeta
  /** The one that ranks the deal so high, and its first creative. */
  item: number
  creative: number
}

function topDeals({ line_item, rotation, term_lists, dealOfTerm }: Snapshot): TopDeal[] {
  const found = new Map<number, TopDeal>()
  for (let item = 0; item < line_item.id_str.length && found.size < MOST_DEALS; item++) {
    const from = line_item.deals_at[item]! // item is a row of the table
    for (const term of term_lists.subarray(from, from + line_item.deals_n[item]!)) {
      const deal = dealOfTerm.get(term)
      const creative = rotation.creative[line_item.rotation_at[item]!] // likewise
      if (deal && creative !== undefined && !found.has(term)) found.set(term, { deal, item, creative })
    }
  }
  return [...found.values()].slice(0, MOST_DEALS)
}

/** As the line item wants it, so that the deal is won and not only offered. */
function dealRequest(snapshot: Snapshot, { deal, item, creative }: TopDeal): unknown {
  const asked = askedBy(snapshot, item)
  const bidfloor = Number(formatCpmNano(deal.floor_nano))
  const floor = bidfloor > 0 ? { bidfloor, bidfloorcur: deal.currency } : {}
  return {
    id: `golden-deal-${deal.id}`,
    at: 1,
    tmax: 250,
    regs: { gdpr: 0 }, // the place may be European; what privacy denies, the general requests prove
    source: { schain: { complete: 1, ver: '1.0', nodes: [{ asi: 'exchange.example', sid: '4711', hp: 1 }] } },
    imp: [
      {
        id: '1',
        secure: 1,
        ...media(snapshot, creative, asked),
        pmp: { deals: [{ id: deal.deal_id, at: deal.at, ...floor }] },
      },
    ],
    ...placeOf(asked),
    device: {
      ...{ devicetype: asked.devicetype, ip: '203.0.113.7', language: asked.language },
      geo: { country: asked.country, utcoffset: -300 },
    },
  }
}

function placeOf({ domain, bundle, publisher, cat, cattax }: Asked): Record<string, unknown> {
  const common = { id: 's1', publisher: { id: publisher }, ...(cat.length > 0 ? { cat, cattax } : {}) }
  return bundle === null
    ? { site: { ...common, domain, page: `https://${domain}/a` } }
    : { app: { ...common, bundle, name: 'Example' } }
}

/** A slot that the creative fits as far as its row says. */
function media(
  { creative, strings, string_lists }: Snapshot,
  row: number,
  { startdelay }: Asked,
): Record<string, unknown> {
  const format = FORMATS[creative.format[row]!] ?? 'banner' // row is of the table
  const [w, h] = [creative.w[row]!, creative.h[row]!] // likewise
  const at = creative.mimes_at[row]! // likewise
  const mimes = [...string_lists.subarray(at, at + creative.mimes_n[row]!)].map(id => strings.get(id))
  const seconds = creative.duration_s[row]! // likewise
  if (format === 'banner') return { banner: { w, h } }
  if (format === 'native') return { native: { ver: '1.2', request: '{"ver":"1.2","assets":[]}' } }
  const timed = {
    mimes: mimes.length > 0 ? mimes : ['video/mp4'],
    minduration: seconds,
    maxduration: seconds,
    startdelay,
  }
  return format === 'video' ? { video: { ...timed, w, h } } : { audio: timed }
}
