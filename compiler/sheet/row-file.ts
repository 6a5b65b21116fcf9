/**
 * A row of a sheet as if it were a YAML file of its own: the same validation, the same references, and every fault on
 * its cell. What `line_items_from:` and `flight import` read.
 */
import type { Diagnostic, Position, Span } from '@flightplan/contract/diagnostic.ts'
import { error } from '../diagnostics.ts'
import { sourceFile } from '../load.ts'
import { type ParsedFile, parseFile } from '../parse.ts'
import type { Path } from '../yaml-tree.ts'
import { COLUMNS, type ColumnName, isColumn } from './columns.ts'
import { type Cell, offsetIn } from './csv.ts'

/** The sheet that rows are of. */
export interface Sheet {
  path: string
  blob_id: string
  text: string
  /** Offset → line and column. */
  position: (offset: number) => Position
}

export type RowCells = ReadonlyMap<ColumnName, Cell>

export interface RowFile {
  file: ParsedFile
  diagnostics: Diagnostic[]
}

/** @param campaign whose row it is; a `campaign` column, if there is one, was compared already */
export function rowFile(sheet: Sheet, cells: RowCells, campaign: string): RowFile {
  const where = cells.get('where')
  const inner = where && where.text.trim() !== '' ? parseWhere(where.text) : null
  const span = (cell: Cell, from = 0, to = cell.text.length): Span => ({
    file: sheet.path,
    start: sheet.position(from === 0 ? cell.start : offsetIn(sheet.text, cell, from)),
    end: sheet.position(to === cell.text.length ? cell.end : offsetIn(sheet.text, cell, to)),
  })
  const place = (path: Path, key: boolean): Span => {
    if (path[0] === 'where' && where && inner) {
      const { start, end } = key ? inner.file.keyAt(path) : inner.file.at(path)
      if (path.length > 1) return span(where, start.offset - PREFIX.length, end.offset - PREFIX.length)
    }
    return span(cellAt(cells, path))
  }
  const diagnostics = (inner?.diagnostics ?? []).map(fault => {
    const { start, end } = fault.span
    const from = Math.max(0, start.offset - PREFIX.length)
    const at = where ? span(where, from, Math.max(from, end.offset - PREFIX.length)) : fault.span
    return error(fault.code, at, `in where: ${fault.message}`, { notes: fault.notes, fix: fault.fix })
  })
  const value = valueOfRow(cells, campaign, inner ? whereOf(inner.file) : undefined)
  const { path, blob_id, text } = sheet
  const at = (steps: Path) => place(steps, false)
  const file: ParsedFile = { path, blob_id, text, value, at, keyAt: steps => place(steps, true) }
  return { file, diagnostics }
}

/** The parser knows what is text in a `where` from the kind of file; one line, so that offsets stay. */
const PREFIX = 'line_item: x\nwhere: '
const parseWhere = (text: string) => parseFile(sourceFile('where', PREFIX + text.replace(/[\r\n\t]/g, ' ')))
const whereOf = ({ value }: ParsedFile): unknown =>
  typeof value === 'object' && value !== null && 'where' in value ? value.where : undefined

/** Cell of the value at a path: of the nearest value above it, else the one that names the row. */
function cellAt(cells: RowCells, path: Path): Cell {
  const [first, second] = path
  if (first === 'bid' && typeof second === 'string' && !isColumn(second)) {
    const cell = ['cpm', 'cpc', 'cpa'].includes(second) ? cells.get('bid') : cells.get('bid_kind')
    if (cell) return cell
  }
  for (let depth = path.length; depth > 0; depth--)
    for (const [name, cell] of cells) if (isAt(COLUMNS[name].path, path.slice(0, depth))) return cell
  return cells.get('line_item') ?? cells.values().next().value ?? { text: '', start: 0, end: 0 }
}

const isAt = (column: Path, path: Path): boolean =>
  column.length >= path.length && path.every((step, i) => column[i] === step)

function valueOfRow(cells: RowCells, campaign: string, where: unknown): Record<string, unknown> {
  // blanks around a name are part of it; elsewhere they are a slip of the sheet
  const text = (name: ColumnName) => (name === 'name' ? cells.get(name)?.text : cells.get(name)?.text.trim()) ?? ''
  const out: Record<string, unknown> = { line_item: text('line_item'), campaign }
  for (const [name, { path, kind }] of Object.entries(COLUMNS)) {
    if (!isColumn(name) || name === 'campaign' || name === 'line_item' || kind === 'where') continue
    const cell = text(name)
    if (cell === '') continue
    const steps: Path = name === 'bid' ? ['bid', text('bid_kind') || 'bid_kind'] : path
    if (name !== 'bid_kind') put(out, steps, READ[kind](cell))
    else if (text('bid') === '') put(out, ['bid', cell], '')
  }
  if (where !== undefined) out['where'] = where
  return out
}

/** Text that is not of its column's kind stays text: the schema then says what is wrong, at the cell. */
const READ: Readonly<Record<'text' | 'whole' | 'yes_no' | 'list' | 'weights', (text: string) => unknown>> = {
  text: text => text,
  whole: text => (/^\d{1,15}$/.test(text) ? Number(text) : text),
  yes_no: text => (text === 'yes' ? true : text === 'no' ? false : text),
  list: text => text.split(/\s+/),
  weights: text =>
    Object.fromEntries(
      text.split(/\s+/).map(part => {
        const [id = '', weight = '1'] = part.split(':')
        return [id, /^\d{1,15}$/.test(weight) ? Number(weight) : weight]
      }),
    ),
}

/** Paths have one or two steps. */
function put(out: Record<string, unknown>, [first, second]: Path, value: unknown): void {
  if (second === undefined) out[String(first)] = value
  else out[String(first)] = { ...(out[String(first)] as object | undefined), [second]: value }
}
