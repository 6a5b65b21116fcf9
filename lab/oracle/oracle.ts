/**
 * The oracle: says, from the parsed YAML and docs/bid-rules.md alone, what may bid on a request, at what price, and who
 * wins. It shares no code with the compiler and the engine, so that agreement with them means something. It is slow on
 * purpose: every line item is walked for every slot.
 */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { type Ask, FORMAT_ORDER, type Format, impsOf, slotsOf, USES } from './ask.ts'
import { Ledger, media_nano } from './authority.ts'
import { type Ads, type Bid, type Break, choose, type Winner } from './choose.ts'
import { secondsOf } from './creative.ts'
import { type Fit, fitOf } from './fit.ts'
import { list, number, type Tree, text, texts, tree } from './lenient.ts'
import { bidsOf, type Predict, type Pricing, price_nano } from './offer.ts'
import { type Verdict, verdictOn } from './policy.ts'
import { type Fraction, fraction, maxCpm, rate, times } from './price.ts'
import { duration_ms } from './time.ts'
import type { World } from './world.ts'

export const MAX_CANDIDATES = 64

export interface Eligible {
  line_item: string
  slot: Format
  /** All that fit; which one is shown is the rotation's choice. */
  creatives: string[]
  /** Of the first creative, in the bid currency, before floors; null: it cannot be priced. */
  price_nano: bigint | null
  /** Our ids of the deals that it may buy here. */
  deals: string[]
}
export interface Skipped {
  line_item: string
  slot: Format
  reason: ReasonName
}
export interface ImpJudgement {
  /** Position in the request's `imp`. */
  index: number
  id: string
  eligible: Eligible[]
  skipped: Skipped[]
  winners: Winner[]
}
export interface Judgement {
  /** Why there is no bid at all; null: see `imps`. */
  reason: ReasonName | 'policy_denied' | null
  /** What the policy says; null: it was not asked. */
  verdict: Verdict | null
  currency: string | null
  imps: ImpJudgement[]
}
export interface JudgeOptions {
  predict?: Predict
  /** Names in our profile store that the user has. */
  profiles?: ReadonlySet<string>
  /** Which of the creatives that fit is shown. The rotation's hash is the engine's own; by default the first is. */
  draw?: (imp: string, lineItem: string, slot: Format, creatives: readonly string[]) => string
}

function inTime(request: Tree, exchange: Tree): boolean {
  const deadline = tree(exchange['deadline'])
  const tmax = number(request['tmax']) ?? duration_ms(text(deadline['default'])) ?? 100
  return tmax - (duration_ms(text(deadline['network'])) ?? 20) - (duration_ms(text(deadline['headroom'])) ?? 5) > 0
}

/** The currency of the bids, or null when the exchange takes none that we bid in. */
function bidCurrency(request: Tree, exchange: Tree): string | null {
  const stated = texts(request['cur']).map(currency => currency.toUpperCase())
  const accepted = stated.length > 0 ? stated : ['USD']
  const { bid, request: known } = tree(exchange['currencies'])
  const own = text(bid) ?? ''
  return accepted.includes(own) ? own : (accepted.find(currency => texts(known).includes(currency)) ?? null)
}

function requestFault(ask: Ask): ReasonName | null {
  const { request, world } = ask
  const exchange = world.exchanges.get(ask.exchange)
  if (!exchange) return 'unknown_exchange'
  if (text(request['id']) === null || list(request['imp']).length === 0) return 'invalid_request'
  if (text(exchange.tree['status']) === 'stopped') return 'exchange_stopped'
  if (impsOf(request).length === 0) return 'no_imp'
  return inTime(request, exchange.tree) ? null : 'deadline'
}

/** The order of the cut: tier, highest possible price in the planning currency, id, slot. */
function planned(world: World, { item, slot }: Fit): [number, Fraction, string, number] {
  const rates = tree(world.flightplan['planning_rates'])
  const perUnit = text(rates[text(item.order['currency']) ?? '']) ?? '1'
  const bid = tree(item.tree['bid'])
  const [cpm, cap] = [text(bid['cpm']), maxCpm(item)]
  const lesser = cpm !== null && (cap === null || Number(cpm) < Number(cap)) ? cpm : (cap ?? '0')
  return [item.priority, times(fraction(lesser), fraction(perUnit)), item.id, FORMAT_ORDER.indexOf(slot.format)]
}

function cutOrder(world: World) {
  return (one: Fit, other: Fit): number => {
    const [a, b] = [planned(world, one), planned(world, other)]
    const price = b[1].num * a[1].den - a[1].num * b[1].den
    if (a[0] !== b[0]) return a[0] - b[0]
    if (price !== 0n) return price > 0n ? 1 : -1
    return a[2] === b[2] ? a[3] - b[3] : a[2] < b[2] ? -1 : 1
  }
}

function candidatesOf(ask: Ask, facts: Facts, imp: Tree): { fits: Fit[]; skipped: Skipped[] } {
  const fits: Fit[] = []
  const skipped: Skipped[] = []
  for (const item of ask.world.line_items)
    for (const slot of slotsOf(imp)) {
      const fit = fitOf(ask, facts, slot, item)
      if (typeof fit === 'string') skipped.push({ line_item: item.id, slot: slot.format, reason: fit })
      else fits.push(fit)
    }
  fits.sort(cutOrder(ask.world))
  for (const { item, slot } of fits.splice(MAX_CANDIDATES))
    skipped.push({ line_item: item.id, slot: slot.format, reason: 'beyond_cut' })
  return { fits, skipped }
}

