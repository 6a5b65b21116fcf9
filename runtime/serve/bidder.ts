/**
 * The path of a request on a serving thread: shed → parse → select → look up → decide → charge → sign → answer.
 * Without a look-up it runs through at once; whatever breaks is a no-bid, never a 5xx (an exchange throttles for those).
 */
import type { KeyObject } from 'node:crypto'
import { REASONS, type ReasonName } from '@flightplan/contract/reasons.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import { decide, select } from '@flightplan/engine/decide.ts'
import type { ExchangeRules } from '@flightplan/engine/exchange.ts'
import { readRequest } from '@flightplan/engine/parse/bytes.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { respond } from '@flightplan/engine/respond.ts'
import type { Answers, Decision, Selection } from '@flightplan/engine/types.ts'
import type { BidCall, BidHandler } from '../http/server.ts'
import { idText, type MintParts, mintLinks } from '../notice/mint.ts'
import type { Serving } from './serving.ts'
import type { Shedder } from './shed.ts'
import { countLatency, countNoBid, type ExchangeTally, type FaultKind, ofExchange, type Tally } from './tally.ts'
import { type ArmTally, countArmBids, countArmLatency, countArmNoBid, type Trial, trialArm } from './trial.ts'

/** Audiences that a user is in, by our own store. Null: the store does not know the user, or did not answer. */
export interface Profiles {
  lookup(exchange: string, key: string): Promise<readonly string[] | null>
}

export interface Clock {
  /** Wall clock, ms since 1970. */
  now_ms(): number
  /** For durations, ms. */
  elapsed_ms(): number
}

export interface BidderParts {
  /** What serves now; null before the first release. Read once per request. */
  serving(): Serving | null
  /** The canary that is on, if any. */
  trial(): Trial | null
  clock: Clock
  /** 64 bits, never the same twice. */
  nextId(): bigint
  shedder: Shedder
  profiles: Profiles | null
  notice: { url: string; key: KeyObject }
  /** Told of each bid and no-bid; must not wait and never throws. Absent: they are not logged. */
  onBid?: MintParts['onBid']
  onNoBid?(exchange: string, reason: ReasonName, release: string, facts: string): void
  tally: Tally
  fault(kind: FaultKind, error: unknown): void
}

/** How often a decision is made again when another worker took the money in between. */
const CHARGE_TRIES = 3

interface Request {
  call: BidCall
  serving: Serving
  rules: ExchangeRules | undefined
  row: ExchangeTally
  start_ms: number
  auctionId: string
  /** Of the canary's comparison. */
  arm: ArmTally | null
}

export function createBidder(parts: BidderParts): BidHandler {
  return call => {
    const start_ms = parts.clock.elapsed_ms()
    const serving = parts.serving()
    const rules = serving?.engine.snapshot.exchangeByName.get(call.exchange)
    const row = ofExchange(parts.tally, rules ? call.exchange : 'unknown')
    if (!serving) {
      countNoBid(row, 'unknown_exchange')
      call.reply(204, null)
      return
    }
    const request: Request = { call, serving, rules, row, start_ms, auctionId: '', arm: null }
    // The edge of a request. The HTTP seam would catch it too, but not count it or honour `no_bid: 200`.
    try {
      const later = bid(parts, request)
      return later?.catch(error => broken(parts, request, error))
    } catch (error) {
      broken(parts, request, error)
    }
  }
}

function bid(parts: BidderParts, request: Request): Promise<void> | undefined {
  const { call, rules } = request
  const now_ms = parts.clock.now_ms()
  if (rules && !parts.shedder.admits(request.serving.exchangeIndex.get(rules.id) ?? 0, rules.max_qps, now_ms))
    return refuse(parts, request, 'shed')
  const auction = readAuction(call.body)
  if (!auction) {
    request.row.malformed++
    call.reply(400, null)
    return finish(parts, request)
  }
  request.auctionId = auction.id
  const trial = parts.trial()
  if (trial) enterTrial(request, trial, now_ms)
  const { serving } = request
  if (serving.stopped.has(call.exchange)) return refuse(parts, request, 'exchange_stopped')
  const selection = select(serving.engine, serving.policy, call.exchange, auction, now_ms)
  if (selection.reason) return refuse(parts, request, selection.reason)
  const answers = lookUp(parts, request, selection)
  if (!(answers instanceof Promise)) return answer(parts, request, selection, answers)
  return answers.then(found => answer(parts, request, selection, found))
}

