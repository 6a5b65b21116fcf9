/** Diagnostics as GitHub workflow commands: each becomes an annotation on its line of the pull request. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'

export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(annotation).join('')
}

function annotation({ code, severity, span, message, notes, fix }: Diagnostic): string {
  const { start, end } = span
  const oneLine = end.line === start.line && end.col > start.col
  const columns = oneLine ? `,col=${start.col},endColumn=${end.col}` : ''
  const place = `file=${property(span.file)},line=${start.line},endLine=${end.line}${columns},title=${property(code)}`
  const text = [message, ...notes.map(note => `note: ${note.message}`), ...(fix ? [`fix: ${fix}`] : [])].join('\n')
  return `::${severity} ${place}::${escaped(text)}\n`
}

/** As `@actions/toolkit` reads them: percent first. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
