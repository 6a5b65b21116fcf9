/**
 * An {@link Explanation} in words: numbers become names, predicates become lines of YAML, prices become sums that a
 * person can check. A plain object, for `flight explain --request` and the admin endpoint `/debug/explain` alike.
 */
import { formatCpmNano, formatNano } from '@flightplan/contract/decimal.ts'
import { REASONS, type Reason, type ReasonName } from '@flightplan/contract/reasons.ts'
import type { DebugMap, DebugSpot } from '@flightplan/contract/release.ts'
import { BID_KINDS } from '@flightplan/contract/snapshot.ts'
import type { Engine } from './decide.ts'
import { bidCurrency } from './exchange.ts'
import type { Explanation, Fate } from './explain.ts'
import { floorOf } from './price/floor.ts'
import { value_nano } from './price/value.ts'
import type { Answers, Bid, Candidate, PersonalField, Selection } from './types.ts'

export const DESCRIPTION_VERSION = 1
/** Enough to see a pattern, few enough to read. */
const MISSES_BEYOND_TARGETING = 6
const MISSES_PER_REASON = 3
const CPM = BID_KINDS.indexOf('cpm')

export interface Description {
  schemaVersion: typeof DESCRIPTION_VERSION
  exchange: string
  request: string
  now: string
  verdict: { allow: boolean; reason: Named | null; use: PersonalField[]; rules: string[] }
  /** Why there is no bid, or null. */
  reason: Named | null
  slots: SlotView[]
  bids: BidView[]
}

/** A reason by name and number (contract/reasons.ts). */
export interface Named {
  name: string
  code: number
  text: string
}

export interface SlotView {
  imp: string
  format: string
  line_items: number
  /** How many line items ended at each reason, in the order of the path of a bid; `left`: those that went on. */
  funnel: (Named & { stage: Reason['stage']; line_items: number; left: number })[]
  /** Line items that got a bid here. */
  bids: number
  /** Those that came furthest, then those with the fewest failed predicates. */
  nearest: MissView[]
}

export interface MissView {
  line_item: string
  /** `campaigns/acme/spring.yaml:12:5`; null without a debug map. */
  at: string | null
  reason: Named
  /** The parts of `where:` that are false. */
  failed: { at: string | null; text: string }[]
  /** The arithmetic of the price, where it came to one. */
  price: string | null
}

export interface BidView {
  imp: string
  format: string
  line_item: string
  at: string | null
  creative: string
  creative_at: string | null
  deal: string | null
  seat: string
  price_cpm: string
  currency: string
  price: string
  /** What the bid takes from the budget if it is billed at its price, per thousand, in the order's currency. */
  cost_cpm: string
  cost_currency: string
}

/** What {@link describe} looks things up in. */
interface Context {
  engine: Engine
  selection: Selection
  debug: DebugMap | null
  answers: Answers
}

/** @param answers the same that the explanation was made with: predictions are part of the arithmetic */
export function describe(
  engine: Engine,
  { decision, fates }: Explanation,
  debug: DebugMap | null,
  answers: Answers,
): Description {
  const { selection, bids, reason } = decision
  const { verdict } = selection
  const context: Context = { engine, selection, debug, answers }
  return {
    schemaVersion: DESCRIPTION_VERSION,
    exchange: selection.exchange,
    request: selection.auction.id,
    now: new Date(selection.now_ms).toISOString(),
    verdict: {
      allow: verdict.allow,
      reason: verdict.reason && named(verdict.reason),
      use: verdict.use,
      rules: Object.keys(verdict.rules).filter(rule => verdict.rules[rule] === true),
    },
    reason: reason && named(reason),
    slots: [...bySlot(fates).values()].map(ofSlot => slotView(context, ofSlot)),
    bids: bids.map(bid => bidView(context, bid)),
  }
}

const named = (name: ReasonName): Named => ({ name, code: REASONS[name].code, text: REASONS[name].text })

/** By imp and format; imps that share an id (a fault of the sender) are counted together. */
function bySlot(fates: readonly Fate[]): Map<string, Fate[]> {
  const out = new Map<string, Fate[]>()
  for (const fate of fates) {
    const key = JSON.stringify([fate.imp, fate.slot])
    const known = out.get(key)
    if (known) known.push(fate)
    else out.set(key, [fate])
  }
  return out
}

