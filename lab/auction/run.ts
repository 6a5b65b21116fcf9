/** A case → what the engine does with it, as an answer on the wire and by name. */
import assert from 'node:assert/strict'
import { formatCpmNano } from '@flightplan/contract/decimal.ts'
import { REASONS } from '@flightplan/contract/reasons.ts'
import { decide, type Engine, select } from '@flightplan/engine/decide.ts'
import { explain, type Fate } from '@flightplan/engine/explain.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { respond } from '@flightplan/engine/respond.ts'
import type { Answers, Bid, Decision } from '@flightplan/engine/types.ts'
import { type Bench, openBench } from './bench.ts'
import type { Case, Expected, ExpectedBid } from './case.ts'

export interface Outcome {
  seen: Expected
  /** Markup of the bids, in their order. */
  markup: string[]
}

/** Time enough for any model: the wait is the business of other tests. */
const WAIT_MS = 10_000

/** @throws Error when the case does not compile or its request is malformed */
export async function runCase(given: Case): Promise<Outcome> {
  const bench = await openBench(given)
  try {
    return await ask(bench, given)
  } finally {
    await bench.predictor.close()
  }
}

async function ask({ engine, policy, predictor, authority, now_ms }: Bench, given: Case): Promise<Outcome> {
  const exchange = given.exchange ?? 'alpha'
  const read = () => parseAuction(structuredClone(given.request)) // the engine keeps parts of what it is given
  const auction = read()
  const again = read()
  if (!auction || !again) return { seen: { no_bid: 'invalid_request' }, markup: [] }
  const selection = select(engine, policy, exchange, auction, now_ms)
  const answers: Answers = {
    profile: selection.lookups.profile_key === null ? null : (given.profile ?? []),
    predictions: await predictor.predict(selection, WAIT_MS),
  }
  const decision = decide(engine, selection, answers, authority)
  assert.equal(decision.bids.length === 0 || authority.charge(decision.bids), true, 'what was decided can be charged')
  for (const bid of decision.bids) giveBack(bid)
  const explained = explain(engine, policy, exchange, again, now_ms, answers, (await openBench(given)).authority)
  assert.deepEqual(shown(explained.decision), shown(decision), 'explain decides as serving does')
  return outcomeOf(engine, decision, explained.fates)
}
