/** A plan: what a change of configuration is, what money it moves, and what recorded traffic says it would do. */
import { type Blast, blastOf } from '@flightplan/compiler/diff/blast.ts'
import { type Change, diffWorlds } from '@flightplan/compiler/diff/diff.ts'
import type { Release } from '@flightplan/compiler/release.ts'
import type { World } from '@flightplan/compiler/resolve/world.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { Admit, Finding } from './admit.ts'
import type { Log } from './log.ts'
import { type Prediction, predict } from './prediction.ts'
import { contentDigest, openSubjects } from './subject.ts'

export const PLAN_VERSION = 1

/** One side, compiled. */
export interface Compiled {
  /** What the command line called it, and the commit that it was; null: files on the disk. */
  ref: string
  commit: string | null
  release: Release
  world: World
}

export interface Plan {
  schemaVersion: typeof PLAN_VERSION
  base: PlanSide
  head: PlanSide
  seed: number
  changes: Change[]
  blast: Blast
  /** Files that are no YAML and differ: the request policy, models that are run. */
  artifacts: string[]
  /** Null without a traffic log. */
  prediction: Prediction | null
  findings: readonly Finding[]
}

/** What a plan is bound to: it is stale as soon as either digest is another. */
export interface PlanSide {
  ref: string
  commit: string | null
  /** Of what decides bids; comments do not change it. */
  content: string
}

export interface PlanInput {
  base: Compiled
  head: Compiled
  traffic: { log: Log; facts: Facts } | null
  admit: Admit
  seed: number
  fault(text: string): void
}

export async function makePlan({ base, head, traffic, admit, seed, fault }: PlanInput): Promise<Plan> {
  const changes = diffWorlds(base.world, head.world)
  const blast = blastOf(base.world, head.world)
  const changed = new Set(changes.filter(({ kind }) => kind === 'line_item').map(({ id }) => id))
  const prediction = traffic && (await predictBoth(base, head, traffic, changed, seed, fault))
  return {
    schemaVersion: PLAN_VERSION,
    base: sideOf(base),
    head: sideOf(head),
    seed,
    changes,
    blast,
    artifacts: changedArtifacts(base.release, head.release),
    prediction,
    findings: await admit({ base: base.world, head: head.world, changes, blast, prediction }),
  }
}

export const sideOf = ({ ref, commit, release }: Compiled): PlanSide => ({
  ref,
  commit,
  content: contentDigest(release),
})

export const hasChanges = ({ changes, artifacts }: Plan): boolean => changes.length + artifacts.length > 0

async function predictBoth(
  base: Compiled,
  head: Compiled,
  { log, facts }: NonNullable<PlanInput['traffic']>,
  changed: ReadonlySet<string>,
  seed: number,
  fault: PlanInput['fault'],
): Promise<Prediction> {
  const subjects = await openSubjects({ base: base.release, head: head.release }, facts, fault)
  try {
    return await predict(log, subjects, changed, seed)
  } finally {
    await subjects.base.close()
    await subjects.head.close()
  }
}

/** Of the YAML the changes tell; of these only that they differ. */
function changedArtifacts(base: Release, head: Release): string[] {
  const [before, after] = [base.manifest.files, head.manifest.files]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(isArtifact).sort()
  return names.filter(name => before[name]?.sha256 !== after[name]?.sha256)
}

const isArtifact = (name: string): boolean => name === 'policy.wasm' || name.startsWith('models/')
