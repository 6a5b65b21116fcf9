/** Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the code. */
import type { Diagnostic, Span } from '@flightplan/contract/diagnostic.ts'
import { ERRORS } from '@flightplan/contract/errors.ts'

export function renderSarif(diagnostics: readonly Diagnostic[], toolVersion: string): string {
  const codes = [...new Set(diagnostics.map(d => d.code))].sort()
  const rules = codes.map(id => ({
    id,
    shortDescription: { text: ERRORS[id].title },
    fullDescription: { text: ERRORS[id].text },
  }))
  const results = diagnostics.map(diagnostic => result(diagnostic, codes.indexOf(diagnostic.code)))
  const driver = { name: 'flight', version: toolVersion, rules }
  // columnKind: our columns count UTF-16 units (§3.14.17)
  const run = { tool: { driver }, columnKind: 'utf16CodeUnits', results }
  const log = { version: '2.1.0', $schema: 'https://json.schemastore.org/sarif-2.1.0.json', runs: [run] }
  return `${JSON.stringify(log, null, 2)}\n`
}

function result({ code, severity, span, message, notes, fix }: Diagnostic, ruleIndex: number): object {
  const text = [message, ...notes.map(note => note.message), ...(fix ? [`Fix: ${fix}`] : [])].join('. ')
  const related = notes.flatMap((note, id) =>
    note.span ? [{ id, message: { text: note.message }, physicalLocation: physical(note.span) }] : [],
  )
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text },
    locations: [{ physicalLocation: physical(span) }],
    ...(related.length > 0 ? { relatedLocations: related } : {}),
  }
}

/** `uri` is a relative reference (RFC 3986): each part is percent-encoded, the slashes stay. */
function physical({ file, start, end }: Span): object {
  const region = { startLine: start.line, startColumn: start.col, endLine: end.line, endColumn: end.col }
  return { artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') }, region }
}