/** From here on the canary's auctions see nothing of the live release. */
function enterTrial(request: Request, trial: Trial, now_ms: number): void {
  const { call, auctionId } = request
  const arm = trialArm(trial, call.exchange, auctionId, now_ms)
  if (arm === null) return
  request.arm = trial.tally.arms[arm]
  if (arm === 'control') return
  request.serving = trial.serving
  request.rules = trial.serving.engine.snapshot.exchangeByName.get(call.exchange)
}

/** Null: malformed, to be answered with 400. */
function readAuction(body: Buffer): Auction | null {
  let json: unknown
  try {
    json = readRequest(body) ?? JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
  return parseAuction(json)
}

/** At once when nothing has to be asked. One deadline over both: what tmax leaves after network and headroom. */
function lookUp(parts: BidderParts, request: Request, selection: Selection): Answers | Promise<Answers> {
  const { serving } = request
  const { profile_key, models } = selection.lookups
  const left_ms = () => Math.max(0, deadlineOf(request, selection) - parts.clock.elapsed_ms())
  const predict = () => (models.length === 0 ? NO_PREDICTIONS : serving.models.predict(selection, left_ms()))
  if (profile_key !== null && parts.profiles) {
    const asked = inTime(parts.profiles.lookup(selection.exchange, profile_key), left_ms())
    return asked.then(async profile => ({ profile, predictions: await predict() }))
  }
  const predictions = predict()
  if (predictions instanceof Promise) return predictions.then(found => ({ profile: null, predictions: found }))
  return { profile: null, predictions }
}

const NO_PREDICTIONS: Answers['predictions'] = new Map()

const deadlineOf = ({ rules, start_ms }: Request, { auction }: Selection): number =>
  start_ms + (auction.tmax_ms ?? rules?.default_ms ?? 0) - (rules?.reserve_ms ?? 0)

/** What a store says in time; late or broken is "unknown", which is the declared fallback of audiences. */
async function inTime<T>(asked: Promise<T | null>, wait_ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(resolve, wait_ms, null)
  })
  const found = await Promise.race([asked.catch(() => null), late])
  clearTimeout(timer)
  return found
}

function answer(parts: BidderParts, request: Request, selection: Selection, answers: Answers): undefined {
  const { call, rules, row, serving } = request
  if (parts.clock.elapsed_ms() > deadlineOf(request, selection)) return refuse(parts, request, 'deadline')
  const decision = decideAndCharge(parts, serving, rules, selection, answers)
  if (decision.bids.length === 0) return refuse(parts, request, decision.reason ?? 'no_candidate')
  const links = mintLinks(parts, serving, decision)
  const text = respond(serving.engine, decision, idText(parts.nextId()), links)
  call.reply(200, text, rules?.gzipResponse ?? false)
  row.answered++
  row.bids += decision.bids.length
  for (const made of decision.bids) row.price_nano += made.price_nano
  if (request.arm) countArmBids(request.arm, serving, decision, selection.auction.test || rules?.test === true)
  finish(parts, request)
}

/** A charge fails only when another worker was faster; then the view has changed, and so has the decision. */
function decideAndCharge(
  parts: BidderParts,
  { engine, authority }: Serving,
  rules: ExchangeRules | undefined,
  selection: Selection,
  answers: Answers,
): Decision {
  for (let tries = 0; tries < CHARGE_TRIES; tries++) {
    const decision = decide(engine, selection, answers, authority.at(selection.now_ms))
    const isTest = selection.auction.test || rules?.test === true // never billable (exchange schema `status`)
    if (decision.bids.length === 0 || isTest || authority.charge(decision.bids)) return decision
  }
  parts.tally.faults.charge++
  return { selection, bids: [], losers: [], reason: 'daily_budget' }
}

function refuse(parts: BidderParts, request: Request, reason: ReasonName): undefined {
  const { call, rules, row, auctionId, arm } = request
  countNoBid(row, reason)
  if (rules) parts.onNoBid?.(rules.id, reason, request.serving.release, request.serving.facts)
  if (arm) countArmNoBid(arm, reason)
  const isSpoken = rules?.noBidStatus === 200 && auctionId !== ''
  if (isSpoken) call.reply(200, `{"id":${JSON.stringify(auctionId)},"seatbid":[],"nbr":${REASONS[reason].nbr}}`)
  else call.reply(204, null)
  finish(parts, request)
}

function finish({ tally, clock }: BidderParts, { start_ms, arm }: Request): undefined {
  const elapsed_ms = clock.elapsed_ms() - start_ms
  countLatency(tally, elapsed_ms / 1000)
  if (arm) countArmLatency(arm, elapsed_ms)
}

function broken(parts: BidderParts, request: Request, error: unknown): void {
  parts.tally.faults.handler++
  if (request.arm) request.arm.faults++
  parts.fault('handler', error)
  refuse(parts, request, 'internal')
}
