/**
 * Whether an exchange would take an answer: structure, echoes, price, blocks, markup. Reads the raw request itself, as
 * leniently as exchanges write; shares no code with the engine. OpenRTB 2.6 §2.1, §4.2, and what exchanges check.
 */
import { has, list, number, type Tree, text, texts, tree } from '../oracle/lenient.ts'
import * as blocks from './blocks.ts'
import * as markup from './markup.ts'
import { price } from './money.ts'
import { native } from './native.ts'
import { echoed } from './personal.ts'
import { setFaults } from './pods.ts'
import { type Asked, bannerSizes, type Check, fitsRatio, isTimed, MTYPES, type Scene } from './scene.ts'
import { shapeFaults } from './shape.ts'

/** Faults of an answer; empty: none. @param body '' where there is none */
export function checkAnswer(asked: Asked, status: number, body: string): string[] {
  const malformed = isMalformed(asked.request)
  if (status === 400) return [...when(!malformed, '400 to a whole request'), ...when(body !== '', '400 with a body')]
  if (malformed) return [`${status} to a malformed request`]
  if (status === 204)
    return [...when(body !== '', '204 with a body'), ...when(speaks(asked), '204 where 200 is agreed')]
  if (status !== 200) return [`status ${status}`]
  const answer = parse(body)
  if (!has(answer)) return ['the body is no JSON object']
  return responseFaults(asked, tree(answer), body)
}

const when = (isFaulty: boolean, fault: string): string[] => (isFaulty ? [fault] : [])

/** The exchange wants its no-bids as 200. */
const speaks = ({ exchange }: Asked): boolean => number(tree(exchange['protocol'])['no_bid']) === 200

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** What 400 is for: no JSON object, no `id`, no imps. A no-bid is legal for all else. */
function isMalformed(request: unknown): boolean {
  const { id, imp } = tree(request)
  return (
    !has(request) || !['string', 'number'].includes(typeof id) || id === '' || !Array.isArray(imp) || imp.length === 0
  )
}

function responseFaults(asked: Asked, answer: Tree, body: string): string[] {
  const request = tree(asked.request)
  const faults = shapeFaults('BidResponse', answer)
  if (answer['id'] !== String(request['id'])) faults.push('id is not that of the request')
  const seats = list(answer['seatbid']).map(tree)
  if (seats.length === 0) return [...faults, ...when(!Number.isInteger(answer['nbr']), 'a no-bid without nbr')]
  const bids = seats.flatMap(seat => list(seat['bid']).map(bid => ({ bid: tree(bid), seat: text(seat['seat']) ?? '' })))
  faults.push(...seats.flatMap(seat => shapeFaults('SeatBid', seat)), ...currencyFaults(request, answer))
  faults.push(
    ...setFaults(
      request,
      bids.map(({ bid }) => bid),
    ),
  )
  const currency = text(answer['cur']) ?? 'USD'
  for (const { bid, seat } of bids) faults.push(...bidFaults({ asked, request, currency, seat, bid }))
  const personal = echoed(request, body)
  return personal === undefined ? faults : [...faults, `echoes ${personal}`]
}

/** `cur` absent in the request: USD (openrtb.md §6, §9). */
function currencyFaults(request: Tree, answer: Tree): string[] {
  const allowed = texts(request['cur']).map(code => code.toUpperCase())
  const cur = text(answer['cur'])
  if (cur === null) return ['no cur']
  return when(!(allowed.length === 0 ? ['USD'] : allowed).includes(cur), `cur ${cur} is not among ${allowed}`)
}

function bidFaults(of: Omit<Scene, 'imp' | 'format' | 'media'>): string[] {
  const { request, bid } = of
  const faults = shapeFaults('Bid', bid)
  const imps = list(request['imp']).map(tree)
  const imp = imps.find(({ id }) => text(id) === text(bid['impid']))
  if (!imp) return [...faults, `impid ${text(bid['impid'])} is no imp of the request`]
  const format = MTYPES[number(bid['mtype']) as keyof typeof MTYPES] // undefined where it is no key
  if (!format || !has(imp[format])) return [...faults, `mtype ${text(bid['mtype'])} is no media type of the imp`]
  const scene: Scene = { ...of, imp, format, media: tree(imp[format]) }
  return [...faults, ...CHECKS.flatMap(check => check(scene) ?? [])]
}

const required: Check = ({ asked, bid, seat }) => {
  const missing = ['crid', 'cid'].find(key => text(bid[key]) === null)
  if (missing) return `no ${missing}`
  const [domains, most] = [texts(bid['adomain']), number(tree(asked.exchange['requires'])['adomain_max']) ?? 1]
  if (domains.length === 0 || domains.length > most) return `${domains.length} domains in adomain`
  if (domains.some(domain => !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain))) return `adomain ${domains} is no domain`
  return seat === '' ? 'no seat' : null
}

/** What this exchange insists on, where the format has such a thing. */
const insisted: Check = scene => {
  const { asked, bid, format } = scene
  const applies: Record<string, boolean> = {
    w: format === 'banner',
    h: format === 'banner',
    dur: isTimed(scene),
    attr: false, // a creative without attributes has none to name
    language: false, // likewise
  }
  const missing = texts(tree(asked.exchange['requires'])['bid']).find(
    key => (applies[key] ?? true) && bid[key] === undefined,
  )
  return missing === undefined ? null : `no ${missing}, which the exchange requires`
}

const size: Check = scene => {
  if (scene.format !== 'banner') return null
  const own = { w: number(scene.bid['w']) ?? 0, h: number(scene.bid['h']) ?? 0 }
  const offered = bannerSizes(scene).some(({ w, h }) => w === own.w && h === own.h)
  return offered || fitsRatio(scene, own) ? null : `size ${own.w}x${own.h} is not offered`
}

/** Only in a dynamic pod (implementation guide §7.6). */
const pod: Check = ({ bid, media }) =>
  bid['slotinpod'] !== undefined && number(media['poddur']) === null ? 'slotinpod outside of a dynamic pod' : null

const CHECKS: readonly Check[] = [
  ...[required, insisted, size, pod, price, native],
  ...Object.values(blocks),
  ...[markup.isWhole, markup.secure, markup.macros, markup.duration, markup.vast],
]