/** One imp of a request that may be bid on. */
function judgeImp(pricing: Pricing, imp: Tree, ledger: Ledger, draw: NonNullable<JudgeOptions['draw']>): ImpJudgement {
  const { ask, facts, currency } = pricing
  const id = text(imp['id']) ?? ''
  const { fits, skipped } = candidatesOf(ask, facts, imp)
  const offers = new Map<Bid, { fit: Fit; cost: bigint }>()
  for (const fit of fits) {
    const back = rate(facts, currency, text(fit.item.order['currency']) ?? '', ask.now_ms)
    const creative = draw(id, fit.item.id, fit.slot.format, fit.creatives)
    for (const bid of bidsOf(pricing, fit, creative)) {
      const cost = typeof bid === 'string' || back === null ? 0n : Ledger.cost(fit, media_nano(bid, back))
      const fault = typeof bid === 'string' ? bid : ledger.fault(fit, cost)
      if (fault !== null) skipped.push({ line_item: fit.item.id, slot: fit.slot.format, reason: fault })
      else if (typeof bid !== 'string') offers.set(bid, { fit, cost })
    }
  }
  const stated = list(tree(imp['pmp'])['deals']).map(deal => text(tree(deal)['id']))
  const at = (deal: string) => stated.indexOf(text(ask.world.deals.get(deal)?.['deal_id']) ?? deal)
  const deals = [...new Set([...offers.keys()].map(({ deal }) => deal).filter(deal => deal !== null))]
  const winners = choose(
    [...offers.keys()],
    deals.sort((a, b) => at(a) - at(b)),
    breaksOf(imp),
    adsOf(ask.world),
  )
  for (const winner of winners)
    for (const [{ line_item, creative, deal }, { fit, cost }] of offers)
      if (line_item === winner.line_item && creative === winner.creative && deal === winner.deal) ledger.take(fit, cost)
  return {
    index: list(ask.request['imp']).indexOf(imp),
    id,
    eligible: fits.map(fit => eligible(pricing, fit)),
    skipped,
    winners,
  }
}

/** Media that the seller offers by the second (`poddur`), in which several ads may run. */
function breaksOf(imp: Tree): Break[] {
  return slotsOf(imp).flatMap(({ format, media }) => {
    const seconds = Math.trunc(number(media['poddur']) ?? 0)
    const ads = Math.trunc(number(media['maxseq']) ?? 0)
    const isTimed = format === 'video' || format === 'audio'
    return isTimed && seconds > 0 ? [{ format, seconds, ads: ads > 0 ? ads : null }] : []
  })
}

const adsOf = ({ creatives }: World): Ads => ({
  seconds: ({ creative }) => secondsOf(creatives.get(creative) ?? {}) ?? 0,
  advertiser: ({ creative }) => text(creatives.get(creative)?.['advertiser']) ?? '',
})

function eligible(pricing: Pricing, fit: Fit): Eligible {
  const price = price_nano(pricing, fit)
  return {
    line_item: fit.item.id,
    slot: fit.slot.format,
    creatives: fit.creatives,
    price_nano: typeof price === 'string' ? null : price,
    deals: fit.deals.map(deal => deal.id),
  }
}

const none = (reason: Judgement['reason'], verdict: Verdict | null = null): Judgement => {
  return { reason, verdict, currency: null, imps: [] }
}
const POLICY_REASONS: readonly string[] = [
  'privacy',
  'supply_chain',
  'ads_txt',
  'invalid_traffic',
] satisfies ReasonName[]
const isPolicyReason = (name: string | undefined): name is ReasonName => POLICY_REASONS.includes(name ?? '')

/**
 * Judges one raw OpenRTB request (parsed JSON of any shape) as if an exchange had sent it at `now_ms`.
 * @param exchangeId the id of the exchange, as in exchanges/
 */
export function judge(
  world: World,
  facts: Facts,
  exchangeId: string,
  request: unknown,
  now_ms: number,
  {
    predict = () => null,
    profiles = new Set(),
    draw = (_imp, _item, _slot, [creative = '']) => creative,
  }: JudgeOptions = {},
): Judgement {
  const raw: Ask = {
    world,
    exchange: exchangeId,
    request: tree(request),
    now_ms,
    use: new Set(USES),
    rules: new Set(),
    profiles,
  }
  const fault = requestFault(raw)
  if (fault) return none(fault)
  const currency = bidCurrency(raw.request, world.exchanges.get(exchangeId)?.tree ?? {})
  if (currency === null) return none('currency_not_accepted')
  const verdict = verdictOn(raw, facts)
  const [first] = verdict.denied
  if (first !== undefined) return none(isPolicyReason(first) ? first : 'policy_denied', verdict)
  const ask: Ask = { ...raw, use: verdict.use, rules: verdict.rules }
  const ledger = new Ledger()
  const pricing = { ask, facts, currency, predict }
  return { reason: null, verdict, currency, imps: impsOf(raw.request).map(imp => judgeImp(pricing, imp, ledger, draw)) }
}
