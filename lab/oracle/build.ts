/** Files of a tree → release, by the real compiler, in memory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CompileResult, compileTree } from '@flightplan/compiler/compile.ts'
import { type SourceFile as Loaded, type LoadResult, loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { mintFacts } from '@flightplan/runtime/facts/facts.ts'
import { parseDocument } from 'yaml'
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
 */
async function compiled(sources: readonly SourceFile[] | string, now_ms: number): Promise<CompileResult> {
  return compileTree(typeof sources === 'string' ? loadTree(sources) : loaded(sources), { now_ms })
}

/** @throws Error with the first diagnostics when the compiler finds a fault */
export async function build(sources: readonly SourceFile[] | string, now_ms: number): Promise<ReleaseFiles> {
  const { release, diagnostics } = await compiled(sources, now_ms)
  if (release) return release.files
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const shown = errors
    .slice(0, 5)
    .map(({ code, span, message }) => `${code} ${span.file}:${span.start.line} ${message}`)
  throw new Error(shown.join('\n'))
}

/** Line items that can never match are a fault to the compiler, and dice make them: the tree without those. */
export async function withoutContradictions(sources: readonly SourceFile[], now_ms: number): Promise<SourceFile[]> {
  const { diagnostics } = await compiled(sources, now_ms)
  const faults = diagnostics.filter(({ code }) => code === 'FP4001' || code === 'FP3003')
  return sources.map(source => {
    const lines = faults.filter(({ span }) => span.file === source.path).map(({ span }) => span.start.line)
    return lines.length === 0 ? source : { ...source, text: withoutLineItems(source.text, lines) }
  })
}

/** `lines`: 1-based, somewhere in the line items to be left out. */
function withoutLineItems(text: string, lines: readonly number[]): string {
  const doc = parseDocument(text)
  const above = (line: number) =>
    text
      .split('\n')
      .slice(0, line)
      .findLast(row => /^ {2}line-\d+:/.test(row)) ?? ''
  for (const line of lines) doc.deleteIn(['line_items', above(line).trim().replace(':', '')])
  return String(doc)
}

/** The shipped example of facts, as of `now_ms`. */
export function shippedFacts(now_ms: number): Facts {
  const template = JSON.parse(readFileSync(join(ROOT, 'facts/example.json'), 'utf8')) as Facts // a test reads it in full
  return mintFacts(template, now_ms)
}
