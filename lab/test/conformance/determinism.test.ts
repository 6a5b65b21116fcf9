/** The same release, request, moment and seed give the same bytes, whatever was asked before and by whom. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generatedRequest, wholeRequests } from '../../conformance/requests.ts'
import { NOW_MS, openWide } from './setup.ts'

const GENERATED = 500
const CORPUS_STEP = 10

test('two bidders answer alike, in whatever order they are asked', async t => {
  const requests = [
    ...Array.from({ length: GENERATED }, (_, i) => generatedRequest(23, i, NOW_MS)),
    ...wholeRequests().filter((_, i) => i % CORPUS_STEP === 0),
  ]
  const [one, other] = [await openWide(), await openWide()]
  const forth: string[] = []
  for (const { exchange, body } of requests) forth.push(JSON.stringify(await one.answer(exchange, body)))
  const back: string[] = []
  for (const { exchange, body } of requests.toReversed()) back.push(JSON.stringify(await other.answer(exchange, body)))
  assert.deepEqual(back.toReversed(), forth)
  const bids = forth.filter(answer => answer.includes('impid')).length
  t.diagnostic(`${requests.length} requests, ${bids} with a bid`)
  assert.ok(bids > GENERATED / 3)
})
