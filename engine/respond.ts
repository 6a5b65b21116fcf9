/**
 * A decision → OpenRTB BidResponse text. Strict emit (openrtb.md §3, §9): every bid carries id, impid, price, adomain,
 * crid, cid, cat, mtype, size or duration and attr; `cur` is explicit. The markup was JSON-escaped by the compiler, so the
 * answer is put together from text; only what came from the request is escaped here.
 */
import { FORMATS, MACRO_BIT, MACROS, type Macro, NONE } from '@flightplan/contract/snapshot.ts'
import type { Engine } from './decide.ts'
import type { ExchangeRules } from './exchange.ts'
import { nativeMarkup } from './native.ts'
import type { Bid, Decision } from './types.ts'

/** What the shell mints for one bid: ids and signed URLs. None needs JSON escaping. */
export interface BidLinks {
  bidId: string
  nurl: string | null
  burl: string | null
  lurl: string | null
  clickUrl: string
  billingUrl: string
}

/** @param links for the n-th bid of the decision */
export function respond(
  engine: Engine,
  decision: Decision,
  bidResponseId: string,
  links: (bid: Bid, n: number) => BidLinks,
): string {
  const { auction } = decision.selection
  const exchange = engine.snapshot.exchangeByName.get(decision.selection.exchange)! // bids come from known exchanges
  const seats = new Map<string, string[]>()
  decision.bids.forEach((bid, n) => {
    const text = bidText(engine, decision, exchange, bid, links(bid, n))
    const ofSeat = seats.get(bid.seat)
    if (ofSeat) ofSeat.push(text)
    else seats.set(bid.seat, [text])
  })
  const seatbid = [...seats].map(([seat, bids]) => `{"bid":[${bids.join(',')}],"seat":${quoted(seat)}}`)
  const currency = decision.bids[0]?.currency ?? exchange.bidCurrency
  return `{"id":${quoted(auction.id)},"bidid":"${bidResponseId}","cur":"${currency}","seatbid":[${seatbid.join(',')}]}`
}

function bidText(engine: Engine, decision: Decision, exchange: ExchangeRules, bid: Bid, links: BidLinks): string {
  const { creative: table, strings } = engine.snapshot
  const { creative, candidate } = bid
  const { imp, slot } = candidate
  let out = `{"id":"${links.bidId}","impid":${quoted(imp.id)},"price":${cpmText(bid.price_nano)}`
  if (links.nurl) out += `,"nurl":"${links.nurl}"`
  if (links.burl) out += `,"burl":"${links.burl}"`
  if (links.lurl) out += `,"lurl":"${links.lurl}"`
  out += fixedPart(engine, bid)
  out += `,"adm":"${markup(engine, decision, exchange, bid, links)}"`
  if (slot.format === 'banner' || slot.format === 'video') {
    // A VAST tag of ours may not say a size; then the player's own is what it fills.
    const w = table.w[creative]! || (slot.format === 'video' ? slot.w : 0)
    const h = table.h[creative]! || (slot.format === 'video' ? slot.h : 0)
    if (w > 0 && h > 0) out += `,"w":${w},"h":${h}`
  }
  if (bid.deal !== null) out += `,"dealid":${quoted(imp.deals[bid.deal]!.id)}`
  if (imp.exp_s !== null && imp.exp_s > 0) out += `,"exp":${imp.exp_s}`
  const bundle = table.bundle_str[creative]!
  if (bundle !== NONE) out += `,"bundle":${quoted(strings.get(bundle))}`
  return `${out}${dsaPart(engine, decision, exchange, bid)}}`
}

/** What is the same in every bid with this creative and campaign, kept as text. */
function fixedPart(engine: Engine, bid: Bid): string {
  const parts = engine.snapshot.fixedParts
  const key = bid.charge.campaign * 4_294_967_296 + bid.creative
  let part = parts.get(key)
  if (part === undefined) {
    part = writeFixedPart(engine, bid)
    parts.set(key, part)
  }
  return part
}

