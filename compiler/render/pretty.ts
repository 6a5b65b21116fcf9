/** Diagnostics for people: `file:line:col error FP2104 message`, the lines around, the reasons and what to do. */
import { styleText } from 'node:util'
import type { Diagnostic, Span } from '@flightplan/contract/diagnostic.ts'

export interface PrettyOptions {
  /** Text of a file, by path; null when there is none to show (binary, unreadable). */
  source: (path: string) => string | null
  color: boolean
}

/** Lines shown above the one at fault. */
const CONTEXT = 2
/** Longer lines are cut around the fault: minified markup has lines of many kilobytes. */
const WIDTH = 160

export function renderPretty(diagnostics: readonly Diagnostic[], options: PrettyOptions): string {
  const blocks = diagnostics.map(diagnostic => `${block(diagnostic, options)}\n`)
  return diagnostics.length === 0 ? '' : `${blocks.join('\n')}\n${summary(diagnostics)}\n`
}

/** `2 errors, 1 warning`. */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(d => d.severity === 'error').length
  return `${counted(errors, 'error')}, ${counted(diagnostics.length - errors, 'warning')}`
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
const place = (span: Span): string => `${span.file}:${span.start.line}:${span.start.col}`

function block(diagnostic: Diagnostic, options: PrettyOptions): string {
  const { code, severity, span, message, notes, fix } = diagnostic
  const paint = painter(options.color)
  const word = paint(severity === 'error' ? 'red' : 'yellow', `${severity} ${code}`)
  const lines = [`${paint('bold', place(span))} ${word} ${visible(message)}`, ...frame(span, options)]
  for (const note of notes) {
    lines.push(`  note: ${visible(note.message)}${note.span ? ` (${place(note.span)})` : ''}`)
    if (note.span) lines.push(...frame(note.span, options))
  }
  if (fix !== undefined) lines.push(`  ${paint('green', 'fix:')} ${visible(fix)}`)
  return lines.join('\n')
}

type Paint = (style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string) => string
const painter = (color: boolean): Paint =>
  color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text

/** The lines before the fault, the line itself, and a caret under it. */
function frame(span: Span, { source, color }: PrettyOptions): string[] {
  const text = source(span.file)
  if (text === null || text === '') return []
  const { line } = span.start
  const lines = text.split(/\r?\n/, line)
  const fault = lines[line - 1] ?? ''
  const cut = fault.length > WIDTH ? Math.max(0, span.start.col - WIDTH / 2) : 0
  const gutter = String(line).length
  const shown = lines.slice(-1 - CONTEXT).map((content, i, all) => {
    const number = String(line - all.length + 1 + i).padStart(gutter)
    return `  ${number} | ${visible(content.slice(cut, cut + WIDTH))}`.trimEnd()
  })
  return [...shown, `  ${' '.repeat(gutter)} | ${painter(color)('red', caret(span, fault, cut))}`]
}

function caret({ start, end }: Span, line: string, cut: number): string {
  const stop = end.line === start.line ? end.col : line.length + 1
  const room = Math.min(line.length + 1, cut + WIDTH + 1)
  return ' '.repeat(start.col - 1 - cut) + '^'.repeat(Math.max(1, Math.min(stop, room) - start.col))
}

/** A file can hold escape codes that repaint the terminal: controls are shown as a box, tabs as one blank. */
function visible(text: string): string {
  return text.replaceAll('\t', ' ').replace(/\p{Cc}/gu, '\u2423')
}
