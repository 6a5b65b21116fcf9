import { acceptsGzip } from './gzip.ts'
import { type Route, routeOf } from './route.ts'

/** What a request head says, as far as this server cares. One object per socket, overwritten by each request. */
export interface Head {
  route: Route
  contentLength: number
  /** Where the digits of Content-Length lie, counted from the head's start; 0, 0 if the header is absent. */
  lengthFrom: number
  lengthTo: number
  close: boolean
  expectContinue: boolean
  acceptsGzip: boolean
}

/** Refusals of a head: each closes the socket, because where the next request starts is then unknown. */
export type Refusal = 400 | 408 | 413 | 417 | 431 | 501 | 505

/** The headers that matter, while they are gathered; a repeated list header is joined by a comma, as node:http does. */
interface Fields {
  hosts: number
  contentEncoding: string | undefined
  acceptEncoding: string | undefined
}

export function emptyHead(): Head {
  const route: Route = { status: 404, exchange: '', gzip: false }
  return {
    route,
    contentLength: 0,
    lengthFrom: 0,
    lengthTo: 0,
    close: false,
    expectContinue: false,
    acceptsGzip: false,
  }
}

const [HT, LF, CR, SPACE, SLASH, ZERO, COLON] = [9, 10, 13, 32, 47, 48, 58] as const
const MAX_FIELDS = 100

const tableOf = (accepts: (code: number) => boolean) =>
  Uint8Array.from({ length: 256 }, (_, code) => (accepts(code) ? 1 : 0))
const TOKEN = tableOf(code => /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(code)))
const TARGET = tableOf(code => code > SPACE && code < 127 && code !== 35) // a target has no fragment
const VALUE = tableOf(code => code === HT || (code >= SPACE && code !== 127))

// More exist, but a method that node:http refuses must not be taken here.
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
const VERSION = Buffer.from(' HTTP/1.1\r\n')
const VERSION_MAJOR_AT = 6

const HOST = Buffer.from('host')
const EXPECT = Buffer.from('expect')
const CONNECTION = Buffer.from('connection')
const CONTENT_LENGTH = Buffer.from('content-length')
const ACCEPT_ENCODING = Buffer.from('accept-encoding')
const CONTENT_ENCODING = Buffer.from('content-encoding')
const PROXY_CONNECTION = Buffer.from('proxy-connection')
const TRANSFER_ENCODING = Buffer.from('transfer-encoding')

/**
 * Reads the head at `bytes[from..to)`, where `to` is just behind its empty line, into `head`. 0 or the status that refuses.
 * A strict subset of RFC 9112: origin-form targets only, no bare LF, no obs-fold, no Transfer-Encoding, exactly one Host,
 * at most one Content-Length of digits only. What two HTTP parsers could read differently is refused (request smuggling).
 */
export function readHead(bytes: Buffer, from: number, to: number, head: Head): 0 | Refusal {
  const methodTo = bytes.indexOf(SPACE, from)
  const method = methodTo < 0 || methodTo - from > 7 ? '' : bytes.toString('latin1', from, methodTo)
  if (!METHODS.has(method) || bytes[methodTo + 1] !== SLASH) return 400 // absolute, authority, asterisk: no slash
  let at = methodTo + 1
  while (TARGET[bytes[at]!] === 1) at++
  const path = bytes.toString('latin1', methodTo + 1, at)
  for (let i = 0; i < VERSION.length; i++)
    if (bytes[at + i] !== VERSION[i]) return i >= VERSION_MAJOR_AT && i < VERSION.length - 2 ? 505 : 400
  const fields: Fields = { hosts: 0, contentEncoding: undefined, acceptEncoding: undefined }
  const refusal = readFields(bytes, from, at + VERSION.length, to - 2, head, fields)
  if (refusal !== 0) return refusal
  if (fields.hosts !== 1) return 400
  head.route = routeOf(method, path, fields.contentEncoding)
  head.acceptsGzip = acceptsGzip(fields.acceptEncoding)
  return 0
}

