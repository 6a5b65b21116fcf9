/**
 * Real requests of others, and generated ones, to all exchanges with the wide test campaigns: every status legal, every
 * answer one that an exchange would take, and enough of them bids.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bidder, openBidder, REPOSITORY } from '../../conformance/bidder.ts'
import { type Coverage, count, coverageTable, newCoverage } from '../../conformance/coverage.ts'
import { brokenRequests, generatedRequest, noCorpus, type Sent, wholeRequests } from '../../conformance/requests.ts'
import { readRepository } from '../../conformance/world.ts'
import { facts, faultsOf, NOW_MS, openWide } from './setup.ts'

const GENERATED = 5000
const WHOLE = 3300

const bidder = await openWide()

async function send(of: Bidder, requests: readonly Sent[]): Promise<{ faults: string[]; coverage: Coverage }> {
  const coverage = newCoverage()
  const faults: string[] = []
  for (const sent of requests) {
    const answer = await of.answer(sent.exchange, sent.body)
    const found = faultsOf(sent, answer)
    faults.push(...found)
    const bids = answer.status === 200 ? (of.decision(sent.exchange, sent.body)?.bids ?? []) : []
    const lineItems = bids.map(({ candidate }) => of.lineItem(candidate.line_item))
    if (found.length === 0) count(coverage, sent, answer, lineItems)
  }
  return { faults, coverage }
}

function assertBroad({ bids, byLineItem, byFormat }: Coverage): void {
  assert.ok(byLineItem.size >= 8, `only ${byLineItem.size} line items`)
  assert.ok(byFormat.size >= 3, `only ${[...byFormat.keys()]}`)
  for (const [id, n] of byLineItem) assert.ok(n <= 0.3 * bids, `${id} carries ${n} of ${bids} bids`)
}

test('every whole request of the corpus gets a legal answer', { skip: noCorpus }, async t => {
  const requests = wholeRequests()
  assert.ok(requests.length >= WHOLE, `the corpus has ${requests.length}`)
  const { faults, coverage } = await send(bidder, requests)
  t.diagnostic(`\n${coverageTable('corpus', coverage)}`)
  assert.deepEqual(faults, [])
  assert.ok(coverage.richBid >= 0.6 * coverage.rich, `${coverage.richBid} of ${coverage.rich} rich requests`)
  assertBroad(coverage)
  assert.deepEqual(bidder.faults, [])
})

test('what is no whole request is answered too', { skip: noCorpus }, async () => {
  const { faults } = await send(bidder, brokenRequests())
  assert.deepEqual(faults, [])
  assert.deepEqual(bidder.faults, [])
})

test('every generated request gets a legal answer', async t => {
  const requests = Array.from({ length: GENERATED }, (_, i) => generatedRequest(5, i, NOW_MS))
  const { faults, coverage } = await send(bidder, requests)
  t.diagnostic(`\n${coverageTable('generated', coverage)}`)
  assert.deepEqual(faults, [])
  assertBroad(coverage)
  assert.ok(coverage.bids > GENERATED / 3, `only ${coverage.bids} bids`)
  assert.deepEqual(bidder.faults, [])
})

test('the shipped campaigns bid in deals too, and every answer is legal', async t => {
  const shipped = await openBidder([REPOSITORY], { now_ms: NOW_MS, facts })
  const world = readRepository(REPOSITORY)
  const faults: string[] = []
  let inDeals = 0
  for (let i = 0; i < GENERATED; i++) {
    const sent = generatedRequest(9, i, NOW_MS)
    const answer = await shipped.answer(sent.exchange, sent.body)
    faults.push(...faultsOf(sent, answer, world))
    inDeals += answer.body.split('"dealid":').length - 1
  }
  t.diagnostic(`${GENERATED} requests, ${inDeals} bids in deals`)
  assert.deepEqual(faults, [])
  assert.deepEqual(shipped.faults, [])
  assert.ok(inDeals > 10)
})
