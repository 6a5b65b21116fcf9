/**
 * What a notice proves: the bid it is about, signed. A token is `<payload>.<tag>`, both base64url; one HMAC-SHA256 a bid
 * is cut into one tag per kind of notice (2 µs each would be 8), so a win notice's token cannot book a bill.
 * Nothing personal is inside but a keyed hash of the user, and that only when the caller may use the user's id.
 */
import { type KeyObject, timingSafeEqual } from 'node:crypto'
import { FORMATS, type Format } from '@flightplan/contract/snapshot.ts'
import { hash32 } from '@flightplan/engine/hash.ts'
import { hmacSha256 } from './hmac.ts'

export const NOTICE_KINDS = ['win', 'bill', 'loss', 'click'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** What makes the impression billable, as the exchange's YAML says for the format (contract/schema/exchange.ts). */
export const BILLED_BY = ['pixel', 'burl', 'vast_impression', 'imptracker'] as const
export type BilledBy = (typeof BILLED_BY)[number]

export interface TokenClaims {
  /** Unique for each bid; `bid.id` and the key under which an event is counted once. 64 bits. */
  nonce: bigint
  /** First 16 hex digits of the digests of release and facts. */
  release: string
  facts: string
  issued_ms: number
  /** Day of the campaign's budget: days since 1970-01-01 in its zone (engine/event/time.ts `dayOf`). */
  day: number
  /** In nano of `currency`, per impression. */
  price_nano: number
  /** ISO 4217. */
  currency: string
  /** What the bid charged, in nano of the order's currency. */
  cost_nano: number
  /** {@link auctionHash}, and {@link userHash} or 0n for none. */
  auction: bigint
  user: bigint
  billedBy: BilledBy
  /** The request had `test: 1`, or the exchange is a test one: never billable. */
  test: boolean
  deal: boolean
  exchange: string
  /** `campaign/line_item`. */
  lineItem: string
  creative: string
  format: Format
  advertiser: string
  /** ISO 4217, of `cost_nano`. */
  orderCurrency: string
}

/** One token per kind, ready to stand in a URL. */
export type Tokens = Record<NoticeKind, string>

const VERSION = 2
const TAG_BYTES = 8
/** Version and flags, then ten fields of fixed width; the four names follow, each behind its length. */
const FIXED_BYTES = 1 + 1 + 8 + 8 + 8 + 6 + 2 + 8 + 3 + 8 + 8 + 8 + 3
const MAX_NAME_BYTES = 255

/** @throws RangeError when a name is longer than 255 bytes; the compiler's ids are at most 129. */
export function mintTokens(claims: TokenClaims, key: KeyObject): Tokens {
  const payload = encode(claims)
  const text = payload.toString('base64url')
  const mac = hmacSha256(key, payload)
  const tag = (i: number) => `${text}.${mac.toString('base64url', i * TAG_BYTES, (i + 1) * TAG_BYTES)}`
  return { win: tag(0), bill: tag(1), loss: tag(2), click: tag(3) }
}

/** The claims of a token of this kind, or null: altered, of another kind, of another key, or no token at all. */
export function verifyToken(kind: NoticeKind, token: string, key: KeyObject): TokenClaims | null {
  const [, body, tag] = /^([A-Za-z0-9_-]{96,1400})\.([A-Za-z0-9_-]{11})$/.exec(token) ?? []
  if (body === undefined || tag === undefined) return null
  const payload = Buffer.from(body, 'base64url')
  const at = NOTICE_KINDS.indexOf(kind) * TAG_BYTES
  const mac = hmacSha256(key, payload).subarray(at, at + TAG_BYTES)
  // Base64 has unused bits: only the one spelling that we write counts, or one event would have several tokens.
  const isOurs = timingSafeEqual(mac, Buffer.from(tag, 'base64url')) && mac.toString('base64url') === tag
  return isOurs && payload.toString('base64url') === body ? decode(payload) : null
}

/** Where a payload is written, and stays until the next one is. */
const scratch = Buffer.alloc(FIXED_BYTES + 4 * (1 + MAX_NAME_BYTES))
const view = new DataView(scratch.buffer, scratch.byteOffset, scratch.length)
const HIGH = 2 ** 32

function encode(claims: TokenClaims): Buffer {
  scratch[0] = VERSION
  scratch[1] =
    BILLED_BY.indexOf(claims.billedBy) |
    (claims.test ? 4 : 0) |
    (claims.deal ? 8 : 0) |
    (FORMATS.indexOf(claims.format) << 4)
  view.setBigUint64(2, claims.nonce)
  scratch.write(claims.release.padEnd(16, '0'), 10, 8, 'hex')
  scratch.write(claims.facts.padEnd(16, '0'), 18, 8, 'hex')
  view.setUint16(26, Math.floor(claims.issued_ms / HIGH))
  view.setUint32(28, claims.issued_ms % HIGH)
  view.setUint16(32, claims.day)
  view.setFloat64(34, claims.price_nano)
  scratch.write(claims.currency, 42, 3, 'latin1')
  view.setFloat64(45, claims.cost_nano)
  view.setBigUint64(53, claims.auction)
  view.setBigUint64(61, claims.user)
  scratch.write(claims.orderCurrency, 69, 3, 'latin1')
  let at = writeName(claims.exchange, FIXED_BYTES)
  at = writeName(claims.lineItem, at)
  at = writeName(claims.creative, at)
  return scratch.subarray(0, writeName(claims.advertiser, at))
}

function writeName(name: string, at: number): number {
  if (name.length > MAX_NAME_BYTES || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new RangeError(`"${name}" is longer than ${MAX_NAME_BYTES} bytes`)
  const bytes = scratch.write(name, at + 1)
  scratch[at] = bytes
  return at + 1 + bytes
}

/** Only of bytes that our key signed: their layout is ours. Null for a version that this build does not know. */
function decode(payload: Buffer): TokenClaims | null {
  if (payload[0] !== VERSION) return null
  const flags = payload.readUInt8(1)
  const names: string[] = []
  for (let at = FIXED_BYTES; at < payload.length; at += 1 + payload.readUInt8(at))
    names.push(payload.toString('utf8', at + 1, at + 1 + payload.readUInt8(at)))
  const [exchange = '', lineItem = '', creative = '', advertiser = ''] = names
  return {
    nonce: payload.readBigUInt64BE(2),
    release: payload.toString('hex', 10, 18),
    facts: payload.toString('hex', 18, 26),
    issued_ms: payload.readUIntBE(26, 6),
    day: payload.readUInt16BE(32),
    price_nano: payload.readDoubleBE(34),
    currency: payload.toString('latin1', 42, 45),
    cost_nano: payload.readDoubleBE(45),
    auction: payload.readBigUInt64BE(53),
    user: payload.readBigUInt64BE(61),
    orderCurrency: payload.toString('latin1', 69, 72),
    format: FORMATS[(flags >> 4) & 3]!, // likewise
    billedBy: BILLED_BY[flags & 3]!, // two bits, four words
    test: (flags & 4) !== 0,
    deal: (flags & 8) !== 0,
    ...{ exchange, lineItem, creative, advertiser },
  }
}

/** Names the imp of an auction in logs and ledgers without carrying ids of any length; not for security. */
export function auctionHash(auction: string, imp: string): bigint {
  return (BigInt(hash32('a', auction, imp)) << 32n) | BigInt(hash32('b', auction, imp))
}

/** Keyed, so that nobody who sees a token can try out ids; never 0n, which means none. */
export function userHash(id: string, key: KeyObject): bigint {
  const hash = hmacSha256(key, Buffer.from(`user:${id}`)).readBigUInt64BE()
  return hash === 0n ? 1n : hash
}
