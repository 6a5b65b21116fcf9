/** Rule "Fit" 5: which creatives of a line item may fill a slot. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { APIS, CREATIVE_ATTRIBUTES } from '@flightplan/contract/schema/values.ts'
import type { Ask, Slot } from './ask.ts'
import { exactDurations, longest, ratios, sizes } from './attributes/slot.ts'
import { first, list, number, numbers, type Tree, text, texts, tree } from './lenient.ts'
import { assetsFit } from './native.ts'
import { taxonomyOf, withParents } from './taxonomy.ts'
import { duration_ms, endOfMinute, firstMomentOf } from './time.ts'
import { categoryTerm, type LineItemRules } from './world.ts'

/** A creative under judgement. `format` is the tree below `format.banner` and so on. */
interface Trial {
  ask: Ask
  slot: Slot
  facts: Facts
  item: LineItemRules
  id: string
  creative: Tree
  format: Tree
}

function isActive({ ask, item, creative }: Trial): boolean {
  const active = tree(creative['active'])
  const [from, to] = [text(active['from']), text(active['to'])]
  return (
    (from === null || ask.now_ms >= firstMomentOf(from, item.zone)) &&
    (to === null || ask.now_ms < endOfMinute(to, item.zone))
  )
}

function sizeFits({ ask, slot, creative, format }: Trial): boolean {
  if (!tree(creative['format'])[slot.format]) return false
  if (slot.format !== 'banner') return true
  const [w = 0, h = 0] = (text(format['size']) ?? '').split('x').map(Number)
  return (
    sizes(ask, slot).some(offered => offered.w === w && offered.h === h) ||
    ratios(slot).some(({ wratio, hratio, wmin }) => w * hratio === h * wratio && w >= wmin)
  )
}

/** Seconds that a video or audio creative lasts. */
export function secondsOf(creative: Tree): number | null {
  const format = tree(creative['format'])
  const length_ms = duration_ms(text(tree(first(format['video'], format['audio']))['duration']))
  return length_ms === null ? null : length_ms / 1000
}

type Codes = Readonly<Record<string, readonly number[]>>
const codesOf = (table: Codes, words: readonly string[]) => words.flatMap(word => table[word] ?? [])

/** What it declares, and 16 where the ad itself can be skipped (OpenRTB 2.6 §3.2.7). */
function attributes({ creative, format }: Trial): number[] {
  const declared = codesOf(CREATIVE_ATTRIBUTES, texts(tree(creative['declares'])['attributes']))
  return text(format['skippable']) === 'true' ? [...declared, 16] : declared
}

function attributesFit(trial: Trial): boolean {
  const { slot } = trial
  const blocked = new Set([...numbers(slot.media['battr']), ...numbers(slot.imp['battr'])])
  return !attributes(trial).some(attribute => blocked.has(attribute))
}

/** AdCOM protocol numbers of a VAST version: the document itself, and a wrapper around another one. */
const VAST: Readonly<Record<string, readonly [number, number]>> = {
  '2.0': [2, 5],
  '3.0': [3, 6],
  '4.0': [7, 8],
  '4.1': [11, 12],
  '4.2': [13, 14],
  '4.3': [15, 16],
}

function timedFits({ slot: { media }, creative, format }: Trial): boolean {
  const mimes = [...texts(format['mimes']), ...list(format['media']).flatMap(file => texts(tree(file)['mime']))]
  const offeredMimes = texts(media['mimes']).map(mime => mime.toLowerCase())
  const wrapped = text(format['vast_tag']) !== null
  const protocol = VAST[text(format['vast']) ?? '3.0']?.[wrapped ? 1 : 0] ?? 0
  const protocols = numbers(first(media['protocols'], media['protocol']))
  const seconds = secondsOf(creative) ?? 0
  const exact = exactDurations(media)
  const min = number(media['minduration']) ?? 0
  const max = longest(media) ?? Number.POSITIVE_INFINITY
  return (
    (mimes.length === 0 || offeredMimes.length === 0 || mimes.some(mime => offeredMimes.includes(mime))) &&
    (protocols.length === 0 || protocols.includes(protocol)) &&
    (exact.length > 0 ? exact.includes(seconds) : seconds >= min && seconds <= max)
  )
}

