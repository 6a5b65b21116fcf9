/** Columns of a sheet of line items: one row a line item, every field of the YAML in a cell. */
import type { LineItem } from '@flightplan/contract/schema/line-item.ts'
import { stringify } from 'yaml'
import type { Path } from '../yaml-tree.ts'

/** An empty cell: the field is not there. */
export type Row = Partial<Record<ColumnName, string>>

/** How a cell becomes a value. */
export type CellKind = 'text' | 'whole' | 'yes_no' | 'list' | 'weights' | 'where'

interface Column {
  path: Path
  kind: CellKind
}

/** `bid_kind` names the key of `bid`: it has no path of its own. */
export const COLUMNS = {
  campaign: { path: ['campaign'], kind: 'text' },
  line_item: { path: ['line_item'], kind: 'text' },
  name: { path: ['name'], kind: 'text' },
  status: { path: ['status'], kind: 'text' },
  priority: { path: ['priority'], kind: 'whole' },
  start: { path: ['flight', 'start'], kind: 'text' },
  end: { path: ['flight', 'end'], kind: 'text' },
  budget_total: { path: ['budget', 'total'], kind: 'text' },
  budget_share: { path: ['budget', 'share'], kind: 'text' },
  budget_daily_max: { path: ['budget', 'daily_max'], kind: 'text' },
  budget_impressions: { path: ['budget', 'impressions'], kind: 'whole' },
  bid_kind: { path: ['bid'], kind: 'text' },
  bid: { path: ['bid'], kind: 'text' },
  max_cpm: { path: ['bid', 'max_cpm'], kind: 'text' },
  shading: { path: ['bid', 'shading'], kind: 'text' },
  model: { path: ['bid', 'model'], kind: 'text' },
  model_ctr: { path: ['bid', 'model_ctr'], kind: 'text' },
  model_cvr: { path: ['bid', 'model_cvr'], kind: 'text' },
  conversion: { path: ['bid', 'conversion'], kind: 'text' },
  deals: { path: ['deals'], kind: 'list' },
  open_auction: { path: ['open_auction'], kind: 'yes_no' },
  creatives: { path: ['creatives'], kind: 'weights' },
  where: { path: ['where'], kind: 'where' },
} as const satisfies Record<string, Column>

export type ColumnName = keyof typeof COLUMNS
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[] // keys of an object literal are its declared keys
export const isColumn = (name: string): name is ColumnName => Object.hasOwn(COLUMNS, name)

/** Keys of `bid` of which a line item has one. */
const BID_KEYS = ['cpm', 'cpc', 'cpa'] as const

/** A line item → its cells. */
export function rowOf(campaign: string, name: string, item: LineItem): Row {
  const row: Row = { campaign, line_item: name }
  for (const column of COLUMN_NAMES) {
    if (column === 'campaign' || column === 'line_item' || column === 'bid' || column === 'bid_kind') continue
    const value = valueAt(item, COLUMNS[column].path)
    if (value !== undefined) row[column] = cellOf(value, COLUMNS[column].kind)
  }
  for (const kind of BID_KEYS)
    if (item.bid[kind] !== undefined) Object.assign(row, { bid_kind: kind, bid: String(item.bid[kind]) })
  return row
}

export function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.hasOwn(found, step) ? (found as Record<string | number, unknown>)[step] : undefined // just checked
  }
  return found
}

/** The schema has accepted the value, so it is of its column's kind. */
function cellOf(value: unknown, kind: CellKind): string {
  if (kind === 'list') return (value as string[]).join(' ')
  if (kind === 'weights')
    return Object.entries(value as Record<string, number>)
      .map(([id, weight]) => `${id}:${weight}`)
      .join(' ')
  if (kind === 'where') return stringify(value, FLOW).trimEnd()
  return kind === 'yes_no' ? (value ? 'yes' : 'no') : String(value)
}

/** On one line, as people write it. */
const FLOW = { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false, version: '1.2' } as const