/** The lines `bytes[at..end)`; `from` is the head's start. The reads need no bound: every scan stops at the CRLFCRLF. */
function readFields(bytes: Buffer, from: number, at: number, end: number, head: Head, fields: Fields): 0 | Refusal {
  head.contentLength = head.lengthFrom = head.lengthTo = 0
  head.close = head.expectContinue = false
  for (let count = 0; at < end; count++) {
    if (count === MAX_FIELDS) return 431
    const nameFrom = at
    while (TOKEN[bytes[at]!] === 1) at++
    const nameTo = at
    if (nameTo === nameFrom || bytes[at++] !== COLON) return 400
    while (bytes[at] === SPACE || bytes[at] === HT) at++
    const valueFrom = at
    while (VALUE[bytes[at]!] === 1) at++
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return 400
    const refusal = noteField(bytes, from, nameFrom, nameTo, valueFrom, at, head, fields)
    if (refusal !== 0) return refusal
    at += 2
  }
  return 0
}

/** Names are told apart by length first, so that most lines make no string and compare nothing. */
function noteField(
  bytes: Buffer,
  from: number,
  nameFrom: number,
  nameTo: number,
  valueFrom: number,
  valueTo: number,
  head: Head,
  fields: Fields,
): 0 | Refusal {
  switch (nameTo - nameFrom) {
    case 4:
      if (isName(bytes, nameFrom, HOST)) fields.hosts++
      return 0
    case 6:
      if (!isName(bytes, nameFrom, EXPECT)) return 0
      head.expectContinue = true
      return lower(bytes, valueFrom, valueTo) === '100-continue' ? 0 : 417
    case 10:
      if (isName(bytes, nameFrom, CONNECTION)) noteConnection(bytes, valueFrom, valueTo, head)
      return 0
    case 14:
      return isName(bytes, nameFrom, CONTENT_LENGTH) ? noteLength(bytes, from, valueFrom, valueTo, head) : 0
    case 15:
      if (isName(bytes, nameFrom, ACCEPT_ENCODING))
        fields.acceptEncoding = joined(fields.acceptEncoding, lower(bytes, valueFrom, valueTo))
      return 0
    case 16:
      // llhttp obeys Proxy-Connection as if it were Connection.
      if (isName(bytes, nameFrom, PROXY_CONNECTION)) noteConnection(bytes, valueFrom, valueTo, head)
      else if (isName(bytes, nameFrom, CONTENT_ENCODING))
        fields.contentEncoding = joined(fields.contentEncoding, lower(bytes, valueFrom, valueTo))
      return 0
    case 17:
      // Chunked bodies are Envoy's to buffer (its `buffer` filter): one framing only leaves nothing to disagree about.
      return isName(bytes, nameFrom, TRANSFER_ENCODING) ? 501 : 0
  }
  return 0
}

/** Anything but a lone `keep-alive` closes: closing is safe whatever an unknown option means. */
function noteConnection(bytes: Buffer, from: number, to: number, head: Head) {
  if (lower(bytes, from, to) !== 'keep-alive') head.close = true
}

/** RFC 9112 6.3: digits only, once. A second one is refused even if equal; a blank behind it too (llhttp refuses tabs). */
function noteLength(bytes: Buffer, from: number, valueFrom: number, valueTo: number, head: Head): 0 | Refusal {
  if (head.lengthTo !== 0) return 400
  const length = readDigits(bytes, valueFrom, valueTo)
  if (length < 0) return 400
  head.contentLength = length
  head.lengthFrom = valueFrom - from
  head.lengthTo = valueTo - from
  return 0
}

/** 1–9 digits that fill `[from..to)`, or -1; nine stay far above any body limit and far below 2^53. */
export function readDigits(bytes: Buffer, from: number, to: number): number {
  if (to === from || to - from > 9) return -1
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** `name` is lower case; among token bytes `| 32` makes nothing else equal to a letter or a hyphen. */
function isName(bytes: Buffer, from: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if ((bytes[from + i]! | 32) !== name[i]) return false
  return true
}

/** The value in lower case, without the blanks behind it (`trimEnd` would also take 0xA0, which is not a blank in HTTP). */
function lower(bytes: Buffer, from: number, to: number): string {
  let end = to
  while (end > from && (bytes[end - 1] === SPACE || bytes[end - 1] === HT)) end--
  return bytes.toString('latin1', from, end).toLowerCase()
}

const joined = (before: string | undefined, value: string) => (before === undefined ? value : `${before}, ${value}`)
