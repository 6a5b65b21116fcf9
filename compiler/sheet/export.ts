/** Line items → CSV, in our form or in one like DV360's. */
import type { LineItemNode } from '../resolve/world.ts'
import { COLUMN_NAMES, type ColumnName, type Row, rowOf } from './columns.ts'
import { formatCsv } from './csv.ts'
import { SDF_HEADERS, sdfCell } from './sdf.ts'

export const SHEET_FORMS = ['own', 'sdf'] as const
export type SheetForm = (typeof SHEET_FORMS)[number]

export function exportRows(rows: readonly Row[], form: SheetForm): string {
  const columns: readonly (readonly [ColumnName, string])[] =
    form === 'sdf' ? SDF_HEADERS : COLUMN_NAMES.map(name => [name, name] as const)
  const cell = (row: Row, name: ColumnName) => (form === 'sdf' ? sdfCell(name, row[name] ?? '') : (row[name] ?? ''))
  return formatCsv([columns.map(([, header]) => header), ...rows.map(row => columns.map(([name]) => cell(row, name)))])
}

export function exportRowsOf(items: readonly LineItemNode[]): Row[] {
  return items.map(({ id, campaign, value }) => rowOf(campaign.id, id.slice(campaign.id.length + 1), value))
}
