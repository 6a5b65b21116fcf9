/** The repository as a bidder would serve it, opened for its own tests: the same bytes, the same engine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Release } from '@flightplan/compiler/release.ts'
import { readDebug } from '@flightplan/contract/debug.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { DebugMap } from '@flightplan/contract/release.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import { type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { type Explanation, explain } from '@flightplan/engine/explain.ts'
import { NO_FACTS, UNLIMITED } from '@flightplan/engine/golden.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { mintFacts } from '@flightplan/runtime/facts/facts.ts'
import { loadModels } from '@flightplan/runtime/model/models.ts'
import { artifactsOf, fileOf, MODEL_WAIT_MS, policyOf } from '../explain-request.ts'
import { factsOf } from '../facts/read.ts'
import type { Output } from '../output.ts'

export interface Asked {
  exchange: string
  now_ms: number
  /** Made anew each time: the engine keeps parts of what it is given. */
  auction: () => Auction
  profile: readonly string[]
}

export interface Bench {
  debug: DebugMap
  /** Exchanges that a request may come from. */
  exchanges: ReadonlySet<string>
  /** Row of a line item by `campaign/line_item`; drafts, paused and ended ones have none. */
  rows: ReadonlyMap<string, number>
  ask(asked: Asked): Promise<{ engine: Engine; explanation: Explanation }>
  close(): Promise<void>
}

/** Facts are the repository's example ones, as of each request, as in `flight explain`; nothing is spent. */
export async function openBench(output: Output, root: string, release: Release): Promise<Bench> {
  const snapshot = openSnapshot(Uint8Array.from(fileOf(release, 'snapshot.bin')).buffer)
  const models = await loadModels(snapshot, artifactsOf(release), {
    fallback: (model, why) => output.progress(`model ${model}: the prior is used (${why})`),
  })
  const policy: Policy = await policyOf(output, release)
  const template = existsSync(join(root, 'facts/example.json')) ? factsOf(join(root, 'facts/example.json')) : NO_FACTS
  const engineAt = cached((now_ms: number) => openEngine(snapshot, factsAt(template, now_ms)))
  const { strings, line_item } = snapshot
  return {
    debug: readDebug(fileOf(release, 'debug.json')),
    exchanges: new Set(snapshot.exchangeByName.keys()),
    rows: new Map(Array.from(line_item.id_str, (text, row) => [strings.get(text), row])),
    async ask({ exchange, now_ms, auction, profile }) {
      const engine = engineAt(now_ms)
      const selection = select(engine, policy, exchange, auction(), now_ms)
      const predictions = await models.predict(selection, MODEL_WAIT_MS)
      const answers = { profile: selection.lookups.profile_key === null ? null : profile, predictions }
      return { engine, explanation: explain(engine, policy, exchange, auction(), now_ms, answers, UNLIMITED) }
    },
    close: () => models.close(),
  }
}

const factsAt = (template: Facts, now_ms: number): Facts =>
  template === NO_FACTS ? NO_FACTS : mintFacts(template, now_ms)

function cached<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return key => {
    const found = known.get(key) ?? make(key)
    known.set(key, found)
    return found
  }
}
