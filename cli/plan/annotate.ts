/** A plan as GitHub annotations: on the lines that changed, findings and line items that do nothing first. */
import type { Span } from '@flightplan/contract/diagnostic.ts'
import type { Plan } from './plan.ts'
import { deltaText, warnings } from './words.ts'

/** GitHub shows ten of a kind per step and fifty per job. */
const MOST = 10

export function renderAnnotations(plan: Plan, pathOf: (file: string) => string): string {
  const { findings, prediction, changes } = plan
  const lines = findings.map(({ level, rule, message, span }) =>
    line(level === 'deny' ? 'error' : 'warning', span, rule, message, pathOf),
  )
  const spends = new Map(prediction?.line_items.map(row => [row.id, row]))
  for (const { kind, id, op, fields, span } of changes) {
    if (kind !== 'line_item' && kind !== 'campaign') continue
    const moves = fields.map(({ field, from, to }) => `${field}: ${from ?? '(none)'} → ${to ?? '(none)'}`)
    const row = spends.get(id)
    const money = row ? [`spend ${deltaText(row.spend_nano)} ${row.currency} (${row.spend_nano.evidence})`] : []
    lines.push(
      line('notice', span, `${op} ${kind} ${id}`, [...(op === 'changed' ? moves : []), ...money].join('\n'), pathOf),
    )
  }
  const changed = new Map(changes.map(({ id, span }) => [id, span]))
  for (const text of prediction ? warnings(prediction) : []) {
    const span = changed.get(text.slice(0, text.indexOf(':')))
    if (span) lines.push(line('warning', span, 'flight plan', text, pathOf)) // of line items that the change did not touch, the comment tells
  }
  const worst = ['::error', '::warning', '::notice'].flatMap(level => lines.filter(one => one.startsWith(level)))
  const left =
    worst.length > MOST ? [`::notice title=flight plan::${worst.length - MOST + 1} more are in the comment\n`] : []
  return [...worst.slice(0, left.length > 0 ? MOST - 1 : MOST), ...left].join('')
}

function line(
  level: string,
  span: Span | undefined,
  title: string,
  message: string,
  pathOf: (file: string) => string,
): string {
  const at = span ? `file=${property(pathOf(span.file))},line=${span.start.line},` : ''
  return `::${level} ${at}title=${property(title)}::${escaped(message || title)}\n`
}

/** As `@actions/toolkit` reads them: percent first. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
