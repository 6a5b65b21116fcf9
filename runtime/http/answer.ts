/** Whole answers as latin1 text: one string per answer, so that pipelined answers join into one cheap write. */

const REASONS = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
} as const

export type Status = keyof typeof REASONS

export const OPENRTB_VERSION = '2.6'
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

// RFC 9110 15.5.6 and 15.5.16 ask for these two. No Date: Envoy adds its own.
const EXTRA: { readonly [status: number]: string } = { 405: 'Allow: POST\r\n', 415: 'Accept-Encoding: gzip\r\n' }

const statuses = Object.keys(REASONS).map(Number) as Status[] // the keys above are these numbers
const table = (line: (status: Status) => string) => new Map(statuses.map(status => [status, line(status)]))
const start = (status: Status) =>
  `HTTP/1.1 ${status} ${REASONS[status]}\r\nx-openrtb-version: ${OPENRTB_VERSION}\r\n${EXTRA[status] ?? ''}`
const lengthless = (status: Status) => (status === 204 ? '' : 'Content-Length: 0\r\n')

const EMPTY = table(status => `${start(status)}${lengthless(status)}\r\n`)
const EMPTY_CLOSE = table(status => `${start(status)}${lengthless(status)}Connection: close\r\n\r\n`)
const WITH_BODY = table(status => `${start(status)}Content-Type: application/json\r\nContent-Length: `)

/** An answer without a body. */
export function emptyAnswer(status: Status, close: boolean): string {
  return (close ? EMPTY_CLOSE : EMPTY).get(status) ?? ''
}

/**
 * An answer with a JSON body. A string that is not ASCII is turned into its UTF-8 bytes, one latin1 character each.
 * Writing the text or one Buffer made from it costs the same (13.4 and 13.6 us per request): text joins more simply.
 */
export function jsonAnswer(status: Status, body: string | Buffer, gzip: boolean, close: boolean): string {
  const text = typeof body === 'string' ? body : body.toString('latin1')
  const isAscii = typeof body !== 'string' || Buffer.byteLength(body) === body.length
  const bytes = isAscii ? text : Buffer.from(text).toString('latin1')
  const encoding = gzip ? '\r\nContent-Encoding: gzip' : ''
  return `${WITH_BODY.get(status) ?? ''}${bytes.length}${encoding}${close ? '\r\nConnection: close' : ''}\r\n\r\n${bytes}`
}
