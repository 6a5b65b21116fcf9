/** An explained request for people: who asked, the funnel of each slot, the nearest misses, the bids. */
import { styleText } from 'node:util'
import type { BidView, Description, MissView, Named, SlotView } from '@flightplan/engine/explanation.ts'
import { pathFromHere } from './output.ts'

const LEAF_CHARS = 120

interface Page {
  root: string
  heading(text: string): string
}

export function funnel(description: Description, root: string, color: boolean): string {
  const heading = (text: string) => (color ? styleText('bold', text, { validateStream: false }) : text)
  const page: Page = { root, heading }
  const parts = [
    header(description, page),
    ...description.slots.map(slot => slotLines(slot, page)),
    ...(description.bids.length > 0 ? [bidLines(description.bids, page)] : []),
  ]
  return `${parts.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function header({ exchange, request, now, verdict, reason, bids }: Description, page: Page): string[] {
  const use = verdict.use.length > 0 ? `may use ${verdict.use.join(', ')}` : 'may use nothing personal'
  const rules = verdict.rules.length > 0 ? `; true: ${verdict.rules.join(', ')}` : ''
  const allowed = verdict.reason ? `denied: ${reasonText(verdict.reason)}` : verdict.allow ? 'allowed' : 'not asked'
  const none = `no bid: ${reason ? reasonText(reason) : 'no line item is left'}`
  return [
    page.heading(visible(`${exchange} · request ${request} · ${now}`)),
    visible(`policy   ${allowed}; ${use}${rules}`),
    'budgets  as if nothing were spent',
    `outcome  ${bids.length === 0 ? none : bids.length === 1 ? 'one bid' : `${bids.length} bids`}`,
  ]
}

const reasonText = ({ name, code, text }: Named): string => `${name} (${code}), ${text}`

function slotLines(slot: SlotView, page: Page): string[] {
  const rows = [
    ['', '', 'fell', 'left', ''],
    ...slot.funnel.map(row => [row.name, String(row.code), String(row.line_items), String(row.left), row.text]),
    ['bid', '', '', String(slot.bids), ''],
  ]
  return [
    page.heading(visible(`imp ${slot.imp} · ${slot.format} · ${slot.line_items} line items`)),
    ...aligned(rows),
    ...(slot.nearest.length > 0 ? ['  nearest misses:'] : []),
    ...slot.nearest.flatMap(miss => missLines(miss, page)),
  ]
}

/** Text to the left, numbers to the right. */
function aligned(rows: readonly string[][]): string[] {
  const width = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0))
  const widths = [0, 1, 2, 3].map(width)
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : column < 4 ? text.padStart(widths[column] ?? 0) : text
  return rows.map(row => `  ${row.map(cell).join('  ')}`.trimEnd())
}

function missLines({ line_item, at, reason, failed, price }: MissView, page: Page): string[] {
  const [one] = failed
  const why = price ?? (one ? '' : reason.text)
  return [
    visible(`    ${line_item}  ${place(at, page)}`),
    ...(why === '' ? [] : [visible(`      ${reason.name}: ${why}`)]),
    ...failed.map(part => visible(`      ${place(part.at, page)}  ${cut(part.text)}`)),
  ]
}

function bidLines(bids: readonly BidView[], page: Page): string[] {
  return [page.heading('bids (CPM)'), ...bids.flatMap(bid => oneBid(bid, page))]
}

function oneBid(bid: BidView, page: Page): string[] {
  const way = bid.deal === null ? 'open auction' : `deal ${bid.deal}`
  return [
    `  imp ${bid.imp} · ${bid.format} · ${bid.price_cpm} ${bid.currency} · ${way}, seat ${bid.seat}`,
    `    ${bid.line_item}  ${place(bid.at, page)}`,
    `    ${bid.creative}  ${place(bid.creative_at, page)}`,
    `    ${bid.price}`,
    `    takes ${bid.cost_cpm} ${bid.cost_currency} from the budget`,
  ].map(visible)
}

const place = (at: string | null, { root }: Page): string => (at === null ? '' : pathFromHere(root, at))
/** A leaf may list hundreds of domains; the place leads to all of them. */
const cut = (text: string): string => (text.length > LEAF_CHARS ? `${text.slice(0, LEAF_CHARS)}…` : text)
/** Ids come from outside and can hold codes that repaint a terminal. */
const visible = (text: string): string => text.replace(/\p{Cc}/gu, '\u2423')
