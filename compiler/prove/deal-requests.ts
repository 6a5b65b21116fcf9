/** Requests that name the deals of the tree, made from the snapshot alone: the same bytes give the same requests. */
import { formatCpmNano } from '@flightplan/contract/decimal.ts'
import { type DealMeta, FORMATS } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'

/** More would make each load slower and prove little that these do not. */
const MOST_DEALS = 8

/** For each of the first deals in rank order: its imp on every exchange, where only its own may answer with it. */
export function dealRequests(snapshot: Snapshot): { exchange: string; request: unknown }[] {
  return topDeals(snapshot).flatMap(({ deal, creative }) =>
    snapshot.meta.exchanges.map(({ exchange }) => ({ exchange, request: dealRequest(snapshot, deal, creative) })),
  )
}

/** With the first creative of the line item that ranks the deal so high. */
function topDeals({ line_item, rotation, term_lists, dealOfTerm }: Snapshot): { deal: DealMeta; creative: number }[] {
  const found = new Map<number, { deal: DealMeta; creative: number }>()
  for (let item = 0; item < line_item.id_str.length && found.size < MOST_DEALS; item++) {
    const from = line_item.deals_at[item]! // item is a row of the table
    for (const term of term_lists.subarray(from, from + line_item.deals_n[item]!)) {
      const deal = dealOfTerm.get(term)
      const creative = rotation.creative[line_item.rotation_at[item]!] // likewise
      if (deal && creative !== undefined && !found.has(term)) found.set(term, { deal, creative })
    }
  }
  return [...found.values()].slice(0, MOST_DEALS)
}

function dealRequest(snapshot: Snapshot, deal: DealMeta, creative: number): unknown {
  const bidfloor = Number(formatCpmNano(deal.floor_nano))
  const floor = bidfloor > 0 ? { bidfloor, bidfloorcur: deal.currency } : {}
  return {
    id: `golden-deal-${deal.id}`,
    at: 1,
    tmax: 250,
    source: { schain: { complete: 1, ver: '1.0', nodes: [{ asi: 'exchange.example', sid: '4711', hp: 1 }] } },
    imp: [
      {
        id: '1',
        secure: 1,
        ...media(snapshot, creative),
        pmp: { deals: [{ id: deal.deal_id, at: deal.at, ...floor }] },
      },
    ],
    site: { id: 's1', domain: 'news.example', page: 'https://news.example/a', publisher: { id: '4711' } },
    device: { devicetype: 2, ip: '203.0.113.7', language: 'en', geo: { country: 'USA', utcoffset: -300 } },
  }
}

/** A slot that the creative fits as far as its row says. */
function media({ creative, strings, string_lists }: Snapshot, row: number): Record<string, unknown> {
  const format = FORMATS[creative.format[row]!] ?? 'banner' // row is of the table
  const [w, h] = [creative.w[row]!, creative.h[row]!] // likewise
  const at = creative.mimes_at[row]! // likewise
  const mimes = [...string_lists.subarray(at, at + creative.mimes_n[row]!)].map(id => strings.get(id))
  const seconds = creative.duration_s[row]! // likewise
  if (format === 'banner') return { banner: { w, h } }
  if (format === 'native') return { native: { ver: '1.2', request: '{"ver":"1.2","assets":[]}' } }
  const timed = { mimes: mimes.length > 0 ? mimes : ['video/mp4'], minduration: seconds, maxduration: seconds }
  return format === 'video' ? { video: { ...timed, w, h } } : { audio: timed }
}
