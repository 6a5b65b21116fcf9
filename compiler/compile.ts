/**
 * YAML → release: load → parse → validate → resolve → lower → bundle → prove → sign → write. Each stage reports all it
 * finds; the first that leaves no sound result ends the run.
 */
import { writeDebug } from '@flightplan/contract/debug.ts'
import { compareDiagnostics, type Diagnostic, hasErrors } from '@flightplan/contract/diagnostic.ts'
import type { GoldenAuction, PolicyMeta } from '@flightplan/contract/release.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { bundleModels } from './bundle/models.ts'
import { BUNDLE_FILE, opaBundle, policySources } from './bundle/opa.ts'
import { missingPolicy, policyOf } from './bundle/policy.ts'
import { sizeFaults } from './bundle/size.ts'
import { KeptSources } from './kept-sources.ts'
import { type LoadResult, loadTree } from './load.ts'
import { lower } from './lower/lower.ts'
import { Targets } from './lower/target-all.ts'
import { prove } from './prove/prove.ts'
import { goldenRequests } from './prove/requests.ts'
import { ReadFiles } from './read-files.ts'
import { bytesOf, type Origin, type Release, sealRelease } from './release.ts'
import { Resolved } from './resolve/kept.ts'
import { resolve } from './resolve/resolve.ts'
import type { World } from './resolve/world.ts'
import type { ValidFile } from './validate.ts'
import { writeRelease } from './write.ts'

export interface CompileOptions {
  /** The time of the build: by default of the command, that of the commit. */
  now_ms: number
  commit?: string
  tree?: string
  /** PEM of an Ed25519 private key; without it the release is not signed. */
  sign?: string
  /** Channel directory to write to; without it nothing is written. */
  out?: string
  /** Opens the compiled policy, so that golden auctions can be recorded; without it none are. */
  openPolicy?: (wasm: Uint8Array, meta: PolicyMeta) => Promise<Policy>
  /** For timings: milliseconds, from any origin. */
  clock?: () => number
}
export interface CompileResult {
  /** Null when there is an error. */
  release: Release | null
  /** The configuration as it was understood; null when there is an error. What a plan compares. */
  world: World | null
  diagnostics: Diagnostic[]
  /** By stage, in their order. */
  timings_ms: Record<string, number>
  counts: Record<string, number>
}

export function compile(root: string, options: CompileOptions): Promise<CompileResult> {
  return openCompiler(root).compile(options)
}

/** A compiler that stays: each call compiles what is on the disk then, and does anew only what a change touches. */
export function openCompiler(root: string): { compile(options: CompileOptions): Promise<CompileResult> } {
  const kept = nothingKept()
  return { compile: options => compileFolder(root, options, kept) }
}

/** What each stage keeps between runs. None of it shows in a release: its bytes are those of a run afresh. */
export type Kept = ReturnType<typeof nothingKept>
export const nothingKept = () => ({
  sources: new KeptSources(),
  files: new ReadFiles(),
  resolved: new Resolved(),
  targets: new Targets(),
})

async function compileFolder(root: string, options: CompileOptions, kept: Kept): Promise<CompileResult> {
  const clock = options.clock ?? (() => 0)
  const began = clock()
  const tree = loadTree(root, kept.sources)
  const loaded = { ...tree, diagnostics: [...tree.diagnostics, ...missingPolicy(tree.side)] }
  const result = await compileTree(loaded, options, kept)
  return { ...result, timings_ms: { load: clock() - began - total(result.timings_ms), ...result.timings_ms } }
}

/** The same for a tree that is in memory. */
export async function compileTree(
  loaded: LoadResult,
  options: CompileOptions,
  kept: Kept = nothingKept(),
): Promise<CompileResult> {
  const { now_ms, commit = '', tree = '', clock = () => 0 } = options
  const diagnostics = [...loaded.diagnostics]
  const timings_ms: Record<string, number> = {}
  const time = <T>(stage: string, work: () => T): T => {
    const began = clock()
    const done = work()
    timings_ms[stage] = clock() - began
    return done
  }
  const failed = (counts = {}): CompileResult => {
    return { release: null, world: null, diagnostics: diagnostics.sort(compareDiagnostics), timings_ms, counts }
  }

  const parsed = time('parse', () => kept.files.parse(loaded.yaml))
  const validated = time('validate', () => kept.files.validate(loaded.yaml, parsed))
  for (const stage of [parsed, validated]) diagnostics.push(...stage.flatMap(one => one.diagnostics))
  const files = validated.flatMap(({ valid }) => valid ?? []) satisfies ValidFile[]

  const policy = policyOf(loaded.side)
  const rules = policy.policy ? new Set(policy.policy.meta.rules) : null
  const resolved = time('resolve', () =>
    resolve({ files, side: loaded.side, rules, whole: !hasErrors(diagnostics), resolved: kept.resolved }),
  )
  diagnostics.push(...resolved.diagnostics, ...policy.diagnostics)
  const { world } = resolved
  if (!world || hasErrors(diagnostics)) return failed()

  const models = time('models', () => bundleModels(world, loaded.side))
  const lowered = time('lower', () => lower(world, models, kept.targets))
  diagnostics.push(...models.diagnostics, ...lowered.diagnostics, ...sizeFaults(world, lowered))
  if (hasErrors(diagnostics)) return failed(lowered.counts)

  const contents = time('bundle', () => {
    return new Map([
      ['snapshot.bin', lowered.bytes],
      ['debug.json', writeDebug(lowered.debug(commit))],
      ...models.files,
    ])
  })
  const golden: GoldenAuction[] = []
  if (policy.policy) {
    const { wasm, json, meta } = policy.policy
    contents.set('policy.wasm', wasm).set('policy.json', json)
    const judge = await options.openPolicy?.(wasm, meta)
    if (judge) golden.push(...time('prove', () => prove(lowered.bytes, judge, goldenRequests(), now_ms)))
  }
  contents.set('golden.ndjson', bytesOf(golden.map(auction => `${JSON.stringify(auction)}\n`).join('')))
  const counts = { ...lowered.counts, models: models.metas.length, golden: golden.length }
  const origin: Origin = { commit, tree, built_at_ms: now_ms }
  const release = time('sign', () => {
    const sealed = sealRelease(contents, origin, counts, options.sign ?? null)
    if (!policy.policy) return sealed
    const bundle = opaBundle(policySources(loaded.side), sealed.digest, options.sign ?? null)
    return { ...sealed, files: new Map(sealed.files).set(BUNDLE_FILE, bundle) }
  })
  const { out } = options
  if (out !== undefined) time('write', () => writeRelease(release, out))
  return { release, world, diagnostics: diagnostics.sort(compareDiagnostics), timings_ms, counts }
}

const total = (timings: Record<string, number>): number => Object.values(timings).reduce((sum, ms) => sum + ms, 0)
