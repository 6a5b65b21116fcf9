/** A tree → its graph, without making a release of it: what tests, admission and sheets need to know of it. */
import { compareDiagnostics, type Diagnostic, hasErrors } from '@flightplan/contract/diagnostic.ts'
import { policyOf } from './bundle/policy.ts'
import type { LoadResult } from './load.ts'
import { ReadFiles } from './read-files.ts'
import { resolve } from './resolve/resolve.ts'
import type { World } from './resolve/world.ts'
import type { ValidFile } from './validate.ts'

export interface ReadTree {
  /** Null when there is an error. */
  world: World | null
  files: ValidFile[]
  diagnostics: Diagnostic[]
}

export function readTree(loaded: LoadResult, read: ReadFiles = new ReadFiles()): ReadTree {
  const parsed = read.parse(loaded.yaml)
  const validated = read.validate(loaded.yaml, parsed)
  const diagnostics = [...loaded.diagnostics, ...[...parsed, ...validated].flatMap(one => one.diagnostics)]
  const files = validated.flatMap(({ valid }) => valid ?? [])
  const { policy, diagnostics: ofPolicy } = policyOf(loaded.side)
  const rules = policy ? new Set(policy.meta.rules) : null
  const resolved = resolve({ files, side: loaded.side, rules, whole: !hasErrors(diagnostics) })
  diagnostics.push(...resolved.diagnostics, ...ofPolicy)
  const world = hasErrors(diagnostics) ? null : resolved.world
  return { world, files, diagnostics: diagnostics.sort(compareDiagnostics) }
}
