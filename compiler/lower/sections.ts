import { columnsOf, type Row, type Table } from '@flightplan/contract/columns.ts'

/** Columns of a table as sections, `line_item.tier` and the like. */
export const table = <T extends Table>(
  name: string,
  columns: T,
  rows: readonly Row<T>[],
): [string, ArrayBufferView][] =>
  Object.entries<ArrayBufferView>(columnsOf(columns, rows)).map(([column, view]) => [`${name}.${column}`, view])
