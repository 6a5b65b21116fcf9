/** One release with one set of facts, opened on one serving thread: what a request sees from its first step to its last. */
import type { Facts } from '@flightplan/contract/facts.ts'
import { type Engine, openEngine } from '@flightplan/engine/decide.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { openAuthority, type ProcessAuthority } from '../authority/authority.ts'
import type { CounterMemory } from '../authority/counters.ts'
import { loadPolicy } from '../policy/policy.ts'
import type { LoadedRelease } from '../release/verify.ts'
import { openPredictor, type Predictor } from './predictor.ts'
import type { FaultKind } from './tally.ts'

/** A verified release as it goes to serving threads, and the exchanges that lack a secret. */
export type ServedRelease = Pick<LoadedRelease, 'digest' | 'snapshot' | 'policy' | 'models' | 'entries'> & {
  stopped: readonly string[]
}

export interface Serving {
  engine: Engine
  policy: Policy
  models: Predictor
  authority: ProcessAuthority
  /** 16 hex digits each, as tokens carry them. */
  release: string
  facts: string
  stopped: ReadonlySet<string>
  /** Index of each exchange in the release: its cell of the shedder. */
  exchangeIndex: ReadonlyMap<string, number>
}

/** Rejects only where the bytes are not those that the loader verified. */
export async function openServing(
  release: ServedRelease,
  facts: Facts,
  counters: CounterMemory,
  fault: (kind: FaultKind, text: string) => void,
): Promise<Serving> {
  const snapshot = openSnapshot(release.snapshot)
  const { module, meta } = release.policy
  return {
    engine: openEngine(snapshot, facts),
    policy: await loadPolicy(module, meta, { fault: text => fault('policy', text) }),
    models: await openPredictor(snapshot, release.models, text => fault('model', text)),
    authority: openAuthority(snapshot, counters, release.entries),
    release: prefixOf(release.digest),
    facts: prefixOf(facts.digest),
    stopped: new Set(release.stopped),
    exchangeIndex: new Map(snapshot.meta.exchanges.map(({ exchange }, i) => [exchange, i])),
  }
}

/** The same release with other facts: only what reads facts is opened again. */
export const withFacts = (serving: Serving, facts: Facts): Serving => ({
  ...serving,
  engine: openEngine(serving.engine.snapshot, facts),
  facts: prefixOf(facts.digest),
})

const prefixOf = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 16)
