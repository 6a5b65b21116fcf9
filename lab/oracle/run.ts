/** One world through compiler, engine and oracle. */
import { join } from 'node:path'
import type { Facts } from '@flightplan/contract/facts.ts'
import { DEFAULT_VENDOR_ID } from '../traffic/generate.ts'
import { build, ROOT, shippedFacts, type Tree, withoutContradictions } from './build.ts'
import { compareRequest, newTally, type Tally } from './compare.ts'
import { randomWorld } from './random-world.ts'
import type { Asked } from './requests.ts'
import { openSubject } from './subject.ts'
import { readSources, readWorld, type SourceFile } from './world.ts'

/** Monday, 2027-06-14 00:00 UTC. */
export const MONDAY_MS = Date.UTC(2027, 5, 14)

/** Facts of the random worlds: a rejected creative, a paused deal, sellers, bots. */
const RANDOM_FACTS: Facts = {
  digest: '',
  made_at_ms: MONDAY_MS,
  rates: {
    base: 'EUR',
    at_ms: MONDAY_MS,
    max_age_ms: 30 * 86_400_000,
    source: 'oracle',
    per_unit: { USD: '0.9137', GBP: '1.1713', JPY: '0.0061' },
  },
  audits: { alpha: { 'acme-cr-0': 'rejected' } },
  deals: { 'alpha/alpha-deal-03': 'paused' },
  sellers: shippedFacts(MONDAY_MS).sellers,
  invalid_traffic: { networks: ['203.0.113.0/24'], agents: ['examplebot'] },
}

/** A tree to judge by, with the facts of its time. */
export interface Scenario {
  name: string
  /** What the oracle reads. */
  sources: readonly SourceFile[]
  /** What the compiler reads; a whole directory where there are models, which are no text. */
  tree: Tree
  facts: Facts
  now_ms: number
}

export async function randomScenario(seed: number): Promise<Scenario> {
  const sources = await withoutContradictions(randomWorld(seed, DEFAULT_VENDOR_ID), MONDAY_MS)
  return { name: `world ${seed}`, sources, tree: sources, facts: RANDOM_FACTS, now_ms: MONDAY_MS }
}

/** Monday, 2027-03-15 00:00 UTC: all but the campaigns of autumn and winter run. */
const SHIPPED_MS = Date.UTC(2027, 2, 15)

/** What the repository ships. */
export function shippedScenario(): Scenario {
  return {
    name: 'campaigns/',
    sources: readSources(ROOT),
    tree: ROOT,
    facts: shippedFacts(SHIPPED_MS),
    now_ms: SHIPPED_MS,
  }
}
const WIDE = join(ROOT, 'lab/fixtures/campaigns-wide')
export function wideScenario(): Scenario {
  const sources = readSources(WIDE)
  return { name: 'campaigns-wide', sources, tree: sources, facts: shippedFacts(SHIPPED_MS), now_ms: SHIPPED_MS }
}

/** @throws Error when the tree does not compile */
export async function run({ sources, tree, facts, now_ms }: Scenario, asked: readonly Asked[]): Promise<Tally> {
  const world = readWorld(sources)
  const subject = await openSubject(await build(tree, now_ms), facts)
  const tally = newTally()
  for (const one of asked) compareRequest(world, facts, one, subject(one), tally)
  return tally
}
