/** What the engine did against what a test expects: each difference with the path of the expectation. */
import type { Path } from '@flightplan/compiler/yaml-tree.ts'
import { formatCpmNano, parseCpmNano } from '@flightplan/contract/decimal.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import { REASONS } from '@flightplan/contract/reasons.ts'
import type { DebugMap } from '@flightplan/contract/release.ts'
import { NOT_ACTIVE, type TestCase } from '@flightplan/contract/schema/campaign-test.ts'
import type { Engine } from '@flightplan/engine/decide.ts'
import type { Explanation, Fate } from '@flightplan/engine/explain.ts'
import type { Bid } from '@flightplan/engine/types.ts'

export interface Failure {
  code: ErrorCode
  /** Of the expectation, in the test file. */
  path: Path
  message: string
  notes?: string[]
  fix?: string
}

export interface Seen {
  engine: Engine
  explanation: Explanation
  debug: DebugMap
  /** Row by `campaign/line_item`. */
  rows: ReadonlyMap<string, number>
  /** Every line item of the repository, drafts and paused ones too. */
  known: ReadonlySet<string>
}

type Outcome = NonNullable<TestCase['expect']['line_items']>[string]
type ExpectedBid = NonNullable<Outcome['bid']>

/** @param full `line_item` as the test names it → `campaign/line_item` */
export function judge(expect: TestCase['expect'], at: Path, seen: Seen, full: (name: string) => string): Failure[] {
  const failures = expect.no_bid === undefined ? [] : judgeRequest(expect.no_bid, [...at, 'no_bid'], seen)
  for (const [name, outcome] of Object.entries(expect.line_items ?? {}))
    failures.push(...judgeLineItem(full(name), outcome, [...at, 'line_items', name], seen))
  return failures
}

function judgeRequest(expected: string, path: Path, { explanation, engine }: Seen): Failure[] {
  const { reason, bids } = explanation.decision
  if (bids.length > 0) {
    const who = bids.map(bid => shown(engine, bid)).join('; ')
    return [unmet(path, `no bid for reason ${expected} is expected, and there is a bid: ${who}`)]
  }
  const got = reason ?? 'no_candidate'
  return got === expected ? [] : [unmet(path, `the reason is ${got}, not ${expected}`, [REASONS[got].text])]
}

function judgeLineItem(id: string, outcome: Outcome, path: Path, seen: Seen): Failure[] {
  if (!seen.known.has(id)) return [{ code: 'FP6002', path, message: `there is no line item "${id}"` }]
  const row = seen.rows.get(id)
  const bids = seen.explanation.decision.bids.filter(({ candidate }) => candidate.line_item === row)
  const reason = row === undefined ? NOT_ACTIVE : furthest(seen.explanation, row)
  if (outcome.bid !== undefined) return judgeBid(id, outcome.bid, [...path, 'bid'], bids, seen, reason)
  const bid = bids[0]
  const at = [...path, 'no_bid']
  if (bid) return [unmet(at, `${id} bids: ${shown(seen.engine, bid)}`)]
  if (reason === outcome.no_bid) return []
  return [unmet(at, `the reason is ${reason}, not ${outcome.no_bid}`, why(id, reason, seen))]
}

function judgeBid(
  id: string,
  expected: ExpectedBid,
  path: Path,
  bids: readonly Bid[],
  seen: Seen,
  reason: string,
): Failure[] {
  const fits = bids.find(({ candidate }) => expected.imp === undefined || candidate.imp.id === expected.imp)
  if (fits) return judgeTerms(expected, path, fits, seen.engine)
  const [other] = bids
  if (other) return [unmet([...path, 'imp'], `${id} bids on imp ${other.candidate.imp.id}, not on ${expected.imp}`)]
  return [unmet(path, `${id} does not bid: ${reason}`, why(id, reason, seen))]
}

function judgeTerms(expected: ExpectedBid, path: Path, bid: Bid, engine: Engine): Failure[] {
  const failures: Failure[] = []
  const miss = (key: string[], message: string) => failures.push(unmet([...path, ...key], message))
  const { price_nano, currency } = bid
  const price = `${formatCpmNano(price_nano)} ${currency}`
  const bound = (text: string | undefined) => (text === undefined ? undefined : Number(parseCpmNano(text))) // by schema
  const [min, max] = [bound(expected.price?.min), bound(expected.price?.max)]
  if (min !== undefined && price_nano < min) miss(['price', 'min'], `the price is ${price}, below the least`)
  if (max !== undefined && price_nano > max) miss(['price', 'max'], `the price is ${price}, above the highest`)
  if (expected.currency !== undefined && currency !== expected.currency)
    miss(['currency'], `the bid is in ${currency}, not ${expected.currency}`)
  const creative = creativeOf(engine, bid)
  if (expected.creative !== undefined && ![expected.creative].flat().includes(creative))
    miss(['creative'], `the creative is ${creative}`)
  const deal = dealOf(bid)
  if (expected.deal !== undefined && deal !== expected.deal)
    miss(['deal'], `the bid is ${deal === 'none' ? 'on the open auction' : `for deal ${deal}`}, not ${expected.deal}`)
  return failures
}

/** The reason of the slot in which a line item came furthest. */
function furthest({ fates, decision }: Explanation, row: number): string {
  const reasons = fates.filter(fate => fate.line_item === row).map(({ reason }) => reason)
  const judged = reasons.filter(reason => reason !== 'bid' && reason !== 'candidate')
  const best = judged.sort((a, b) => REASONS[b].code - REASONS[a].code)[0]
  return best ?? decision.reason ?? 'no_candidate'
}

/** The lines of YAML that are false, where targeting is the reason. */
function why(id: string, reason: string, { explanation, rows, debug }: Seen): string[] {
  if (reason === NOT_ACTIVE) return [`${id} or its campaign is a draft, paused or ended`]
  const name = reason as keyof typeof REASONS // furthest gives nothing else
  const fates = explanation.fates.filter(fate => fate.line_item === rows.get(id) && fate.reason === reason)
  const fewest = (a: Fate, b: Fate) => (b.failed.length < a.failed.length ? b : a)
  const nearest = fates.length > 0 ? fates.reduce(fewest) : null
  const lines = (nearest?.failed ?? []).map(predicate => {
    const { at, text } = debug.predicates[predicate]! // ids of the same release
    return `${debug.files[at[0]]}:${at[1]}:${at[2]}  ${text.slice(0, 120)}`
  })
  return lines.length > 0 ? lines.map(line => `false: ${line}`) : [REASONS[name].text]
}

const unmet = (path: Path, message: string, notes: string[] = []): Failure => ({ code: 'FP6001', path, message, notes })
const creativeOf = ({ snapshot }: Engine, { creative }: Bid): string =>
  snapshot.strings.get(snapshot.creative.id_str[creative]!) // a bid names a row of the table
const dealOf = ({ deal, candidate }: Bid): string => (deal === null ? 'none' : candidate.imp.deals[deal]!.id) // an index
function shown(engine: Engine, bid: Bid): string {
  const { strings, line_item } = engine.snapshot
  const id = strings.get(line_item.id_str[bid.candidate.line_item]!) // a candidate is a row of the table
  const price = `${formatCpmNano(bid.price_nano)} ${bid.currency}`
  return `imp ${bid.candidate.imp.id}, ${id}, ${price}, ${creativeOf(engine, bid)}, deal ${dealOf(bid)}`
}
