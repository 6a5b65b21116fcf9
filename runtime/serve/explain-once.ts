/** One request explained as a bidder would answer it now: same release, facts, budgets, profile and predictions. */
import { readDebug } from '@flightplan/contract/debug.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { select } from '@flightplan/engine/decide.ts'
import { explain } from '@flightplan/engine/explain.ts'
import { type Description, describe } from '@flightplan/engine/explanation.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import type { Selection } from '@flightplan/engine/types.ts'
import { openProfiles } from '../profile/embedded.ts'
import type { Question } from './explain.ts'
import { openServing } from './serving.ts'

/** Nobody but a person waits for this answer. */
const MODEL_WAIT_MS = 2000
/** The store is stopped before. */
const POLL_MS = 60_000

export async function explainOnce(question: Question): Promise<Description | { reason: ReasonName }> {
  const { release, facts, counters, exchange, request, now_ms, profilesFile } = question
  // The engine takes what it is given: each of the two gets its own.
  const [first, second] = [parseAuction(structuredClone(request)), parseAuction(request)]
  if (!first || !second) return { reason: 'invalid_request' }
  if (release.stopped.includes(exchange)) return { reason: 'exchange_stopped' }
  const { engine, policy, models, authority } = await openServing(release, facts, counters, () => {})
  const selection = select(engine, policy, exchange, first, now_ms)
  const answers = {
    profile: await profileOf(selection, profilesFile),
    predictions: await models.predict(selection, MODEL_WAIT_MS),
  }
  const explanation = explain(engine, policy, exchange, second, now_ms, answers, authority.at(now_ms))
  await models.close()
  return describe(engine, explanation, readDebug(release.debug), answers)
}

/** What the store says of this user; null: no store, no key that may be asked for, or unknown. */
async function profileOf({ exchange, lookups }: Selection, file: string | null): Promise<readonly string[] | null> {
  if (file === null || lookups.profile_key === null) return null
  const store = openProfiles(file, POLL_MS, () => {})
  store.stop() // read once is enough
  return store.lookup(exchange, lookups.profile_key)
}
