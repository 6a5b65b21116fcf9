/** A CSV of line items → its rows by column, or what is wrong with the sheet as such. */
import type { Diagnostic, Span } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import { error } from '../diagnostics.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { SourceFile } from '../load.ts'
import { lineStarts, position } from '../parse.ts'
import { COLUMN_NAMES, type ColumnName, isColumn } from './columns.ts'
import { type Cell, parseCsv } from './csv.ts'
import type { RowCells, Sheet } from './row-file.ts'

export interface ReadSheet {
  sheet: Sheet
  rows: RowCells[]
  diagnostics: Diagnostic[]
}

/** How the cells of another kind of sheet become ours; the places stay theirs. Null: a column without meaning here. */
export interface Dialect {
  column(header: string): ColumnName | null | undefined
  cell(column: ColumnName, text: string): string
}

const OWN: Dialect = { column: header => (isColumn(header) ? header : undefined), cell: (_, text) => text }

export function readSheet({ path, blob_id, bytes }: SourceFile, dialect: Dialect = OWN): ReadSheet {
  const text = new TextDecoder().decode(bytes)
  const starts = lineStarts(text)
  const sheet: Sheet = { path, blob_id, text, position: offset => position(starts, offset) }
  const diagnostics: Diagnostic[] = []
  const fault = (code: ErrorCode, { start, end }: Pick<Cell, 'start' | 'end'>, message: string, fix?: string) => {
    const span: Span = { file: path, start: sheet.position(start), end: sheet.position(end) }
    diagnostics.push(error(code, span, message, { fix }))
  }
  const table = parseCsv(text)
  if (table.fault) fault('FP1014', { start: table.fault.at, end: table.fault.at }, table.fault.message)
  const [header = [], ...lines] = table.rows
  const columns = header.map(cell => columnOf(cell, dialect, fault))
  columns.forEach((name, i) => {
    if (name && columns.indexOf(name) !== i) fault('FP1004', header[i]!, `column ${name} is there twice`) // an index
  })
  if (!columns.includes('line_item'))
    fault('FP2003', header[0] ?? { start: 0, end: 0 }, 'the column "line_item" is missing')
  const rows = lines.flatMap(line => {
    const extra = line[header.length]
    if (extra) fault('FP1014', extra, `the row has ${line.length} cells, the header ${header.length}`)
    return extra ? [] : [cellsOf(line, columns, dialect)]
  })
  return { sheet, rows: diagnostics.length > 0 ? [] : rows, diagnostics }
}

function columnOf(
  cell: Cell,
  dialect: Dialect,
  fault: (code: ErrorCode, cell: Cell, message: string, fix?: string) => void,
): ColumnName | null {
  const name = dialect.column(cell.text.trim())
  if (name !== undefined) return name
  const near = didYouMean(cell.text, COLUMN_NAMES)
  fault('FP2002', cell, `unknown column "${cell.text}"`, near ? `did you mean "${near}"?` : undefined)
  return null
}

function cellsOf(line: readonly Cell[], columns: readonly (ColumnName | null)[], dialect: Dialect): RowCells {
  const cells = new Map<ColumnName, Cell>()
  line.forEach((cell, i) => {
    const name = columns[i]
    if (name) cells.set(name, { ...cell, text: dialect.cell(name, cell.text) })
  })
  return cells
}
