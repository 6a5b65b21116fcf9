/** One release in a replay: an auction in, its decision out, and what it would cost charged to the budget. */
import type { RecordedAuction } from '@flightplan/contract/traffic.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import { decide, select } from '@flightplan/engine/decide.ts'
import { cpmToNanoUp } from '@flightplan/engine/price/floor.ts'
import type { Answers, Bid, Decision } from '@flightplan/engine/types.ts'
import { type Budget, openBudget } from './budget.ts'
import type { Landscape, Seen } from './landscape.ts'
import { Reach } from './reach.ts'
import type { Subject } from './subject.ts'
import { addDoubt, BLOCKS, openTallies, type Tallies } from './tallies.ts'
import { type Forecast, forecast, seenKey } from './win.ts'

export interface Side {
  subject: Subject
  budget: Budget
  tallies: Tallies
  reach: Reach
  /** The last imp that each line item was counted eligible for. */
  lastImp: Float64Array
  imps: number
}

export function openSide(subject: Subject, one_in: number): Side {
  const { snapshot } = subject.engine
  return {
    subject,
    budget: openBudget(snapshot, one_in),
    tallies: openTallies(snapshot),
    reach: new Reach(subject.campaigns.length),
    lastImp: new Float64Array(subject.lineItems.length).fill(-1),
    imps: 0,
  }
}

/** What the log says of an auction. */
export interface Moment {
  recorded: RecordedAuction
  auction: Auction
  block: number
  seen: ReadonlyMap<string, Seen>
}

/** Decides one auction. A promise only where a model must be run. */
export function play(side: Side, landscape: Landscape, moment: Moment): Decision | Promise<Decision> {
  const { subject, budget } = side
  const { recorded, auction } = moment
  budget.at(recorded.at_ms, moment.block)
  const selection = select(subject.engine, subject.policy, recorded.exchange, auction, recorded.at_ms)
  const finish = (predictions: Answers['predictions']): Decision => {
    const answers = { profile: recorded.profile ?? null, predictions }
    const decision = decide(subject.engine, selection, answers, budget.authority, true)
    count(side, landscape, moment, decision)
    return decision
  }
  if (selection.lookups.models.length === 0) return finish(NO_PREDICTIONS)
  const predictions = subject.predict(selection)
  return predictions instanceof Promise ? predictions.then(finish) : finish(predictions)
}

const NO_PREDICTIONS: Answers['predictions'] = new Map()

function count(side: Side, landscape: Landscape, moment: Moment, decision: Decision): void {
  countEligible(side, moment, decision)
  const { tallies } = side
  for (const { line_item, reason, imp } of decision.losers) {
    if (reason === 'daily_budget' || reason === 'total_budget') tallies.refused[line_item * BLOCKS + moment.block]!++
    if (reason !== 'lost_tier' && reason !== 'lost_value' && reason !== 'lost_rotation') continue
    tallies.outbid[line_item]!++
    tallies.outbidBy[line_item] =
      decision.bids.find(({ candidate }) => candidate.imp.id === imp)?.candidate.line_item ?? -1
  }
  const isTest = side.subject.engine.snapshot.exchangeByName.get(moment.recorded.exchange)?.test === true
  let taken = 0 // of one imp, by our own deal bids: only one bid of ours wins it
  let imp = ''
  for (const bid of decision.bids) {
    if (bid.candidate.imp.id !== imp) taken = 0
    imp = bid.candidate.imp.id
    const ends = forecastOf(landscape, moment, bid)
    const probability = isTest ? 0 : ends.probability * (1 - taken)
    taken += probability
    charge(side, moment, bid, { ...ends, probability })
    if (ends.doubt && probability > 0) doubt(side, bid, ends, probability / ends.probability)
  }
}

/** An imp with two formats is one imp. */
function countEligible(side: Side, { block }: Moment, { selection }: Decision): void {
  const { lastImp, tallies } = side
  let index = -1
  for (const { imp, line_item } of selection.candidates) {
    if (imp.index !== index) side.imps++
    index = imp.index
    if (lastImp[line_item] === side.imps) continue
    lastImp[line_item] = side.imps
    tallies.eligible[line_item * BLOCKS + block]!++
  }
}

function forecastOf(landscape: Landscape, { recorded, auction, seen }: Moment, bid: Bid): Forecast {
  const { imp, slot } = bid.candidate
  const asked = bid.deal === null ? null : imp.deals[bid.deal]! // an index into them
  const floor = asked ? asked.floor : imp.floor
  const place = {
    exchange: recorded.exchange,
    format: slot.format,
    deal: asked?.id ?? null,
    floor,
    country: auction.device.geo.country,
    at_ms: recorded.at_ms,
  }
  const second = asked?.at != null ? asked.at === 2 : auction.at !== 1
  const question = { place, price_nano: bid.price_nano, second, floor_nano: cpmToNanoUp(floor) }
  return forecast(landscape, question, seen.get(seenKey(imp.id, place.deal)) ?? null)
}

/** @param left the share of the win that our other bids of the imp leave */
function doubt(
  { tallies }: Side,
  { charge: { line_item, cost_nano }, price_nano }: Bid,
  ends: Forecast,
  left: number,
): void {
  if (!ends.doubt) return
  const wins = ends.doubt.deviation * left
  addDoubt(tallies, line_item, ends.doubt.curve, (wins * cost_nano * ends.paid_nano) / price_nano, wins)
}

function charge({ tallies, budget, reach }: Side, { block, recorded }: Moment, bid: Bid, ends: Forecast): void {
  const { line_item, campaign, cost_nano } = bid.charge
  const at = line_item * BLOCKS + block
  const cost = ends.probability * cost_nano * (bid.price_nano > 0 ? ends.paid_nano / bid.price_nano : 0)
  tallies.bids[at]!++
  if (ends.known !== 'none') tallies.known[at]!++
  tallies.wins[at]! += ends.probability
  tallies.spend_nano[at]! += cost
  budget.spend(line_item, campaign, cost, ends.probability)
  reach.add(campaign, recorded.user, ends.probability)
}
