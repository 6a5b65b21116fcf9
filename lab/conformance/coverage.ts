/** Sends requests to a bidder, checks each answer, and counts who bid: the table that the corpus suite prints. */
import { list, number, text, tree } from '../oracle/lenient.ts'
import type { Answer } from './bidder.ts'
import type { Sent } from './requests.ts'
import { MTYPES } from './scene.ts'

export interface Coverage {
  statuses: Map<number, number>
  requests: number
  rich: number
  richBid: number
  bids: number
  byFormat: Map<string, number>
  byLineItem: Map<string, number>
  byExchange: Map<string, number>
}

export const newCoverage = (): Coverage => ({
  ...{ statuses: new Map(), requests: 0, rich: 0, richBid: 0, bids: 0 },
  ...{ byFormat: new Map(), byLineItem: new Map(), byExchange: new Map() },
})

const add = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)

/** @param lineItems of the decision's bids, since an answer names campaigns only */
export function count(
  coverage: Coverage,
  { exchange, tags }: Sent,
  answer: Answer,
  lineItems: readonly string[],
): void {
  const bids =
    answer.status === 200 ? list(tree(JSON.parse(answer.body))['seatbid']).flatMap(seat => list(tree(seat)['bid'])) : []
  add(coverage.statuses, answer.status)
  coverage.requests++
  coverage.bids += bids.length
  if (tags.includes('rich')) {
    coverage.rich++
    if (bids.length > 0) coverage.richBid++
  }
  if (bids.length > 0) add(coverage.byExchange, exchange)
  for (const bid of bids) add(coverage.byFormat, MTYPES[number(tree(bid)['mtype']) as keyof typeof MTYPES] ?? text(bid)) // checked before
  for (const lineItem of lineItems) add(coverage.byLineItem, lineItem)
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)}%`

export function coverageTable(name: string, coverage: Coverage): string {
  const { statuses, requests, rich, richBid, bids, byFormat, byLineItem, byExchange } = coverage
  const rows = (counts: ReadonlyMap<string | number, number>, whole: number) =>
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([key, n]) => `    ${String(n).padStart(6)}  ${percent(n, whole).padStart(6)}  ${key}`)
  return [
    `${name}: ${requests} requests, ${bids} bids; rich ${richBid} of ${rich} with a bid (${percent(richBid, rich)})`,
    ...['  status', ...rows(statuses, requests)],
    ...['  exchange', ...rows(byExchange, requests)],
    ...['  format', ...rows(byFormat, bids)],
    ...['  line item', ...rows(byLineItem, bids)],
  ].join('\n')
}
