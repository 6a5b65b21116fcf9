/** One side of a plan: a release opened as a bidder would open it, less the serving around it. */
import { createHash } from 'node:crypto'
import type { Release } from '@flightplan/compiler/release.ts'
import { readDebug } from '@flightplan/contract/debug.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { DebugMap, PolicyMeta } from '@flightplan/contract/release.ts'
import { type Engine, openEngine } from '@flightplan/engine/decide.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Answers, Policy, Selection } from '@flightplan/engine/types.ts'
import { loadModels } from '@flightplan/runtime/model/models.ts'
import { artifactsOf, fileOf, textOf } from '../explain-request.ts'
import { openPolicy } from '../policy.ts'

export interface Subject {
  engine: Engine
  policy: Policy
  predict(selection: Selection): Promise<Answers['predictions']> | Answers['predictions']
  /** Names of line items and campaigns by index. */
  lineItems: readonly string[]
  campaigns: readonly string[]
  debug: DebugMap
  close(): Promise<void>
}

/** Nobody waits for this answer but a person. */
const MODEL_WAIT_MS = 5_000
/** Not part of what a release decides: the commit and the lines, and auctions that were decided with it. */
const ABOUT_ONLY: ReadonlySet<string> = new Set(['debug.json', 'golden.ndjson'])

export async function openSubject(release: Release, facts: Facts, fault: (text: string) => void): Promise<Subject> {
  const engine = openEngine(openSnapshot(Uint8Array.from(fileOf(release, 'snapshot.bin')).buffer), facts)
  const { strings, line_item, campaign } = engine.snapshot
  const meta = JSON.parse(textOf(fileOf(release, 'policy.json'))) as PolicyMeta // the compiler has read it
  const policy = await openPolicy(fileOf(release, 'policy.wasm'), meta, text => fault(`the policy denies: ${text}`))
  const models = await loadModels(engine.snapshot, artifactsOf(release), {
    fallback: (model, why) => fault(`model ${model}: the prior is used (${why})`),
  })
  return {
    engine,
    policy,
    predict: selection => models.predict(selection, MODEL_WAIT_MS),
    lineItems: Array.from(line_item.id_str, id => strings.get(id)),
    campaigns: Array.from(campaign.id_str, id => strings.get(id)),
    debug: readDebug(fileOf(release, 'debug.json')),
    close: () => models.close(),
  }
}

/** Two sides of a plan see the same requests: what is decoded or judged for one is not done again for the other. */
export async function openSubjects(
  releases: { base: Release; head: Release },
  facts: Facts,
  fault: (text: string) => void,
): Promise<{ base: Subject; head: Subject }> {
  const base = await openSubject(releases.base, facts, fault)
  const head = await openSubject(releases.head, facts, fault)
  const { memo, compiledFacts } = base.engine
  const engine = { ...head.engine, memo, compiledFacts }
  const [before, after] = [releases.base.manifest.files, releases.head.manifest.files]
  const isSame = ['policy.wasm', 'policy.json'].every(name => before[name]?.sha256 === after[name]?.sha256)
  return { base, head: { ...head, engine, policy: isSame ? base.policy : head.policy } }
}

/** Digest of what decides bids: an edit of a comment leaves it, and a plan, as they are. */
export function contentDigest({ manifest }: Pick<Release, 'manifest'>): string {
  const files = Object.entries(manifest.files).filter(([name]) => !ABOUT_ONLY.has(name))
  const text = files
    .map(([name, { sha256 }]) => `${name} ${sha256}\n`)
    .sort()
    .join('')
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
