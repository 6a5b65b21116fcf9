/** The campaigns of a case through the real compiler, and the facts of the case beside them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { type LoadResult, loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { factsDigest } from '@flightplan/runtime/facts/canonical.ts'
import { mintFacts, readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { BASE, type Case, merge, ROOT } from './case.ts'

const isYaml = (path: string) => /\.ya?ml$/.test(path)

/** Read once: the policies that the project ships judge every case. */
const base = loadTree(BASE)
const shipped = loadTree(ROOT)

/** What the compiler is given: base, the case's own files, and the repository's policies and models. */
function treeOf({ world = {}, models = [] }: Case): LoadResult {
  const files = new Map([...base.yaml, ...base.side.values()].map(file => [file.path, file]))
  for (const [path, text] of Object.entries(world))
    if (text === null) files.delete(path)
    else files.set(path, sourceFile(path, text))
  const isShipped = (path: string) =>
    path.startsWith('policies/') || models.some(model => path.startsWith(`models/${model}.`))
  const all = [...shipped.yaml, ...shipped.side.values()]
    .filter(({ path }) => isShipped(path))
    .concat(...files.values())
  all.sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    yaml: all.filter(({ path }) => isYaml(path)),
    side: new Map(all.filter(({ path }) => !isYaml(path)).map(file => [file.path, file])),
    diagnostics: [],
  }
}

/**
 * Files of the release, by name.
 * @throws Error with the diagnostics when the compiler finds a fault in the case
 */
export async function compileCase(given: Case, now_ms: number): Promise<ReadonlyMap<string, Uint8Array>> {
  const { release, diagnostics } = await compileTree(treeOf(given), { now_ms })
  if (release) return release.files
  throw new Error(diagnostics.map(({ code, span, message }) => `${code} ${span.file}: ${message}`).join('\n'))
}

/** The base's facts, fresh at `now_ms`, with the case's words merged in, and checked as the runtime checks them. */
export function factsOf({ facts: own }: Case, now_ms: number): Facts {
  const template = JSON.parse(readFileSync(join(BASE, 'facts.json'), 'utf8')) as Facts // readFacts checks it below
  const merged = merge(mintFacts(template, now_ms), own ?? {})
  const { facts, faults } = readFacts(writeFacts({ ...merged, digest: factsDigest(merged) }))
  if (facts) return facts
  throw new Error(faults.map(({ path, message }) => `facts ${path}: ${message}`).join('\n'))
}