function mediaFits(trial: Trial): boolean {
  const { slot, format } = trial
  const offered = numbers(slot.media['api'])
  if (!codesOf(APIS, texts(format['api'])).every(api => offered.includes(api))) return false
  return slot.format === 'video' || slot.format === 'audio' ? timedFits(trial) : true
}

function languageFits({ ask: { request }, item, creative }: Trial): boolean {
  const wanted = [...texts(request['wlang']), ...texts(request['wlangb'])].map(word => word.slice(0, 2).toLowerCase())
  const own = texts(tree(creative['declares'])['languages'])
  const declared = own.length > 0 ? own : texts(item.advertiser['languages'])
  return wanted.length === 0 || declared.length === 0 || declared.some(language => wanted.includes(language))
}

function auditFits({ ask, facts, id, creative }: Trial): boolean {
  const audits = Object.hasOwn(facts.audits, ask.exchange) ? facts.audits[ask.exchange] : undefined
  const verdict = audits && Object.hasOwn(audits, id) ? audits[id] : 'pending'
  if (verdict === 'rejected') return false
  if (text(ask.world.exchanges.get(ask.exchange)?.tree['audit']) !== 'before_bid' || verdict === 'approved') return true
  return texts(tree(creative['audit'])['bid_while_pending']).includes(ask.exchange)
}

/** `secure` absent counts as 1. The schema lets only `tag` hold a URL that is not https. */
function secureFits({ slot, creative }: Trial): boolean {
  return number(slot.imp['secure']) === 0 || !/http:\/\//i.test(text(creative['tag']) ?? '')
}

/** bcat and acat against what the creative declares, else the advertiser's, in the request's taxonomy. */
function categoryFault({ ask, slot, item, creative }: Trial): ReasonName | null {
  const taxonomy = taxonomyOf(ask.request['cattax'])
  const declared = texts(tree(creative['declares'])['categories'])
  const own = (declared.length > 0 ? declared : texts(item.advertiser['categories']))
    .map(category => categoryTerm(category).split(':'))
    .filter(([of]) => Number(of) === taxonomy)
    .flatMap(([, id = '']) => withParents(taxonomy, id))
  const blocked = [...texts(ask.request['bcat']), ...texts(slot.imp['bcat'])]
  const allowed = texts(ask.request['acat'])
  if (blocked.length + allowed.length > 0 && own.length === 0) return 'category_taxonomy'
  if (blocked.some(id => own.includes(id))) return 'blocked_category'
  return allowed.length > 0 && !allowed.some(id => own.includes(id)) ? 'blocked_category' : null
}

function appFits({ ask: { request }, item: { advertiser } }: Trial): boolean {
  const bundle = text(advertiser['bundle'])
  return bundle === null || !texts(request['bapp']).includes(bundle)
}

type Check = (trial: Trial) => ReasonName | null
const check =
  (reason: ReasonName, fits: (trial: Trial) => boolean): Check =>
  trial =>
    fits(trial) ? null : reason

const CHECKS: readonly Check[] = [
  check('creative_shape', sizeFits),
  check('creative_inactive', isActive),
  check('creative_attribute', attributesFit),
  categoryFault,
  check('blocked_app', appFits),
  check('creative_media', mediaFits),
  check('creative_assets', ({ slot, format, item: { advertiser } }) => {
    const brand = text(advertiser['brand']) ?? text(advertiser['name']) ?? ''
    return slot.format !== 'native' || assetsFit(slot.media, format, brand)
  }),
  check('creative_language', languageFits),
  check('creative_audit', auditFits),
  check('creative_secure', secureFits),
]

/** The first rule that a creative breaks, or null: it fits. */
export function creativeFault(ask: Ask, slot: Slot, facts: Facts, item: LineItemRules, id: string): ReasonName | null {
  const creative = ask.world.creatives.get(id) ?? {}
  const trial: Trial = { ask, slot, facts, item, id, creative, format: tree(tree(creative['format'])[slot.format]) }
  for (const judge of CHECKS) {
    const fault = judge(trial)
    if (fault) return fault
  }
  return null
}
