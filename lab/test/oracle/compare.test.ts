import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { compareRequest, newTally } from '../../oracle/compare.ts'
import { type ImpJudgement, type Judgement, judge } from '../../oracle/oracle.ts'
import { randomWorld } from '../../oracle/random-world.ts'
import { corpusRequests, generatedRequests } from '../../oracle/requests.ts'
import type { Seen } from '../../oracle/subject.ts'
import { readWorld, type World } from '../../oracle/world.ts'
import type { JsonObject } from '../../traffic/json.ts'
import { mutate } from '../../traffic/mutate.ts'

const MONDAY_MS = Date.UTC(2027, 5, 14)
const FACTS: Facts = {
  digest: '',
  made_at_ms: MONDAY_MS,
  rates: {
    base: 'EUR',
    at_ms: MONDAY_MS,
    max_age_ms: 30 * 86_400_000,
    source: 'test',
    per_unit: { USD: '0.9', GBP: '1.2' },
  },
  audits: {},
  deals: {},
  sellers: {},
  invalid_traffic: { networks: [], agents: [] },
}
const world = readWorld(randomWorld(7, 9999))
const asked = generatedRequests(7, 60, MONDAY_MS)

const NONE = { ctr: Number.NaN, cvr: Number.NaN }

/** The oracle's own verdict, as the compiled policy would say it. */
function seenVerdict({ verdict }: Judgement): Seen['verdict'] {
  if (!verdict) return null
  const reason = (verdict.denied[0] ?? null) as ReasonName | null // a rule of the shipped policy
  const rules = Object.fromEntries([...verdict.rules].map(name => [name, true]))
  return { allow: reason === null, reason, use: [...verdict.use], rules }
}

/** What an engine without fault would do: the oracle's own answer in the engine's words. */
function seenImp({ deals }: World, { index, eligible, winners }: ImpJudgement): Seen['imps'][number] {
  const dealId = (deal: string | null) => (deal === null ? null : String(deals.get(deal)?.['deal_id']))
  return {
    index,
    candidates: eligible.map(({ line_item, slot, creatives }) => ({
      line_item,
      slot,
      creatives: [...creatives],
      drawn: creatives[0] ?? '',
      prediction: NONE,
    })),
    bids: winners.map(({ line_item, slot, creative, deal, price_nano }) => ({
      line_item,
      slot,
      creative,
      deal_id: dealId(deal),
      price_nano: Number(price_nano),
    })),
  }
}

/** Compares after `harm` has changed what was seen; returns the kinds of mismatch. */
function kindsAfter(harm: (seen: Seen) => void): string[] {
  const tally = newTally()
  for (const one of asked) {
    const judged = judge(world, FACTS, one.exchange, one.request, one.now_ms)
    const seen: Seen = {
      reason: judged.reason === 'policy_denied' ? null : judged.reason,
      verdict: seenVerdict(judged),
      imps: judged.imps.map(imp => seenImp(world, imp)),
      indexFaults: [],
      why: () => 'targeting',
    }
    harm(seen)
    compareRequest(world, FACTS, one, seen, tally)
  }
  assert.ok(tally.eligible > 100 && tally.winners > 10, 'the world reaches too little of the traffic')
  return [...new Set(tally.mismatches.map(({ kind }) => kind))].sort()
}

type SeenImp = Seen['imps'][number]
const toImps = (harm: (imp: SeenImp) => void) => (seen: Seen) => {
  for (const imp of seen.imps) harm(imp)
}
const toBids = (harm: (bid: SeenImp['bids'][number]) => void) =>
  toImps(imp => {
    for (const bid of imp.bids) harm(bid)
  })

const HARMS: Record<string, [(seen: Seen) => void, string[]]> = {
  'no fault': [() => {}, []],
  'one nano off': [toBids(bid => void bid.price_nano--), []],
  'two nano off': [toBids(bid => Object.assign(bid, { price_nano: bid.price_nano + 2 })), ['price']],
  'a candidate lost': [toImps(imp => void imp.candidates.shift()), ['missing']],
  'a candidate too many': [
    toImps(
      imp => void imp.candidates.push({ line_item: 'x/y', slot: 'banner', creatives: [], drawn: '', prediction: NONE }),
    ),
    ['not_eligible'],
  ],
  'a creative too many': [toImps(imp => void imp.candidates[0]?.creatives.push('more')), ['creatives']],
  'no bid': [toImps(imp => void imp.bids.splice(0)), ['winner']],
  'another creative': [toBids(bid => Object.assign(bid, { creative: 'x' })), ['winner']],
  'another winner': [toBids(bid => Object.assign(bid, { line_item: 'x/y' })), ['winner']],
  'a field too many': [seen => void seen.verdict?.use.splice(0, 1), ['policy']],
  'another rule': [seen => void Object.assign(seen.verdict?.rules ?? {}, { shared_screen: null, x: true }), ['policy']],
  'an index fault': [seen => void seen.indexFaults.push('x/y'), ['index']],
  'another reason': [seen => Object.assign(seen, { reason: seen.reason === null ? 'deadline' : null }), ['reason']],
}

for (const [name, [harm, kinds]] of Object.entries(HARMS))
  test(`the comparison sees: ${name}`, () => {
    const found = kindsAfter(harm)
    for (const kind of kinds) assert.ok(found.includes(kind), `${kind} is not among ${found}`)
    if (kinds.length === 0) assert.deepEqual(found, [])
  })

test('equal seeds give equal worlds', () => {
  assert.deepEqual(randomWorld(11, 9999), randomWorld(11, 9999))
  assert.notDeepEqual(randomWorld(11, 9999), randomWorld(12, 9999))
})

test('mutated requests never make the oracle throw', () => {
  let judged = 0
  for (const [seed, { exchange, request, now_ms }] of generatedRequests(3, 300, MONDAY_MS).entries()) {
    const bytes = mutate(seed, request as JsonObject).toString('utf8') // generated requests are objects
    let body: unknown
    try {
      body = JSON.parse(bytes)
    } catch {
      continue // no JSON any more: it would never reach the oracle
    }
    judge(world, FACTS, exchange, body, now_ms)
    judged++
  }
  assert.ok(judged > 100, `only ${judged} were JSON`)
})

const corpus = corpusRequests(MONDAY_MS)
test('no request of the corpus makes the oracle throw', { skip: corpus.length === 0 && 'no ../shared/corpus' }, () => {
  const judged = corpus.map(({ exchange, request, now_ms }) => judge(world, FACTS, exchange, request, now_ms))
  assert.ok(judged.some(({ imps }) => imps.some(imp => imp.winners.length > 0)))
})

test('the oracle shares no code with compiler and engine', () => {
  const folder = new URL('../../oracle/', import.meta.url)
  const sides = new Set(['build.ts', 'index-check.ts', 'main.ts', 'run.ts', 'subject.ts']) // they run the engine: that is what is compared
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  assert.ok(files.length > 20)
  const allowed =
    /^(\.|node:|yaml$|@flightplan\/contract\/(facts|reasons|countries|zones|schema\/values)\.ts$|@flightplan\/contract\/data\/)/
  for (const name of files.filter(name => !sides.has(name)))
    for (const [, from = ''] of readFileSync(new URL(name, folder), 'utf8').matchAll(/ from '([^']+)'/g))
      assert.match(from, allowed, name)
})
