/** Explains a request on the process's main thread, which serves nothing: walking every line item takes milliseconds. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { DebugMap } from '@flightplan/contract/release.ts'
import { select } from '@flightplan/engine/decide.ts'
import { explain } from '@flightplan/engine/explain.ts'
import { describe } from '@flightplan/engine/explanation.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import type { CounterMemory } from '../authority/counters.ts'
import type { LoadedRelease } from '../release/verify.ts'
import { openServing, type Serving } from './serving.ts'

export interface Explained {
  release: LoadedRelease
  facts: Facts
  counters: CounterMemory
}

/** Nobody but a person waits for this answer. */
const MODEL_WAIT_MS = 2000

/** Opens what serves when it is first asked about, with the budgets as they are spent. Null: nothing serves yet. */
export function explainWith(current: () => Explained | null, now_ms: () => number) {
  let opened: { of: Explained; serving: Serving; debug: DebugMap } | null = null
  return async (exchange: string, request: unknown): Promise<unknown> => {
    const now = current()
    if (!now) return null
    if (opened?.of.release !== now.release || opened.of.facts !== now.facts) {
      await opened?.serving.models.close()
      opened = await open(now)
    }
    const { serving, debug } = opened
    // The engine takes what it is given: each of the two gets its own.
    const [first, second] = [parseAuction(structuredClone(request)), parseAuction(request)]
    if (!first || !second) return { reason: 'invalid_request' }
    const at_ms = now_ms()
    const selection = select(serving.engine, serving.policy, exchange, first, at_ms)
    const answers = { profile: null, predictions: await serving.models.predict(selection, MODEL_WAIT_MS) }
    const authority = serving.authority.at(at_ms)
    const explanation = explain(serving.engine, serving.policy, exchange, second, at_ms, answers, authority)
    return describe(serving.engine, explanation, debug, answers)
  }
}

async function open(of: Explained) {
  const serving = await openServing({ ...of.release, stopped: [] }, of.facts, of.counters, () => {})
  const debug = JSON.parse(Buffer.from(of.release.debug).toString('utf8')) as DebugMap // covered by the signature
  return { of, serving, debug }
}
