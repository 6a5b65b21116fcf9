/** A report for people and for sheets: nano as decimals, millionths as percent, days as dates. */
import { formatCsv } from '@flightplan/compiler/sheet/csv.ts'
import { formatNano } from '@flightplan/contract/decimal.ts'
import type { Report, ReportRow } from '@flightplan/runtime/events/reports.ts'
import { table } from './table.ts'

type Cell = ReportRow[string]

export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

/** Exact: no float is made of money. */
function decimal(text: string, digits: number): string {
  const nano = formatNano(BigInt(text.replace('-', '')) * 10n ** BigInt(9 - digits))
  return text.startsWith('-') ? `-${nano}` : nano
}

function shown(name: string, value: Cell): string {
  if (value === null || value === undefined) return ''
  if (name === 'day' && typeof value === 'number') return dateOf(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (name.endsWith('_nano')) return decimal(String(value), 9)
  if (name.endsWith('_ppm')) return `${decimal(String(value), 4)}%`
  return name.endsWith('_milli') ? decimal(String(value), 3) : String(value)
}

const title = (name: string): string => name.replace(/_(nano|ppm|milli)$/, '').replaceAll('_', ' ')
const isNumber = (name: string, value: Cell): boolean =>
  typeof value === 'number' || /_(nano|ppm|milli)$/.test(name) || (typeof value === 'string' && /^-?\d+$/.test(value))

function cells(rows: readonly ReportRow[], head: (name: string) => string): string[][] {
  const names = Object.keys(rows[0] ?? {})
  return [names.map(head), ...rows.map(row => names.map(name => shown(name, row[name] ?? null)))]
}

export function reportCsv({ rows }: Report): string {
  return rows.length === 0 ? '' : formatCsv(cells(rows, name => title(name).replaceAll(' ', '_')))
}

export function reportText(report: Report): string {
  const { name, rows, since, until } = report
  const first = Object.entries(rows[0] ?? {})
  const grid = table(cells(rows, title), column => {
    const [key = '', value = null] = first[column] ?? []
    return key !== 'day' && isNumber(key, value)
  })
  const body = rows.length === 0 ? ['no events of these days'] : grid
  return [`${name}, ${dateOf(since)} to ${dateOf(until)}`, '', ...body, '', ...standing(report), ''].join('\n')
}

/** What may still change, and why. */
export function standing({ complete_up_to_ms, slowest, final, revised }: Report): string[] {
  const [source, part, node] = slowest
  const where = `${source}${part === '' ? '' : `/${part}`}`
  const held = source === '' ? 'no node has said up to when' : `${node} in ${where} has not said up to when`
  const complete =
    complete_up_to_ms === null
      ? `complete up to: unknown, ${held}`
      : `complete up to: ${new Date(complete_up_to_ms).toISOString()}, held by ${node} in ${where}`
  const lines = [
    complete,
    final ? 'final: these numbers do not move any more' : 'not final: late events may still move it',
  ]
  if (revised > 0) lines.push(`revised: ${revised} events came after their node had said that there are none left`)
  return lines
}
