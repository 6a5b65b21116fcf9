/** A fault as a value: one run reports them all, and only `compiler/render/` knows what they look like. */
import type { ErrorCode } from './errors.ts'

/** Line and column count from 1, in UTF-16 units as editors do; offset from 0. */
export interface Position {
  line: number
  col: number
  offset: number
}

/** A half-open range of one file, named by its path relative to the root. */
export interface Span {
  file: string
  start: Position
  end: Position
}

export type Severity = 'error' | 'warning'

export interface Diagnostic {
  code: ErrorCode
  severity: Severity
  span: Span
  /** What is wrong, one sentence without a full stop. */
  message: string
  /** Why, or the other place that it contradicts. */
  notes: { message: string; span?: Span }[]
  /** What to do. */
  fix?: string
}

/** By file, place and code: the order of every output. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.span.file, b.span.file) ||
    a.span.start.offset - b.span.start.offset ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  )
}

/** By code unit: the same on every machine, unlike localeCompare. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(d => d.severity === 'error')
