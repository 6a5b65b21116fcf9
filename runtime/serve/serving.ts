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
export type ServedRelease = Pick<LoadedRelease, 'digest' | 'snapshot' | 'policy' | 'models' | 'entries' | 'golden'> & {
  stopped: readonly string[]
}

export interface Serving {
  engine: Engine
  policy: Policy
  policySha256: string
  models: Predictor
  authority: ProcessAuthority
  /** 16 hex digits each, as tokens carry them. */
  release: string
  facts: string
  stopped: ReadonlySet<string>
  /** Index of each exchange in the release: its cell of the shedder. */
  exchangeIndex: ReadonlyMap<string, number>
}

/**
 * Rejects only where the bytes are not those that the loader verified.
 * @param before what served until now on this thread: what it remembers of requests, and an equal policy, are kept
 */
export async function openServing(
  release: ServedRelease,
  facts: Facts,
  counters: CounterMemory,
  fault: (kind: FaultKind, text: string) => void,
  before: Serving | null = null,
): Promise<Serving> {
  const snapshot = openSnapshot(release.snapshot)
  const { module, meta, sha256 } = release.policy
  const same = before?.policySha256 === sha256 ? before.policy : null
  return servingOf({
    engine: engineAfter(before, openEngine(snapshot, facts)),
    policy: same ?? (await loadPolicy(module, meta, { fault: text => fault('policy', text) })),
    policySha256: sha256,
    models: await openPredictor(snapshot, release.models, text => fault('model', text)),
    authority: openAuthority(snapshot, counters, release.entries),
    release: prefixOf(release.digest),
    facts: prefixOf(facts.digest),
    stopped: new Set(release.stopped),
    exchangeIndex: new Map(snapshot.meta.exchanges.map(({ exchange }, i) => [exchange, i])),
  })
}

/** The same release with other facts: only what reads facts is opened again. */
export const withFacts = (serving: Serving, facts: Facts): Serving =>
  servingOf({
    ...serving,
    engine: engineAfter(serving, openEngine(serving.engine.snapshot, facts)),
    facts: prefixOf(facts.digest),
  })

/** The same release on other counters: what is bid here costs nothing. */
export const onCounters = (serving: Serving, counters: CounterMemory, entries: ServedRelease['entries']): Serving =>
  servingOf({ ...serving, authority: openAuthority(serving.engine.snapshot, counters, entries) })

/** The memo is of requests, and one per thread: it knows itself what other facts or another vendor make void. */
function engineAfter(before: Serving | null, engine: Engine): Engine {
  if (before) engine.memo = before.engine.memo
  return engine
}

/** All of one shape, whichever way they came about: V8 drops the code of the path of a bid when it meets another one. */
const servingOf = (of: Serving): Serving => ({
  engine: of.engine,
  policy: of.policy,
  policySha256: of.policySha256,
  models: of.models,
  authority: of.authority,
  release: of.release,
  facts: of.facts,
  stopped: of.stopped,
  exchangeIndex: of.exchangeIndex,
})

const prefixOf = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 16)
