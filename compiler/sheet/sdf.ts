/**
 * Columns like those of a Structured Data File of Display & Video 360 (line items), for people whose sheets are of that
 * form. What it has no column for has one that begins with `Flightplan`; columns that we do not know are left unread.
 */
import type { ColumnName } from './columns.ts'
import type { Dialect } from './read-sheet.ts'

const HEADERS: Readonly<Record<ColumnName, string>> = {
  line_item: 'Line Item Id',
  campaign: 'Io Id',
  name: 'Name',
  status: 'Status',
  start: 'Start Date',
  end: 'End Date',
  budget_total: 'Budget Amount',
  budget_daily_max: 'Pacing Amount',
  bid_kind: 'Bid Strategy Unit',
  bid: 'Bid Strategy Value',
  max_cpm: 'Bid Strategy Do Not Exceed',
  deals: 'Inventory Source Targeting - Include',
  creatives: 'Creative Assignments',
  priority: 'Flightplan Priority',
  budget_share: 'Flightplan Budget Share',
  budget_impressions: 'Flightplan Budget Impressions',
  shading: 'Flightplan Shading',
  model: 'Flightplan Model',
  model_ctr: 'Flightplan Model CTR',
  model_cvr: 'Flightplan Model CVR',
  conversion: 'Flightplan Conversion',
  open_auction: 'Flightplan Open Auction',
  where: 'Flightplan Where',
}
export const SDF_HEADERS: readonly [ColumnName, string][] = Object.entries(HEADERS) as [ColumnName, string][] // its keys
const BY_HEADER = new Map(SDF_HEADERS.map(([name, header]) => [header, name]))

const STATUSES: readonly [ours: string, theirs: string][] = [
  ['active', 'Active'],
  ['paused', 'Paused'],
  ['draft', 'Draft'],
  ['ended', 'Archived'],
]
/** A date that the insertion order (our campaign) gives. */
const INHERITED = 'Same as Insertion Order'

export const SDF: Dialect = {
  column: header => BY_HEADER.get(header) ?? (header.startsWith('Flightplan ') ? undefined : null),
  cell: (column, text) => READ[column]?.(text) ?? text,
}

/** A cell of ours as that form writes it. */
export const sdfCell = (column: ColumnName, text: string): string => WRITE[column]?.(text) ?? text

type Convert = Readonly<Partial<Record<ColumnName, (text: string) => string>>>

const dateFrom = (text: string): string => {
  if (text === INHERITED) return ''
  const [, month, day, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d)$/.exec(text) ?? []
  return month === undefined ? text : `${year}-${month}-${day} ${time}`
}
const dateTo = (text: string): string => {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d) (.*)$/.exec(text) ?? []
  return year === undefined ? INHERITED : `${month}/${day}/${year} ${time}`
}
/** `a; b;` ⇄ `a b`. */
const listFrom = (text: string): string =>
  text
    .split(/[;\s]+/)
    .filter(Boolean)
    .join(' ')
const listTo = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(' ')
        .map(part => `${part};`)
        .join(' ')

const READ: Convert = {
  status: text => STATUSES.find(([, theirs]) => theirs === text)?.[0] ?? text,
  start: dateFrom,
  end: dateFrom,
  bid_kind: text => text.toLowerCase(),
  deals: listFrom,
  creatives: listFrom,
}
const WRITE: Convert = {
  status: text => STATUSES.find(([ours]) => ours === text)?.[1] ?? text,
  start: dateTo,
  end: dateTo,
  bid_kind: text => text.toUpperCase(),
  deals: listTo,
  creatives: listTo,
}