function writeFixedPart({ snapshot }: Engine, bid: Bid): string {
  const { creative: table, strings, string_lists, meta, campaign } = snapshot
  const { creative } = bid
  const advertiser = meta.advertisers[table.advertiser[creative]!]!
  const at = table.categories_at[creative]!
  const categories = Array.from(string_lists.subarray(at, at + table.categories_n[creative]!), id => strings.get(id))
  // `cat` is read in one taxonomy, `cattax`: the one that most exchanges still ask for, Content 1.0, when we have it.
  const taxonomy = categories.some(category => category.startsWith('1:')) ? '1' : (categories[0]?.split(':')[0] ?? '1')
  const ids = categories.filter(category => category.startsWith(`${taxonomy}:`)).map(category => category.split(':')[1])
  const seconds = table.duration_s[creative]!
  const attributes = bits(table.attributes[creative]!)
  const protocol = bits(table.protocols[creative]!)[0]
  const apis = bits(table.apis[creative]!)
  const languageAt = table.languages_at[creative]!
  const fields: Record<string, unknown> = {
    adomain: [advertiser.domain],
    cid: strings.get(campaign.id_str[bid.charge.campaign]!),
    crid: strings.get(table.id_str[creative]!),
    cat: ids,
    cattax: Number(taxonomy),
    mtype: [1, 2, 4, 3][table.format[creative]!], // AdCOM markup type: 1 banner, 2 video, 3 audio, 4 native
    ...(attributes.length > 0 && { attr: attributes }),
    ...(apis.length > 0 && { apis }),
    ...(protocol !== undefined && { protocol }),
    ...(seconds > 0 && { dur: seconds }),
    ...(table.languages_n[creative]! > 0 && { language: strings.get(string_lists[languageAt]!) }),
  }
  return `,${JSON.stringify(fields).slice(1, -1)}`
}

function bits(mask: number): number[] {
  const out: number[] = []
  for (let n = 1; n < 32; n++) if (mask & (1 << n)) out.push(n)
  return out
}

/** DSA transparency (regs.ext.dsa): who paid, on whose behalf. */
function dsaPart({ snapshot }: Engine, { selection }: Decision, exchange: ExchangeRules, bid: Bid): string {
  const { dsa } = snapshot.meta.advertisers[snapshot.campaign.advertiser[bid.charge.campaign]!]!
  const asked = (selection.auction.regs.dsa ?? 0) >= 1
  if (!dsa || exchange.dsa === 'never' || !(asked || exchange.dsa === 'always')) return ''
  return `,"ext":{"dsa":${JSON.stringify({ behalf: dsa.behalf, paid: dsa.paid_by, adrender: 1 })}}`
}

/** As JSON.stringify, without it for the plain ids that nearly all are. */
function quoted(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < SPACE || code === QUOTE || code === BACKSLASH || code >= DELETE) return JSON.stringify(text)
  }
  return `"${text}"`
}

const [SPACE, QUOTE, BACKSLASH, DELETE] = [32, 34, 92, 127]

/** Nano per impression → CPM as JSON number text, exact: 12300 → `0.0123`. */
export function cpmText(nano: number): string {
  const whole = Math.floor(nano / 1_000_000)
  let rest = nano - whole * 1_000_000
  if (rest === 0) return String(whole)
  let digits = 6
  for (; rest % 10 === 0; rest /= 10) digits--
  return `${whole}.${String(rest).padStart(digits, '0')}`
}

/** The creative's markup with its macros filled in, JSON-escaped. */
function markup(engine: Engine, decision: Decision, exchange: ExchangeRules, bid: Bid, links: BidLinks): string {
  const { templates, strings, creative } = engine.snapshot
  const value = macroValues(engine, decision, exchange, bid, links)
  if (FORMATS[creative.format[bid.creative]!] === 'native') return nativeMarkup(engine, bid, value)
  const at = creative.template[bid.creative]!
  let out = ''
  for (let i = 1; i <= templates[at]!; i++) {
    const piece = templates[at + i]!
    out += piece >= MACRO_BIT ? value(MACROS[piece - MACRO_BIT]!) : strings.get(piece)
  }
  return out
}

export type MacroValues = (macro: Macro) => string

function macroValues(
  { snapshot }: Engine,
  { selection }: Decision,
  exchange: ExchangeRules,
  bid: Bid,
  links: BidLinks,
): MacroValues {
  const { strings, line_item, campaign, creative } = snapshot
  const { candidate, charge } = bid
  return macro => {
    switch (macro) {
      case 'CLICK_URL':
        return links.clickUrl
      case 'CLICK_URL_ENC':
        return encodeURIComponent(links.clickUrl)
      case 'BILLING_URL':
        return links.billingUrl
      case 'CACHEBUSTER':
        return links.bidId
      case 'EXCHANGE':
        return exchange.id
      case 'CAMPAIGN_ID':
        return encodeURIComponent(strings.get(campaign.id_str[charge.campaign]!))
      case 'LINE_ITEM_ID':
        return encodeURIComponent(strings.get(line_item.id_str[candidate.line_item]!))
      case 'CREATIVE_ID':
        return encodeURIComponent(strings.get(creative.id_str[bid.creative]!))
      case 'AUCTION_ID_ENC':
        return encodeURIComponent(selection.auction.id.toWellFormed())
      case 'IMP_ID_ENC':
        return encodeURIComponent(candidate.imp.id.toWellFormed())
      case 'PRICE_MACRO':
        return exchange.priceMacro
      case 'DEVICE_W':
        return String(selection.auction.device.w)
      case 'DEVICE_H':
        return String(selection.auction.device.h)
    }
  }
}