function slotView(context: Context, fates: readonly Fate[]): SlotView {
  const counts = new Map<ReasonName, number>()
  for (const { reason } of fates) if (isMiss(reason)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  let left = fates.length
  const funnel = [...counts]
    .sort(([a], [b]) => REASONS[a].code - REASONS[b].code)
    .map(([name, line_items]) => {
      left -= line_items
      return { ...named(name), stage: REASONS[name].stage, line_items, left }
    })
  const [first] = fates
  return {
    imp: first?.imp ?? '',
    format: first?.slot ?? '',
    line_items: fates.length,
    funnel,
    bids: fates.filter(fate => fate.reason === 'bid').length,
    nearest: nearest(fates).map(fate => missView(context, fate)),
  }
}

type Miss = Fate & { reason: ReasonName }
const isMiss = (reason: Fate['reason']): reason is ReasonName => reason !== 'bid' && reason !== 'candidate'

/** A few of each reason, those that came furthest first; of `where:` always those that are nearest to true. */
function nearest(fates: readonly Fate[]): Miss[] {
  const taken = new Map<ReasonName, number>()
  const misses = fates.filter((fate): fate is Miss => isMiss(fate.reason))
  const sorted = misses.sort((a, b) => REASONS[b.reason].code - REASONS[a.reason].code || distance(a) - distance(b))
  const few = sorted.filter(({ reason }) => {
    const n = (taken.get(reason) ?? 0) + 1
    taken.set(reason, n)
    return n <= MISSES_PER_REASON
  })
  const beyond = few.filter(({ reason }) => reason !== 'targeting').slice(0, MISSES_BEYOND_TARGETING)
  return [...beyond, ...few.filter(({ reason }) => reason === 'targeting')]
}

/** Failed predicates, or the share of the price that is missing: never both. */
const distance = ({ failed, offered_nano, needed_nano }: Fate): number =>
  offered_nano === undefined || needed_nano === undefined ? failed.length : (needed_nano - offered_nano) / needed_nano

function missView(context: Context, fate: Miss): MissView {
  const { engine, debug } = context
  const failed = fate.failed.map(id => {
    const predicate = debug?.predicates[id]
    return { at: spot(debug, predicate?.at), text: predicate?.text ?? `predicate ${id}` }
  })
  return {
    line_item: lineItemName(engine, fate.line_item),
    at: spot(debug, debug?.line_items[fate.line_item]),
    reason: named(fate.reason),
    failed,
    price: missPrice(context, fate),
  }
}

function missPrice(context: Context, { imp, slot, line_item, reason, offered_nano, needed_nano }: Miss): string | null {
  const isIt = (candidate: Candidate) =>
    candidate.imp.id === imp && candidate.slot.format === slot && candidate.line_item === line_item
  const position = context.selection.candidates.findIndex(isIt)
  if (position < 0 || offered_nano === undefined || needed_nano === undefined) return null
  const currency = bidCurrencyOf(context)
  const sum = priceSum(context, line_item, position, offered_nano, currency)
  const needed = money(needed_nano, currency)
  if (reason === 'lost_tier') return `${sum}, behind a winner of a higher priority at ${needed}`
  return `${sum} ${compared(offered_nano, needed_nano)} ${reason === 'below_floor' ? 'floor' : 'the winner at'} ${needed}`
}

function bidView(context: Context, bid: Bid): BidView {
  const { engine, debug } = context
  const { snapshot } = engine
  const { candidate, creative, price_nano, currency } = bid
  const { imp, slot, line_item } = candidate
  return {
    imp: imp.id,
    format: slot.format,
    line_item: lineItemName(engine, line_item),
    at: spot(debug, debug?.line_items[line_item]),
    creative: snapshot.strings.get(snapshot.creative.id_str[creative]!), // a bid names a row of the table
    creative_at: spot(debug, debug?.creatives[creative]),
    deal: bid.deal === null ? null : imp.deals[bid.deal]!.id, // an index into them
    seat: bid.seat,
    price_cpm: amount(formatCpmNano(price_nano)),
    currency,
    price: bidPrice(context, bid),
    cost_cpm: amount(formatCpmNano(bid.charge.cost_nano)),
    cost_currency: orderOf(engine, line_item).currency,
  }
}

/** `8.50 EUR × 1.08 = 9.18 USD ≥ floor 1.20 USD`; a fixed-price deal ends in its own price. */
function bidPrice(context: Context, { candidate, creative, price_nano, currency, deal }: Bid): string {
  const { engine, selection, answers } = context
  const { snapshot, rates } = engine
  const position = selection.candidates.indexOf(candidate)
  const value = value_nano(snapshot, candidate.line_item, position, answers)
  if (typeof value === 'string') return money(price_nano, currency) // a bid has a value; nothing more can be said
  const { currency: own } = orderOf(engine, candidate.line_item)
  const offered = rates.convert(value, own, currency, selection.now_ms, 'down') ?? price_nano
  const sum = priceSum(context, candidate.line_item, position, offered, currency)
  const asked = deal === null ? null : engine.dealTerm(selection.exchange, candidate.imp.deals[deal]!.id)
  const known = asked === null ? undefined : snapshot.dealOfTerm.get(asked)
  const ours = known && known.floor_nano > 0 ? { nano: known.floor_nano, currency: known.currency } : null
  const floor = floorOf(candidate, deal, ours, snapshot.creative.duration_s[creative]!) // a row of the table
  const needed =
    floor.nano === 0 ? 0 : (rates.convert(floor.nano, floor.currency, currency, selection.now_ms, 'up') ?? 0)
  const foreign = floor.currency !== currency && floor.nano > 0 ? ` (${money(floor.nano, floor.currency)})` : ''
  const against =
    needed === 0 ? ', no floor' : ` ${compared(offered, needed)} floor ${money(needed, currency)}${foreign}`
  return `${sum}${against}${price_nano === offered ? '' : `, fixed price of the deal: ${money(price_nano, currency)}`}`
}

/** From the bid of the YAML to a price in the currency of the exchange. */
function priceSum(
  context: Context,
  lineItem: number,
  position: number,
  offered_nano: number,
  currency: string,
): string {
  const { engine, answers, selection } = context
  const { line_item } = engine.snapshot
  const { currency: own } = orderOf(engine, lineItem)
  const value = value_nano(engine.snapshot, lineItem, position, answers)
  const worth = typeof value === 'string' ? value : money(value, own)
  const steps = [line_item.bid_kind[lineItem] === CPM ? worth : predicted(context, lineItem, position, worth)]
  if (own === currency) return steps.join(' ')
  const unit = 1_000_000_000
  const rate = engine.rates.convert(unit, own, currency, selection.now_ms, 'down')
  if (rate !== null) steps.push(`× ${formatNano(BigInt(rate))} = ${money(offered_nano, currency)}`)
  return steps.join(' ')
}

/** `0.80 EUR a click × 1000 × pCTR 0.0123 = 9.84 EUR, at most max_cpm 6.00 EUR`. */
function predicted({ engine, answers }: Context, lineItem: number, position: number, worth: string): string {
  const { line_item } = engine.snapshot
  const isClick = BID_KINDS[line_item.bid_kind[lineItem]!] === 'cpc'
  const bid = line_item.bid_nano[lineItem]!
  const { currency } = orderOf(engine, lineItem)
  const chance = (model: number) => answers.predictions.get(model)?.[position] ?? Number.NaN
  const short = (probability: number) => Number(probability.toPrecision(4))
  const click = chance(line_item.ctr_model[lineItem]!)
  const conversion = isClick ? 1 : chance(line_item.cvr_model[lineItem]!)
  const factors = isClick
    ? `a click × 1000 × pCTR ${short(click)}`
    : `a conversion × 1000 × pCTR ${short(click)} × pCVR ${short(conversion)}`
  const sum = `${amount(formatNano(BigInt(bid)))} ${currency} ${factors}`
  const exact = Math.floor(bid * click * conversion)
  if (!(exact > line_item.max_nano[lineItem]!)) return `${sum} = ${worth}`
  return `${sum} = ${money(exact, currency)}, at most max_cpm ${worth}`
}

const compared = (a: number, b: number): string => (a < b ? '<' : a === b ? '=' : '>')
/** Nano per impression as CPM: `9.18 USD`. */
const money = (nano: number, currency: string): string => `${amount(formatCpmNano(nano))} ${currency}`
/** At least two decimals, as prices are written. */
const amount = (text: string): string => {
  const [whole = '', fraction = ''] = text.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}

const lineItemName = ({ snapshot }: Engine, lineItem: number): string =>
  snapshot.strings.get(snapshot.line_item.id_str[lineItem]!) // fates and candidates name rows of the table

function orderOf({ snapshot }: Engine, lineItem: number) {
  const campaign = snapshot.line_item.campaign[lineItem]!
  return snapshot.meta.orders[snapshot.campaign.order[campaign]!]! // references between tables of one snapshot
}

function bidCurrencyOf({ engine, selection }: Context): string {
  const exchange = engine.snapshot.exchangeByName.get(selection.exchange)
  return (exchange && bidCurrency(exchange, selection.auction.currencies)) ?? 'USD' // an offer was made, so there is one
}

function spot(debug: DebugMap | null, at: DebugSpot | undefined): string | null {
  return debug && at ? `${debug.files[at[0]]}:${at[1]}:${at[2]}` : null
}
