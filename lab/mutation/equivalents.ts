/** Mutants that no test can tell from the source, each with the reason: equivalents.ndjson, one a line. */
import { readFileSync } from 'node:fs'
import type { Mutant } from './mutants.ts'

export interface Equivalent extends Pick<Mutant, 'file' | 'before' | 'after'> {
  reason: string
}

const keyOf = ({ file, before, after }: Pick<Mutant, 'file' | 'before' | 'after'>) => `${file}\n${before}\n${after}`

/** @throws Error with the line that is no entry */
export function readEquivalents(path: string): Equivalent[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    if (line === '') return []
    const entry = JSON.parse(line) as Partial<Equivalent> // looked at next
    const { file, before, after, reason } = entry
    if (!file || before === undefined || after === undefined || !reason)
      throw new Error(`${path}:${i + 1}: an entry has file, before, after and reason`)
    return [{ file, before, after, reason }]
  })
}

export class Equivalents {
  readonly #byKey: Map<string, Equivalent>

  constructor(entries: readonly Equivalent[]) {
    this.#byKey = new Map(entries.map(entry => [keyOf(entry), entry]))
  }

  has(mutant: Mutant): boolean {
    return this.#byKey.has(keyOf(mutant))
  }

  /** Entries of these files that are no mutant any more. */
  stale(files: readonly string[], mutants: readonly Mutant[]): Equivalent[] {
    const known = new Set(mutants.map(keyOf))
    return [...this.#byKey].flatMap(([key, entry]) => (files.includes(entry.file) && !known.has(key) ? [entry] : []))
  }
}
