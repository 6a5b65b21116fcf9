/** A case → what the engine does with it, as an answer on the wire and by name. */
import assert from 'node:assert/strict'
import { formatCpmNano } from '@flightplan/contract/decimal.ts'
import { REASONS } from '@flightplan/contract/reasons.ts'
import { decide, type Engine, select } from '@flightplan/engine/decide.ts'
import { explain, type Fate } from '@flightplan/engine/explain.ts'
import { openModels, predictNow } from '@flightplan/engine/model/predict.ts'
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

/** Time enough for any model. */
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
    predictions: given.models_late
      ? predictNow(engine.snapshot, openModels(engine.snapshot), selection) // what serving falls back to
      : await predictor.predict(selection, WAIT_MS),
  }
  const decision = decide(engine, selection, answers, authority, true)
  const explained = explain(engine, policy, exchange, again, now_ms, answers, authority)
  assert.deepEqual(shown(engine, explained.decision), shown(engine, decision), 'explain decides as serving does')
  assert.ok(decision.bids.length === 0 || authority.charge(decision.bids), 'what was decided can be charged')
  return outcomeOf(engine, decision, explained.fates)
}

const lineItemName = ({ snapshot }: Engine, row: number) => snapshot.strings.get(snapshot.line_item.id_str[row]!) // a row

const shown = (engine: Engine, { bids, losers, reason }: Decision) => ({
  bids: bids.map(({ candidate, price_nano, deal }) => [lineItemName(engine, candidate.line_item), price_nano, deal]),
  losers,
  reason,
})

function outcomeOf(engine: Engine, decision: Decision, fates: readonly Fate[]): Outcome {
  const losers = losersOf(engine, decision, fates)
  const rest = Object.keys(losers).length > 0 ? { losers } : {}
  if (decision.reason !== null) return { seen: { no_bid: decision.reason, ...rest }, markup: [] }
  const text = respond(engine, decision, 'response', (_, n) => linksOf(n))
  const answer = JSON.parse(text) as WireAnswer // respond writes strict JSON; each field is compared below
  const wire = answer.seatbid.flatMap(({ seat, bid }) => bid.map(one => ({ ...one, seat, cur: answer.cur })))
  const bids = decision.bids.map((bid, n) => bidOf(engine, bid, wire.find(({ id }) => id === `bid-${n}`)!)) // one each
  return { seen: { bids, ...rest }, markup: decision.bids.map((_, n) => wire.find(({ id }) => id === `bid-${n}`)!.adm) }
}

/** What a BidResponse holds, as far as cases look at it. */
interface WireBid {
  id: string
  impid: string
  price: number
  crid: string
  mtype: number
  adm: string
  dealid?: string
  w?: number
  h?: number
  dur?: number
}
interface WireAnswer {
  cur: string
  seatbid: { seat: string; bid: WireBid[] }[]
}

const linksOf = (n: number) => ({
  bidId: `bid-${n}`,
  nurl: null,
  burl: null,
  lurl: null,
  clickUrl: `https://n.example/c?${n}`,
  billingUrl: `https://n.example/b?${n}`,
})

function bidOf(engine: Engine, bid: Bid, wire: WireBid & { seat: string; cur: string }): ExpectedBid {
  const price = formatCpmNano(bid.price_nano)
  assert.equal(wire.price, Number(price), 'the price on the wire')
  const { impid, crid: creative, cur, seat, mtype, dealid, w, h, dur } = wire
  const optional = Object.fromEntries(Object.entries({ dealid, w, h, dur }).filter(([, value]) => value !== undefined))
  return {
    impid,
    line_item: shortName(engine, bid.candidate.line_item),
    creative,
    price,
    cur,
    seat,
    mtype,
    ...optional,
  }
}

/** `usd/a` → `a`: ids of line items are not used twice in a case. */
const shortName = (engine: Engine, row: number) => lineItemName(engine, row).split('/').at(-1) ?? ''

/** Line items that got no bid in an imp, each with the reason of the slot where it came furthest. */
function losersOf(
  engine: Engine,
  { bids, losers, selection }: Decision,
  fates: readonly Fate[],
): Record<string, string> {
  const isSingle = selection.auction.imps.length === 1
  const furthest = new Map<string, Fate['reason']>()
  for (const { imp, line_item, reason } of [...fates, ...losers]) {
    if (bids.some(({ candidate }) => candidate.imp.id === imp && candidate.line_item === line_item)) continue
    const name = shortName(engine, line_item)
    const key = isSingle ? name : `${imp}/${name}`
    const known = furthest.get(key)
    if (known === undefined || rank(reason) > rank(known)) furthest.set(key, reason)
  }
  return Object.fromEntries([...furthest].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const rank = (reason: Fate['reason']) =>
  reason === 'bid' || reason === 'candidate' ? Number.POSITIVE_INFINITY : REASONS[reason].code
