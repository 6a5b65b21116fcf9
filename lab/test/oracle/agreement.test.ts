/**
 * Compiler and engine against the oracle: random campaigns, the shipped ones and the wide fixture, over generated
 * traffic and the corpus. `ORACLE=long`: many worlds; each world's name is its seed, so that a failure can be run alone
 * (`node lab/oracle/main.ts --seed 17 --worlds 1`).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tally } from '../../oracle/compare.ts'
import { asSeats, corpusRequests, generatedRequests } from '../../oracle/requests.ts'
import { randomScenario, run, type Scenario, shippedScenario, wideScenario } from '../../oracle/run.ts'

const isLong = process.env['ORACLE'] === 'long'
const FIRST_SEED = 17
const WORLDS = isLong ? 40 : 3
const REQUESTS = isLong ? 2000 : 300
const SHIPPED_REQUESTS = isLong ? 5000 : 500
const SHOWN = 10
/** The corpus belongs to whoever works on the project; a clone may be without it. */
const hasCorpus = corpusRequests(0).length > 0

/** Every line item that may bid is a candidate or behind the cut, no other is, and the same ads win at the same price. */
function assertAgrees({ mismatches, eligible, candidates, winners }: Tally): void {
  assert.deepEqual(mismatches.slice(0, SHOWN), [], `${mismatches.length} mismatches`)
  assert.equal(candidates, eligible)
  assert.ok(eligible > 100 && winners > 50, 'the campaigns reach too little of the traffic')
}

async function check(scenario: Scenario, seed: number, count: number, corpus: boolean): Promise<void> {
  const { now_ms } = scenario
  const asked = [...generatedRequests(seed, count, now_ms), ...(corpus ? corpusRequests(now_ms) : [])]
  assertAgrees(await run(scenario, asked))
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++)
  test(`random world (seed ${seed})`, async () => check(await randomScenario(seed), seed, REQUESTS, isLong))

for (const scenario of [shippedScenario(), wideScenario()]) {
  const { name } = scenario
  test(`${name} over generated traffic (seed ${FIRST_SEED})`, () =>
    check(scenario, FIRST_SEED, SHIPPED_REQUESTS, false))
  test(`${name} over the corpus`, { skip: !hasCorpus && 'no ../shared/corpus' }, () =>
    check(scenario, FIRST_SEED, 0, true),
  )
}

test(`seats: the deal's own, the advertiser's, listed or blocked (seed ${FIRST_SEED})`, async () => {
  const scenario = await randomScenario(FIRST_SEED)
  const traffic = generatedRequests(FIRST_SEED, REQUESTS * 40, scenario.now_ms)
  const asked = asSeats(traffic.filter(({ request }) => JSON.stringify(request).includes('"deals":[{')))
  const ofDealSeat = asked.filter(({ request }) => /"wseat":\["\w+-seat-deal"\]/.test(JSON.stringify(request)))
  const others = asked.filter(one => !ofDealSeat.includes(one))
  const [deals, rest] = [await run(scenario, ofDealSeat), await run(scenario, others)]
  for (const { mismatches } of [deals, rest]) assert.deepEqual(mismatches.slice(0, SHOWN), [])
  assert.ok(deals.winners > 3, `only ${deals.winners} bids from a deal's own seat alone`)
  assert.ok(rest.winners > 50, `only ${rest.winners}`)
})
