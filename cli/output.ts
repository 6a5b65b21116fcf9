/** What a command writes: results to stdout, in the format asked for; progress and complaints to stderr. */
import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { renderGithub } from '@flightplan/compiler/render/github.ts'
import { renderJson } from '@flightplan/compiler/render/json.ts'
import { renderPretty } from '@flightplan/compiler/render/pretty.ts'
import { renderSarif } from '@flightplan/compiler/render/sarif.ts'
import { compareDiagnostics, type Diagnostic, hasErrors, type Span } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import { EXIT, type ExitCode } from './exit.ts'
import manifest from './package.json' with { type: 'json' }

export const FORMATS = ['pretty', 'json', 'github', 'sarif'] as const
export type Format = (typeof FORMATS)[number]
/** Of `flight plan`. */
export const PLAN_FORMATS = ['pretty', 'json', 'markdown', 'github'] as const
export type PlanFormat = (typeof PLAN_FORMATS)[number]
export const VERSION = manifest.version

/** The two streams and what is known of them; tests of the verbs use the real process. */
export interface Output {
  result(text: string): void
  progress(text: string): void
  /** Of stdout. */
  color: boolean
}

/** Colours only where a person looks, and not against their wish (no-color.org). */
export function openOutput({ stdout, stderr, env }: NodeJS.Process): Output {
  return {
    result: text => void stdout.write(text),
    progress: text => void stderr.write(`${text}\n`),
    color: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  }
}

/**
 * Writes findings and returns the exit code that they call for. Paths are written as seen from the working folder, so
 * that editors, terminals and annotations find them.
 */
export function report(output: Output, diagnostics: readonly Diagnostic[], format: Format, root: string): ExitCode {
  const seen = diagnostics.toSorted(compareDiagnostics).map(diagnostic => fromHere(diagnostic, root))
  output.result(RENDER[format](seen, output.color))
  if (!hasErrors(diagnostics)) return EXIT.ok
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return errors.every(({ code }) => INTEGRITY.has(code)) ? EXIT.integrity : EXIT.findings
}

/** Something is not what its digest or signature says: compiled policy, model, release. */
const INTEGRITY: ReadonlySet<ErrorCode> = new Set(['FP3025', 'FP5001', 'FP5006'])

const RENDER: Record<Format, (diagnostics: readonly Diagnostic[], color: boolean) => string> = {
  pretty: (diagnostics, color) => renderPretty(diagnostics, { source: textOf, color }),
  json: renderJson,
  github: renderGithub,
  sarif: diagnostics => renderSarif(diagnostics, VERSION),
}

function fromHere(diagnostic: Diagnostic, root: string): Diagnostic {
  const here = (span: Span): Span => ({ ...span, file: pathFromHere(root, span.file) })
  const notes = diagnostic.notes.map(note => (note.span ? { ...note, span: here(note.span) } : note))
  return { ...diagnostic, span: here(diagnostic.span), notes }
}

/** `file` of the root, relative to the working folder; absolute where the root is not below it. */
export function pathFromHere(root: string, file: string): string {
  const path = relative('', join(root, file))
  return path.startsWith('..') || isAbsolute(path) ? join(root, file) : path
}

/** For code frames; null: nothing that could be shown. */
function textOf(path: string): string | null {
  try {
    const bytes = readFileSync(path)
    return bytes.includes(0) ? null : bytes.toString('utf8')
  } catch {
    return null // a folder, unreadable or gone: the finding itself says what is wrong
  }
}

/** `1 file`, `3 files`. */
export const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
