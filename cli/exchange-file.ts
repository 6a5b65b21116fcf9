/** An exchange's own report: CSV with the columns day, format, currency, impressions, spend, in any order. */
import { type Cell, parseCsv } from '@flightplan/compiler/sheet/csv.ts'
import { DECIMAL_FAULTS, parseNano } from '@flightplan/contract/decimal.ts'
import { badInput } from './exit.ts'

export interface ReportedLine {
  exchange: string
  format: string
  /** Days since 1970, of UTC. */
  utc_day: number
  currency: string
  impressions: number
  spend_nano: string
}

const COLUMNS = ['day', 'format', 'currency', 'impressions', 'spend'] as const
type Column = (typeof COLUMNS)[number]

const CHECKS: Readonly<Record<Column, [RegExp, string]>> = {
  day: [/^\d{4}-\d\d-\d\d$/, 'a day such as 2027-03-01'],
  format: [/^[a-z_]{1,32}$/, 'a format such as banner'],
  currency: [/^[A-Z]{3}$/, 'a currency such as USD'],
  impressions: [/^\d{1,12}$/, 'a whole number'],
  spend: [/./, 'an amount such as 12.50'],
}

/** Each faulty cell is told, with its line; nothing is taken of a file that has one. @throws Stop */
export function readExchangeFile(path: string, text: string, exchange: string): ReportedLine[] {
  const { rows, fault } = parseCsv(text)
  if (fault) throw badInput(`${path}:${lineAt(text, fault.at)}: ${fault.message}`)
  const [header = [], ...body] = rows
  const missing = COLUMNS.filter(name => !header.some(cell => cell.text.trim().toLowerCase() === name))
  if (missing.length > 0)
    throw badInput(`${path}:1: no column ${missing.join(', ')} (there must be ${COLUMNS.join(', ')})`)
  const at = (name: Column) => header.findIndex(cell => cell.text.trim().toLowerCase() === name)
  const faults: string[] = []
  for (const row of body)
    if (row.length > header.length)
      faults.push(
        `${path}:${lineAt(text, row[header.length]?.start ?? 0)}: ${row.length} cells where the header has ${header.length} (a decimal comma needs quotes, or a point)`,
      )
  const lines = body.map(row =>
    readLine(row, at, exchange, (cell, text_) => faults.push(`${path}:${lineAt(text, cell)}: ${text_}`)),
  )
  const twice = lines.find((line, n) => lines.findIndex(other => keyOf(other) === keyOf(line)) < n)
  if (twice) faults.push(`${path}: two lines for ${twice.format} ${twice.currency} of one day`)
  if (faults.length > 0) throw badInput(faults.slice(0, 20).join('; '))
  return lines
}

function readLine(
  row: readonly Cell[],
  at: (name: Column) => number,
  exchange: string,
  tell: (offset: number, text: string) => void,
): ReportedLine {
  const cell = (name: Column): string => {
    const found = row[at(name)]
    const text = found?.text.trim() ?? ''
    const [form, what] = CHECKS[name]
    if (!form.test(text) || (name === 'day' && Number.isNaN(Date.parse(text))))
      tell(found?.start ?? row[0]?.start ?? 0, `${name} "${text}" is not ${what}`)
    return text
  }
  const spend = parseNano(cell('spend'))
  if (typeof spend === 'string') tell(row[at('spend')]?.start ?? 0, `spend is ${DECIMAL_FAULTS[spend]}`)
  return {
    ...{ exchange, format: cell('format'), currency: cell('currency'), impressions: Number(cell('impressions')) },
    utc_day: Math.floor(Date.parse(cell('day')) / 86_400_000),
    spend_nano: String(spend),
  }
}

const keyOf = ({ format, utc_day, currency }: ReportedLine): string => `${format} ${utc_day} ${currency}`
const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
