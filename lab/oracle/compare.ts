/** Holds what the engine did with a request against what the oracle says, and names each difference. */
import type { Facts } from '@flightplan/contract/facts.ts'
import { REASONS, type ReasonName } from '@flightplan/contract/reasons.ts'
import type { Winner } from './choose.ts'
import { text, tree } from './lenient.ts'
import { type ImpJudgement, type Judgement, type JudgeOptions, judge } from './oracle.ts'
import type { Asked } from './requests.ts'
import type { Seen, SeenBid, SeenImp } from './subject.ts'
import type { World } from './world.ts'

export interface Mismatch {
  kind: 'reason' | 'policy' | 'index' | 'not_eligible' | 'missing' | 'creatives' | 'winner' | 'price'
  request: string
  exchange: string
  imp: number | null
  line_item: string | null
  oracle: string
  engine: string
}
export interface Tally {
  requests: number
  /** Requests that neither side bids on before any line item is looked at. */
  refused: number
  candidates: number
  eligible: number
  winners: number
  /** Winners that the rotation's hash chose among equals: not settled here. */
  ties: number
  mismatches: Mismatch[]
}
export const newTally = (): Tally => ({
  requests: 0,
  refused: 0,
  candidates: 0,
  eligible: 0,
  winners: 0,
  ties: 0,
  mismatches: [],
})

/** Prices of the engine are doubles rounded down: a nano either way is agreement. */
const PRICE_TOLERANCE = 1n

/** A request may end in a reason of its last line item: the oracle tells those one by one. */
const isOfRequest = (reason: string): boolean => ['request', 'policy'].includes(REASONS[reason as ReasonName]?.stage) // unknown: undefined

type Report = (
  kind: Mismatch['kind'],
  imp: number | null,
  line_item: string | null,
  oracle: string,
  engine: string,
) => void
const keyOf = ({ line_item, slot }: { line_item: string; slot: string }) => `${line_item} (${slot})`

function compareCandidates(expected: ImpJudgement, seen: SeenImp, why: Seen['why'], report: Report): void {
  const eligible = new Map(expected.eligible.map(one => [keyOf(one), one]))
  const found = new Map(seen.candidates.map(one => [keyOf(one), one]))
  for (const [key, { creatives }] of found) {
    const one = eligible.get(key)
    const why = expected.skipped.find(skip => keyOf(skip) === key)?.reason ?? 'no such slot'
    if (!one) report('not_eligible', seen.index, key, why, 'candidate')
    else if ([...one.creatives].sort().join() !== [...creatives].sort().join())
      report('creatives', seen.index, key, one.creatives.join(' '), creatives.join(' '))
  }
  for (const [key, { line_item, slot }] of eligible)
    if (!found.has(key)) report('missing', seen.index, key, 'eligible', why(seen.index, line_item, slot))
}

const show = (bid: { line_item: string; creative: string; price_nano: bigint | number } | undefined): string =>
  bid === undefined ? 'none' : `${bid.line_item} ${bid.creative} ${bid.price_nano}`

function compareWinner(
  expected: Winner | undefined,
  seen: SeenBid | undefined,
  imp: number,
  tally: Tally,
  report: Report,
) {
  tally.winners++
  if (!expected || !seen) {
    if (expected || seen)
      report('winner', imp, seen?.line_item ?? expected?.line_item ?? null, show(expected), show(seen))
    return
  }
  const tied = expected.tied.includes(seen.line_item)
  if (tied) tally.ties++
  const isSame = seen.line_item === expected.line_item && seen.creative === expected.creative
  if (!isSame && !tied) return report('winner', imp, seen.line_item, show(expected), show(seen))
  const off = BigInt(seen.price_nano) - expected.price_nano
  if (off > PRICE_TOLERANCE || off < -PRICE_TOLERANCE) report('price', imp, seen.line_item, show(expected), show(seen))
}

