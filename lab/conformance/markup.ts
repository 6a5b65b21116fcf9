/** The markup of a bid: complete, https, without macros of ours left; VAST that a player reads. */
import { number, numbers, text, texts, tree } from '../oracle/lenient.ts'
import { type Check, isTimed, type Scene } from './scene.ts'
import { type Element, elements, parseXml } from './xml.ts'

/** OpenRTB 2.6 §4.4. All others in braces are ours, and must be gone. */
const SUBSTITUTED = new Set(
  [
    ...['ID', 'BID_ID', 'IMP_ID', 'SEAT_ID', 'AD_ID', 'PRICE', 'CURRENCY', 'MBR', 'LOSS', 'MIN_TO_WIN'],
    ...['MULTIPLIER', 'IMP_TS', 'DISCOUNT_PCT', 'DISCOUNT_CPM'],
  ].map(name => `AUCTION_${name}`),
)

const textsOf = ({ bid }: Scene): string[] => ['adm', 'nurl', 'burl', 'lurl'].flatMap(key => text(bid[key]) ?? [])

export const macros: Check = scene => {
  const ours = text(tree(scene.asked.exchange['price'])['macro']) ?? '${AUCTION_PRICE}'
  for (const written of textsOf(scene))
    for (const [whole, name = ''] of written.matchAll(/(?:\$|%24)(?:\{|%7[bB])([A-Za-z_]*)[^}]{0,40}\}?/g)) {
      if (!SUBSTITUTED.has(name)) return `macro ${whole} is left`
      if (name === 'AUCTION_PRICE' && whole !== ours) return `${whole} is not the price macro ${ours}`
    }
  return null
}

export const isWhole: Check = scene => {
  const { bid } = scene
  if (text(bid['adm']) === null) return 'no adm'
  const broken = textsOf(scene).find(written => /\b(undefined|NaN|Infinity)\b|\[object /.test(written))
  if (broken !== undefined) return `a value is missing in ${broken.slice(0, 80)}`
  const url = ['nurl', 'burl', 'lurl'].find(key => bid[key] !== undefined && !URL.canParse(text(bid[key]) ?? ''))
  return url === undefined ? null : `${url} is no URL`
}

/** `secure` absent: unknown, and https always is safe (2.6 §3.2.4). Names of XML namespaces are never fetched. */
export const secure: Check = ({ imp, bid }) => {
  if (number(imp['secure']) === 0) return null
  const fetched = (text(bid['adm']) ?? '').replace(/\sxmlns(:\w+)?="[^"]*"/g, '')
  return /http(:|%3a)(\/|\\\/|%2f)/i.test(fetched) ? 'http:// in the markup of a secure imp' : null
}

/** AdCOM protocols by VAST version: the document itself, and a wrapper. */
const PROTOCOLS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['2.0', [2, 5]],
  ['3.0', [3, 6]],
  ['4.0', [7, 8]],
  ['4.1', [11, 12]],
  ['4.2', [13, 14]],
  ['4.3', [15, 16]],
])

export const vast: Check = scene => {
  if (!isTimed(scene)) return null
  const root = parseXml(text(scene.bid['adm']) ?? '')
  if (typeof root === 'string') return `VAST is not well-formed: ${root}`
  const isWrapper = elements(root, 'Wrapper').length > 0
  const protocol = PROTOCOLS.get(root.attributes.get('version') ?? '')?.[isWrapper ? 1 : 0]
  if (root.name !== 'VAST' || protocol === undefined) return 'the root is no VAST of a known version'
  if (number(scene.bid['protocol']) !== protocol) return `protocol is not ${protocol}, as the VAST is`
  if (elements(root, 'Impression').every(({ text }) => !URL.canParse(text))) return 'no Impression with a URL'
  return playFault(scene, root, protocol) ?? (isWrapper ? wrapperFault(root) : inlineFault(scene, root))
}

function playFault({ media, bid }: Scene, root: Element, protocol: number): string | null {
  const offered = numbers(media['protocols'] ?? media['protocol'])
  if (offered.length > 0 && !offered.includes(protocol)) return `protocol ${protocol} is not offered`
  const skippable = elements(root, 'Linear').some(({ attributes }) => attributes.has('skipoffset'))
  return skippable && !numbers(bid['attr']).includes(16) ? 'skippable without attribute 16' : null
}

const wrapperFault = (root: Element): string | null =>
  elements(root, 'VASTAdTagURI').some(({ text }) => URL.canParse(text)) ? null : 'a wrapper without a tag'

function inlineFault({ media, bid }: Scene, root: Element): string | null {
  const [duration] = elements(root, 'Duration').map(({ text }) => /^(\d\d):(\d\d):(\d\d)(?:\.\d{3})?$/.exec(text))
  const [, hours, minutes, seconds] = duration?.map(Number) ?? []
  const total = (hours ?? Number.NaN) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  if (total !== number(bid['dur'])) return `dur ${text(bid['dur'])} is not the ${total} s of the VAST`
  const mimes = elements(root, 'MediaFile').map(({ attributes }) => attributes.get('type') ?? '')
  const offered = texts(media['mimes']).map(mime => mime.toLowerCase())
  return offered.length === 0 || mimes.some(mime => offered.includes(mime)) ? null : `no media file of ${offered}`
}

/** Within minduration and maxduration, which maxextended stretches, or one of rqddurs (2.6 §3.2.7). */
export const duration: Check = scene => {
  if (!isTimed(scene)) return null
  const { media, bid } = scene
  const seconds = number(bid['dur'])
  if (seconds === null || seconds <= 0) return 'no dur'
  const exact = numbers(media['rqddurs'])
  const extended = number(media['maxextended']) ?? 0
  const stated = extended < 0 ? null : number(media['maxduration'])
  const [least, most] = [number(media['minduration']) ?? 0, stated ? stated + extended : Number.POSITIVE_INFINITY]
  const fits = exact.length > 0 ? exact.includes(seconds) : seconds >= least && seconds <= most
  return fits ? null : `dur ${seconds} is not within what the imp takes`
}
