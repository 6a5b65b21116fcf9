/** Source text → mutants: each is one edit that a test ought to notice. */
import { stripTypeScriptTypes } from 'node:module'
import { OPERATORS } from './operators.ts'
import { tokensOf } from './tokens.ts'

/** One edit: the text from `start` to `end` becomes `text`. */
export interface Edit {
  start: number
  end: number
  text: string
}
export interface Mutant extends Edit {
  /** Path from the project's root, with slashes. */
  file: string
  operator: string
  /** Both from 1. */
  line: number
  col: number
  /** The source line of the edit, trimmed, and what it becomes. */
  before: string
  after: string
}

export const applied = (source: string, { start, end, text }: Edit): string =>
  source.slice(0, start) + text + source.slice(end)

/** A mutant that does not parse would be killed by anything. */
function parses(source: string): boolean {
  try {
    stripTypeScriptTypes(source)
    return true
  } catch {
    return false
  }
}

/** The line that holds `at`, trimmed. */
function lineAt(source: string, at: number): string {
  const end = source.indexOf('\n', at)
  return source.slice(source.lastIndexOf('\n', at - 1) + 1, end < 0 ? source.length : end).trim()
}

/** All mutants of a file, in the order of the text, each edit once. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const tokens = tokensOf(source)
  const found = new Map<string, Mutant>()
  for (const at of tokens.keys())
    for (const [operator, edits] of Object.entries(OPERATORS))
      for (const edit of edits(tokens, at, source)) {
        const key = `${edit.start} ${edit.end} ${edit.text}`
        if (found.has(key) || !parses(applied(source, edit))) continue
        const ahead = source.slice(0, edit.start).split('\n')
        const place = { line: ahead.length, col: (ahead.at(-1)?.length ?? 0) + 1 }
        const after = lineAt(applied(source, edit), edit.start)
        found.set(key, { file, operator, ...edit, ...place, before: lineAt(source, edit.start), after })
      }
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end)
}