function compareWinners(world: World, expected: ImpJudgement, seen: SeenImp, tally: Tally, report: Report): void {
  const dealId = (deal: string | null) => (deal === null ? null : (text(world.deals.get(deal)?.['deal_id']) ?? deal))
  const places = new Set([...expected.winners.map(({ deal }) => dealId(deal)), ...seen.bids.map(bid => bid.deal_id)])
  for (const place of places) {
    const winners = expected.winners.filter(({ deal }) => dealId(deal) === place)
    const bids = seen.bids.filter(bid => bid.deal_id === place)
    for (let i = 0; i < Math.max(winners.length, bids.length); i++) {
      compareWinner(winners[i], bids[i], seen.index, tally, report)
      // What fits into a break behind a tie hangs on how the rotation settled it, which is not known here.
      if (winners[i]?.line_item !== bids[i]?.line_item) break
    }
  }
}

/** Returns whether both say that no line item is asked. */
function compareReasons(expected: Judgement, seen: Seen, report: Report): boolean {
  const wanted = expected.reason ?? 'none'
  const found = seen.reason !== null && isOfRequest(seen.reason) ? seen.reason : 'none'
  if (wanted !== found) report('reason', null, null, wanted, found)
  return wanted !== 'none' && found !== 'none'
}

const sorted = (words: Iterable<string>) => [...words].sort().join(' ')

/** What the plain reading of policies/request says, against its compiled WASM. */
function comparePolicy({ verdict: expected }: Judgement, { verdict: seen }: Seen, report: Report): void {
  if (!expected || !seen) return
  const truths = Object.keys(seen.rules).filter(name => seen.rules[name])
  const wanted = expected.denied[0] ?? `use ${sorted(expected.use)} rules ${sorted(expected.rules)}`
  const found = seen.allow ? `use ${sorted(seen.use)} rules ${sorted(truths)}` : (seen.reason ?? 'policy_denied')
  if (wanted !== found) report('policy', null, null, wanted, found)
}

/** What the rules leave to the engine, its draw of a creative and its predictions: both sides price with the same. */
function optionsOf(seen: Seen, { request, profiles }: Asked): JudgeOptions {
  const imps = tree(request)['imp']
  const idOf = ({ index }: SeenImp) => (Array.isArray(imps) ? text(tree(imps[index])['id']) : null)
  const found = (imp: string, lineItem: string, slot: string) =>
    seen.imps
      .filter(one => idOf(one) === imp)
      .flatMap(({ candidates }) => candidates)
      .find(one => one.line_item === lineItem && one.slot === slot)
  return {
    profiles: new Set(profiles),
    predict: (lineItem, imp, slot) => found(imp, lineItem, slot)?.prediction ?? null,
    draw(imp, lineItem, slot, fitting) {
      const drawn = found(imp, lineItem, slot)?.drawn
      return drawn !== undefined && fitting.includes(drawn) ? drawn : (fitting[0] ?? '')
    },
  }
}

/** One request: adds to the tally. */
export function compareRequest(world: World, facts: Facts, asked: Asked, seen: Seen, tally: Tally): void {
  const { exchange, request, now_ms } = asked
  const id = text(tree(request)['id']) ?? ''
  const report: Report = (kind, imp, line_item, oracle, engine) =>
    tally.mismatches.push({ kind, request: id, exchange, imp, line_item, oracle, engine })
  const expected = judge(world, facts, exchange, request, now_ms, optionsOf(seen, asked))
  tally.requests++
  comparePolicy(expected, seen, report)
  for (const fault of seen.indexFaults) report('index', null, null, 'index and program are equal', fault)
  if (compareReasons(expected, seen, report)) {
    tally.refused++
    return
  }
  for (const imp of expected.imps) {
    const found = seen.imps.find(({ index }) => index === imp.index)
    const there = found ?? { index: imp.index, candidates: [], bids: [] }
    tally.eligible += imp.eligible.length
    tally.candidates += there.candidates.length
    compareCandidates(imp, there, seen.why, report)
    compareWinners(world, imp, there, tally, report)
  }
}
