/** What a run found, counted by file and printed. */
import type { Equivalent } from './equivalents.ts'
import type { Mutant } from './mutants.ts'
import type { Outcome } from './run.ts'

export interface Result {
  mutant: Mutant
  outcome: Outcome
  /** Listed as one that no test can tell. */
  equivalent: boolean
}
export interface Report {
  seed: number
  results: readonly Result[]
  stale: readonly Equivalent[]
}
export interface Counts {
  mutants: number
  killed: number
  survived: number
  timeouts: number
  equivalent: number
}

/** Of those that are not listed as equivalent and lived on. */
const isSurvivor = ({ outcome, equivalent }: Result) => outcome.state === 'survived' && !equivalent

export function countsOf(results: readonly Result[]): Counts {
  const count = (is: (result: Result) => boolean) => results.filter(is).length
  return {
    mutants: results.length,
    killed: count(({ outcome }) => outcome.state === 'killed'),
    survived: count(isSurvivor),
    timeouts: count(({ outcome }) => outcome.state === 'timeout'),
    equivalent: count(({ outcome, equivalent }) => outcome.state === 'survived' && equivalent),
  }
}

/** A timeout is a kill; what is equivalent counts on neither side. 1 where nothing is left to kill. */
export function share({ killed, timeouts, survived }: Counts): number {
  const all = killed + timeouts + survived
  return all === 0 ? 1 : (killed + timeouts) / all
}

const percent = (counts: Counts) => `${(share(counts) * 100).toFixed(1)}%`

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return `${rows.map(line).join('\n')}\n`
}

function rowOf(name: string, counts: Counts): string[] {
  const { mutants, killed, survived, timeouts, equivalent } = counts
  return [name, ...[mutants, killed, survived, timeouts, equivalent].map(String), percent(counts)]
}

const place = ({ file, line, col }: Mutant) => `${file}:${line}:${col}`
const difference = ({ before, after }: Pick<Mutant, 'before' | 'after'>) => `  - ${before}\n  + ${after}\n`

export function toText({ seed, results: found, stale }: Report): string {
  const byPlace = ({ mutant: a }: Result, { mutant: b }: Result) =>
    a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1
  const results = found.toSorted(byPlace)
  const byFile = [...Map.groupBy(results, ({ mutant }) => mutant.file)]
  const head = ['file', 'mutants', 'killed', 'survived', 'timeouts', 'equivalent', 'share']
  const rows = byFile.map(([file, ofFile]) => rowOf(file, countsOf(ofFile)))
  const survivors = results.filter(isSurvivor).map(({ mutant }) => {
    return `survived: ${place(mutant)} ${mutant.operator}\n${difference(mutant)}`
  })
  const wrong = results.filter(({ outcome, equivalent }) => equivalent && outcome.state !== 'survived')
  const killed = wrong.map(({ mutant, outcome }) => {
    return `listed as equivalent, and killed: ${place(mutant)} by ${outcome.by || outcome.state}\n${difference(mutant)}`
  })
  const gone = stale.map(entry => `stale, no such mutant: ${entry.file}\n${difference(entry)}`)
  const sums = table([head, ...rows, rowOf(`all (seed ${seed})`, countsOf(results))])
  return [...survivors, ...killed, ...gone, sums].join('\n')
}

export function toJson({ seed, results, stale }: Report): string {
  const byFile = Map.groupBy(results, ({ mutant }) => mutant.file)
  const files = Object.fromEntries([...byFile].map(([file, ofFile]) => [file, countsOf(ofFile)]))
  const found = results.map(({ mutant, outcome, equivalent }) => ({ ...mutant, ...outcome, equivalent }))
  return `${JSON.stringify({ seed, all: countsOf(results), files, results: found, stale }, null, 2)}\n`
}
