/** Diagnostics for programs. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'

export const JSON_SCHEMA_VERSION = 1

export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(d => d.severity === 'error').length
  const warnings = diagnostics.length - errors
  return `${JSON.stringify({ schemaVersion: JSON_SCHEMA_VERSION, errors, warnings, diagnostics }, null, 2)}\n`
}
