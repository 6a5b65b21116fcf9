/** CSV (RFC 4180): text ⇄ cells that know where they stand. Line ends may be CRLF or LF; a byte order mark is dropped. */

export interface Cell {
  text: string
  /** Half-open range in the file, quotes included. */
  start: number
  end: number
}

export interface CsvFault {
  at: number
  message: string
}

export interface Table {
  /** Rows of cells, the header among them; blank lines are left out. */
  rows: Cell[][]
  fault: CsvFault | null
}

export function parseCsv(text: string): Table {
  const rows: Cell[][] = []
  let row: Cell[] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const cell = text[at] === '"' ? quoted(text, at) : plain(text, at)
    if ('message' in cell) return { rows, fault: cell }
    row.push(cell)
    at = cell.end
    if (text[at] === ',') {
      at++
      if (at < text.length) continue
      row.push({ text: '', start: at, end: at })
    }
    const ending = text.startsWith('\r\n', at) ? 2 : 1
    at += ending
    if (row.length > 1 || row[0]?.text !== '') rows.push(row)
    row = []
  }
  return { rows, fault: null }
}

function plain(text: string, start: number): Cell {
  let end = start
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && !text.startsWith('\r\n', end)) end++
  return { text: text.slice(start, end), start, end }
}

function quoted(text: string, start: number): Cell | CsvFault {
  let value = ''
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return { at: start, message: 'the quote that begins here is not closed' }
    value += text.slice(at, quote)
    if (text[quote + 1] === '"') {
      value += '"'
      at = quote + 2
      continue
    }
    const end = quote + 1
    const next = text[end]
    if (next === undefined || next === ',' || next === '\n' || text.startsWith('\r\n', end))
      return { text: value, start, end }
    return { at: end, message: 'a quoted cell ends at its quote; inside, a quote is written twice' }
  }
}

/** Where the character `index` of a cell's text stands in the file: quotes and doubled quotes are stepped over. */
export function offsetIn(source: string, cell: Cell, index: number): number {
  if (source[cell.start] !== '"') return cell.start + index
  let at = cell.start + 1
  for (let i = 0; i < index && at < cell.end - 1; i++) at += source[at] === '"' ? 2 : 1
  return at
}

/** Rows → text, with LF. A cell is quoted where it must be. */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return rows.map(row => `${row.map(formatCell).join(',')}\n`).join('')
}

const formatCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
