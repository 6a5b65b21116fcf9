/** What both servers must agree on before a body is read: which exchange, or which refusal. */

export interface Route {
  /** 0 means go on to the handler. */
  readonly status: 0 | 404 | 405 | 415
  readonly exchange: string
  readonly gzip: boolean
}

const BID_PATH = /^\/openrtb2\/([a-z0-9_-]{1,64})(?:\?|$)/

/** Judges path, then method, then Content-Encoding (undefined if absent). A query string is allowed and ignored. */
export function routeOf(method: string, path: string, contentEncoding: string | undefined): Route {
  const exchange = BID_PATH.exec(path)?.[1]
  if (exchange === undefined) return { status: 404, exchange: '', gzip: false }
  if (method !== 'POST') return { status: 405, exchange, gzip: false }
  const gzip = isGzip(contentEncoding)
  return gzip === undefined ? { status: 415, exchange, gzip: false } : { status: 0, exchange, gzip }
}

/** RFC 9110 8.4.1: `x-gzip` is the same as `gzip`; no header or `identity` is a plain body; anything else is unknown. */
function isGzip(contentEncoding: string | undefined): boolean | undefined {
  const name = contentEncoding?.toLowerCase() ?? ''
  if (name === '' || name === 'identity') return false
  return name === 'gzip' || name === 'x-gzip' ? true : undefined
}
