/** Files of a tree → release, by the real compiler, in memory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { type LoadResult, loadTree, type SourceFile as Loaded, sourceFile } from '@flightplan/compiler/load.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { mintFacts } from '@flightplan/runtime/facts/facts.ts'
import type { SourceFile } from './world.ts'

/** The repository that this file is part of: its policies judge the random worlds too. */
export const ROOT = join(import.meta.dirname, '../..')

/** Files of a release by name (contract/release.ts). */
export type ReleaseFiles = ReadonlyMap<string, Uint8Array>

const isYaml = (path: string) => /\.ya?ml$/.test(path)

function loaded(sources: readonly SourceFile[]): LoadResult {
  const files = sources.map(({ path, text }) => sourceFile(path, text))
  const byPath = (a: Loaded, b: Loaded) => (a.path < b.path ? -1 : 1)
  const side = [...loadTree(ROOT).side].filter(([path]) => path.startsWith('policies/'))
  const own = files.filter(({ path }) => !isYaml(path)).map(file => [file.path, file] as const)
  return {
    yaml: files.filter(({ path }) => isYaml(path)).sort(byPath),
    side: new Map([...side, ...own].sort(([a], [b]) => (a < b ? -1 : 1))),
    diagnostics: [],
  }
}

/**
 * Compiles a tree with this repository's policies.
 * @param sources all files, or the directory that holds them, models and other binary files included
 * @throws Error with the first diagnostics when the compiler finds a fault
 */
export async function build(sources: readonly SourceFile[] | string, now_ms: number): Promise<ReleaseFiles> {
  const tree = typeof sources === 'string' ? loadTree(sources) : loaded(sources)
  const { release, diagnostics } = await compileTree(tree, { now_ms })
  if (release) return release.files
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  throw new Error(errors.slice(0, 5).map(({ code, span, message }) => `${code} ${span.file}:${span.start.line} ${message}`).join('\n'))
}

/** The shipped example of facts, as of `now_ms`. */
export function shippedFacts(now_ms: number): Facts {
  const template = JSON.parse(readFileSync(join(ROOT, 'facts/example.json'), 'utf8')) as Facts // a test reads it in full
  return mintFacts(template, now_ms)
}
