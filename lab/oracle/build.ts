/** Files of a tree → release, by the real compiler, in memory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { type SourceFile as Loaded, type LoadResult, loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { mintFacts } from '@flightplan/runtime/facts/facts.ts'
import { isMap, parseDocument } from 'yaml'
import type { SourceFile } from './world.ts'

/** The repository that this file is part of: its policies judge the random worlds too. */
export const ROOT = join(import.meta.dirname, '../..')

/** Files of a release by name (contract/release.ts). */
export type ReleaseFiles = ReadonlyMap<string, Uint8Array>

const isYaml = (path: string) => /\.ya?ml$/.test(path)

function inMemory(sources: readonly SourceFile[]): LoadResult {
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

/** What the compiler reads: all files with this repository's policies, or the directory that holds everything. */
export type Tree = readonly SourceFile[] | string
export const treeOf = (tree: Tree): LoadResult => (typeof tree === 'string' ? loadTree(tree) : inMemory(tree))

/** @throws Error with the first diagnostics when the compiler finds a fault */
export async function build(tree: Tree, now_ms: number): Promise<ReleaseFiles> {
  const { release, diagnostics } = await compileTree(treeOf(tree), { now_ms })
  if (release) return release.files
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const shown = errors
    .slice(0, 5)
    .map(({ code, span, message }) => `${code} ${span.file}:${span.start.line} ${message}`)
  throw new Error(shown.join('\n'))
}

/** Line items that can never match are a fault to the compiler, and dice make them: the tree without those. */
export async function withoutContradictions(sources: readonly SourceFile[], now_ms: number): Promise<SourceFile[]> {
  const { diagnostics } = await compileTree(treeOf(sources), { now_ms })
  const faults = diagnostics.filter(({ code }) => code === 'FP4001' || code === 'FP3003')
  // the message names it; the place may be that of the campaign's defaults
  const ids = faults.flatMap(({ message }) => /[\w-]+\/line-\d+/.exec(message) ?? [])
  return sources.flatMap(source => withoutLineItems(source, ids))
}

/** None where nothing is left of a campaign. */
function withoutLineItems(source: SourceFile, ids: readonly string[]): SourceFile[] {
  const isOwn = ([campaign = '']: string[]) => source.path.endsWith(`/${campaign}/campaign.yaml`)
  const own = ids.map(id => id.split('/')).filter(isOwn)
  if (own.length === 0) return [source]
  const doc = parseDocument(source.text)
  for (const [, item] of own) doc.deleteIn(['line_items', item])
  const left = doc.get('line_items')
  return isMap(left) && left.items.length > 0 ? [{ ...source, text: String(doc) }] : []
}

/** The shipped example of facts, as of `now_ms`. */
export function shippedFacts(now_ms: number): Facts {
  const template = JSON.parse(readFileSync(join(ROOT, 'facts/example.json'), 'utf8')) as Facts // a test reads it in full
  return mintFacts(template, now_ms)
}
