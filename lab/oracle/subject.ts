/** The engine as the comparison sees it: the files of a release opened (contract/release.ts), and what it does, by name. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { FORMATS } from '@flightplan/contract/snapshot.ts'
import { decide, type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { type Explanation, explain, type Fate } from '@flightplan/engine/explain.ts'
import { passesResidual } from '@flightplan/engine/lookups.ts'
import { type OpenModel, openModels, predictNow } from '@flightplan/engine/model/predict.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { drawCreative } from '@flightplan/engine/price/offer.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Answers, Authority, Candidate, Policy, Selection, Verdict } from '@flightplan/engine/types.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import type { Format } from './ask.ts'
import type { ReleaseFiles } from './build.ts'
import { indexFaults } from './index-check.ts'
import type { Prediction } from './price.ts'
import type { Asked } from './requests.ts'

export interface SeenCandidate {
  line_item: string
  slot: Format
  creatives: string[]
  /** The one of them that the rotation's hash picks. */
  drawn: string
  /** What its models said; NaN: nothing. How they come to it is the business of other tests. */
  prediction: Prediction
}
export interface SeenBid {
  line_item: string
  slot: Format
  creative: string
  /** The exchange's id of the deal, or null for the open auction. */
  deal_id: string | null
  price_nano: number
}
export interface SeenImp {
  /** Position in the request's `imp`. */
  index: number
  candidates: SeenCandidate[]
  bids: SeenBid[]
}
export interface Seen {
  reason: string | null
  /** What the compiled policy said; null: it was not asked. */
  verdict: Verdict | null
  imps: SeenImp[]
  /** Line items where the index and the program that it was made from differ. */
  indexFaults: string[]
  /** What became of a line item in a slot of the imp at this place: a reason, `candidate` or `bid`. */
  why(imp: number, lineItem: string, slot: Format): string
}
/** Whatever answers requests and is to be held against the oracle. */
export type Subject = (asked: Asked) => Seen

/** Nothing is spent: budgets are the business of other tests. */
const UNLIMITED: Authority = {
  lineItemDaily_nano: () => Number.POSITIVE_INFINITY,
  lineItemTotal_nano: () => Number.POSITIVE_INFINITY,
  lineItemImpressions: () => Number.POSITIVE_INFINITY,
  campaignDaily_nano: () => Number.POSITIVE_INFINITY,
  campaignTotal_nano: () => Number.POSITIVE_INFINITY,
}

const lineItemName = ({ snapshot }: Engine, row: number) => snapshot.strings.get(snapshot.line_item.id_str[row] ?? 0)
const creativeName = ({ snapshot }: Engine, row: number) => snapshot.strings.get(snapshot.creative.id_str[row] ?? 0)

/** A candidate's format, as its creatives have it: a slot has one. */
function formatOf({ snapshot }: Engine, creative: number): Format {
  return FORMATS[snapshot.creative.format[creative] ?? 0] ?? 'banner'
}

function seenCandidate(
  engine: Engine,
  { auction, candidates }: Selection,
  candidate: Candidate,
  { predictions }: Answers,
): SeenCandidate {
  const position = candidates.indexOf(candidate)
  const { rotation, line_item } = engine.snapshot
  const creatives = candidate.rotation.map(row => rotation.creative[row] ?? 0)
  const predicted = (model: number | undefined) => predictions.get(model ?? -1)?.[position] ?? Number.NaN
  return {
    line_item: lineItemName(engine, candidate.line_item),
    slot: formatOf(engine, creatives[0] ?? 0),
    creatives: creatives.map(row => creativeName(engine, row)),
    drawn: creativeName(engine, drawCreative(engine, auction.id, candidate)),
    prediction: {
      ctr: predicted(line_item.ctr_model[candidate.line_item]),
      cvr: predicted(line_item.cvr_model[candidate.line_item]),
    },
  }
}

function seenImps(engine: Engine, selection: Selection, answers: Answers): [string | null, SeenImp[]] {
  const decision = decide(engine, selection, answers, UNLIMITED)
  const candidates = selection.candidates
    .filter(candidate => passesResidual(engine, candidate, answers))
    .map(candidate => ({ imp: candidate.imp, seen: seenCandidate(engine, selection, candidate, answers) }))
  const imps = selection.auction.imps.map(imp => ({
    index: imp.index,
    candidates: candidates.filter(candidate => candidate.imp === imp).map(({ seen }) => seen),
    bids: decision.bids
      .filter(({ candidate }) => candidate.imp === imp)
      .map(({ candidate, creative, deal, price_nano }) => ({
        line_item: lineItemName(engine, candidate.line_item),
        slot: formatOf(engine, creative),
        creative: creativeName(engine, creative),
        deal_id: deal === null ? null : (imp.deals[deal]?.id ?? ''),
        price_nano,
      })),
  }))
  return [decision.reason, imps]
}

interface Bench {
  engine: Engine
  models: OpenModel[]
  policy: Policy
}

function ask({ engine, models, policy }: Bench, { exchange, request, now_ms, profiles }: Asked): Seen {
  const auction = parseAuction(structuredClone(request)) // the engine keeps parts of what it is given
  if (!auction)
    return { reason: 'invalid_request', verdict: null, imps: [], indexFaults: [], why: () => 'invalid_request' }
  let verdict: Verdict | null = null
  const listening: Policy = input => {
    verdict = policy(input)
    return verdict
  }
  const selection = select(engine, listening, exchange, auction, now_ms)
  const predictions = predictNow(engine.snapshot, models, selection)
  // the shell asks the store only by a key
  const answers = { profile: selection.lookups.profile_key === null ? [] : profiles, predictions }
  const [reason, imps] = seenImps(engine, selection, answers)
  const faults = selection.verdict.allow ? indexFaults(engine, selection) : []
  let explained: Explanation | null = null
  const why: Seen['why'] = (index, lineItem, slot) => {
    explained ??= explain(engine, policy, exchange, auction, now_ms, answers, UNLIMITED)
    const imp = auction.imps.find(one => one.index === index)?.id
    const isIt = (fate: Fate) =>
      fate.imp === imp && fate.slot === slot && lineItemName(engine, fate.line_item) === lineItem
    return explained.fates.find(isIt)?.reason ?? 'no such slot'
  }
  return { reason, verdict, imps, indexFaults: faults, why }
}

/** The engine over the snapshot and the policy of a release. */
export async function openSubject(files: ReleaseFiles, facts: Facts): Promise<Subject> {
  const file = (name: string): Uint8Array => {
    const bytes = files.get(name)
    if (!bytes) throw new Error(`the release has no ${name}`)
    return bytes
  }
  const snapshot = openSnapshot(Uint8Array.from(file('snapshot.bin')).buffer)
  const meta = JSON.parse(new TextDecoder().decode(file('policy.json'))) as PolicyMeta // a file of the release
  const fault = (message: string): never => {
    throw new Error(`the policy failed: ${message}`)
  }
  const policy = await loadPolicy(file('policy.wasm'), meta, { fault })
  const bench = { engine: openEngine(snapshot, facts), models: openModels(snapshot), policy }
  return asked => ask(bench, asked)
}
