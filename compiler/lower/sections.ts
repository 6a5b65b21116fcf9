import { type Columns, columnsOf, type Row, type Table } from '@flightplan/contract/columns.ts'

type Sections = [string, ArrayBufferView][]

/** Columns of a table as sections, `line_item.tier` and the like. */
export const sectionsOf = <T extends Table>(name: string, columns: Columns<T>): Sections =>
  Object.entries<ArrayBufferView>(columns).map(([column, view]) => [`${name}.${column}`, view])

export const table = <T extends Table>(name: string, columns: T, rows: readonly Row<T>[]): Sections =>
  sectionsOf(name, columnsOf(columns, rows))
