/** Making diagnostics. */
import type { Diagnostic, Span } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'

interface Extra {
  notes?: Diagnostic['notes']
  fix?: string | undefined
}

const make =
  (severity: Diagnostic['severity']) =>
  (code: ErrorCode, span: Span, message: string, extra: Extra = {}) => {
    const { notes = [], fix } = extra
    const diagnostic: Diagnostic = { code, severity, span, message, notes }
    return fix === undefined ? diagnostic : { ...diagnostic, fix }
  }

/** `error('FP3001', file.at(['order']), 'no order "IO-1"', {fix})`. */
export const error = make('error')
export const warning = make('warning')

/** `a`, `a or b`, `a, b or c`. */
export function orList(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
