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

const nameBytes = ({ exchange, lineItem, creative, advertiser }: TokenClaims): number =>
  4 +
  Buffer.byteLength(exchange) +
  Buffer.byteLength(lineItem) +
  Buffer.byteLength(creative) +
  Buffer.byteLength(advertiser)

function encode(claims: TokenClaims): Buffer {
  const out = Buffer.allocUnsafe(FIXED_BYTES + nameBytes(claims))
  const flags =
    BILLED_BY.indexOf(claims.billedBy) |
    (claims.test ? 4 : 0) |
    (claims.deal ? 8 : 0) |
    (FORMATS.indexOf(claims.format) << 4)
  let at = out.writeUInt8(VERSION)
  at = out.writeUInt8(flags, at)
  at = out.writeBigUInt64BE(claims.nonce, at)
  at += out.write(claims.release.padEnd(16, '0'), at, 8, 'hex')
  at += out.write(claims.facts.padEnd(16, '0'), at, 8, 'hex')
  at = out.writeUIntBE(claims.issued_ms, at, 6)
  at = out.writeUInt16BE(claims.day, at)
  at = out.writeDoubleBE(claims.price_nano, at)
  at += out.write(claims.currency, at, 3, 'latin1')
  at = out.writeDoubleBE(claims.cost_nano, at)
  at = out.writeBigUInt64BE(claims.auction, at)
  at = out.writeBigUInt64BE(claims.user, at)
  at += out.write(claims.orderCurrency, at, 3, 'latin1')
  for (const name of [claims.exchange, claims.lineItem, claims.creative, claims.advertiser])
    at = writeName(out, name, at)
  return out
}

function writeName(out: Buffer, name: string, at: number): number {
  const bytes = out.write(name, at + 1)
  if (bytes > MAX_NAME_BYTES) throw new RangeError(`"${name}" is longer than ${MAX_NAME_BYTES} bytes`)
  out.writeUInt8(bytes, at)
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
