/** What is mutated, and the tests that ought to notice: in stages, the cheapest first. */
import { globSync } from 'node:fs'

export interface Target {
  files: readonly string[]
  /** Globs of test files; a mutant that no stage notices has survived. */
  stages: readonly (readonly string[])[]
}

const AUCTIONS = 'lab/test/auction/*.test.ts'
const ORACLE = 'lab/test/oracle/agreement.test.ts'
const INDEX = 'compiler/test/lower-{index,index-edges,scale}.test.ts'

export const TARGETS: readonly Target[] = [
  {
    files: [
      'compiler/lower/{conjunction,daypart,dictionary,dnf,expression,leaves,lists,postings,predicates}.ts',
      'compiler/lower/{program,rank,reachable,target-all,targeting,versions,vocabulary,wanted}.ts',
    ],
    stages: [
      ['compiler/test/lower-units.test.ts', 'compiler/test/lower/*.test.ts'],
      ['compiler/test/compile-cases.test.ts', 'compiler/test/lower-creatives.test.ts'],
      [INDEX, 'compiler/test/compile-release.test.ts'],
      [AUCTIONS],
      [ORACLE],
    ],
  },
  { files: ['compiler/rego.ts'], stages: [['compiler/test/rego.test.ts'], ['lab/test/oracle/rego.test.ts']] },
  {
    files: ['engine/{index,event,fit}/*.ts', 'engine/{candidates,choose}.ts'],
    stages: [['engine/test/{index,event,fit,choose}/*.test.ts'], [AUCTIONS], [INDEX], [ORACLE]],
  },
]

/** Paths from `root`, with slashes, sorted. */
export const found = (root: string, globs: readonly string[]): string[] =>
  globs.flatMap(glob => globSync(glob, { cwd: root }).map(path => path.replaceAll('\\', '/'))).sort()

/** @throws Error when a stage names no file: a test that was renamed would let its mutants live */
export function stagesOf(root: string, { stages }: Target): string[][] {
  return stages.map(globs => {
    const missing = globs.find(glob => found(root, [glob]).length === 0)
    if (missing) throw new Error(`no test files ${missing}: see lab/mutation/targets.ts`)
    return found(root, globs)
  })
}
