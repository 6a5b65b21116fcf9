import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { OPENRTB_VERSION } from './answer.ts'
import { acceptsGzip, deflate } from './gzip.ts'
import { routeOf } from './route.ts'
import { type OpenCall, serve } from './serve.ts'
import { type BidServer, type BidServerOptions, type HttpLimits, type ReplyStatus, withDefaults } from './server.ts'
import { listen } from './strict-server.ts'

/** The reference server, on node:http: all of HTTP/1.1, at 1.6 times the CPU of the strict one (`bench.ts`). */
export function nodeServer({ handler, onError, limits: given }: BidServerOptions): BidServer {
  const limits = withDefaults(given)
  const state = { draining: false }
  const server = createServer(nodeOptions(limits), (request, response) => {
    const route = routeOf(request.method ?? '', request.url ?? '', request.headers['content-encoding'])
    readBody(request, response, limits.body_bytes, body =>
      serve(
        new NodeCall(request, response, route.exchange, body, state, onError),
        route,
        limits.inflated_bytes,
        handler,
        onError,
      ),
    )
  })
  server.maxHeadersCount = 0 // bounded by bytes; a count would drop headers silently
  server.maxConnections = limits.connections
  return {
    listen: at => listen(server, at),
    async drain(deadline_ms) {
      state.draining = true
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), deadline_ms)
      await closed
      clearTimeout(cut)
    },
  }
}

function nodeOptions({ head_bytes, request_ms, idle_ms }: HttpLimits) {
  const connectionsCheckingInterval = Math.max(1, Math.floor(request_ms / 8))
  const timeouts = { requestTimeout: request_ms, headersTimeout: request_ms, keepAliveTimeout: idle_ms }
  return {
    ...timeouts,
    connectionsCheckingInterval,
    maxHeaderSize: head_bytes,
    noDelay: true,
    keepAliveTimeoutBuffer: 0,
  }
}

/** Gathers the body; one that is too long is answered 413 as soon as that is known, and the socket closed. */
function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  body_bytes: number,
  done: (body: Buffer) => void,
) {
  const chunks: Buffer[] = []
  let length = Number(request.headers['content-length'] ?? 0)
  if (length > body_bytes) {
    refuseLong(request, response)
    return
  }
  length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= body_bytes) chunks.push(chunk)
    else refuseLong(request.removeAllListeners('data').removeAllListeners('end'), response)
  })
  request.on('end', () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
  request.on('error', () => {}) // the client went away: there is nobody to answer
}

function refuseLong(request: IncomingMessage, response: ServerResponse) {
  response.sendDate = false
  response.writeHead(413, { 'x-openrtb-version': OPENRTB_VERSION, 'Content-Length': 0, Connection: 'close' }).end()
  request.resume()
}

class NodeCall implements OpenCall {
  readonly exchange: string
  body: Buffer
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #state: { draining: boolean }
  readonly #onError: (error: unknown) => void

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    exchange: string,
    body: Buffer,
    state: { draining: boolean },
    onError: (error: unknown) => void,
  ) {
    this.#request = request
    this.#response = response
    this.exchange = exchange
    this.body = body
    this.#state = state
    this.#onError = onError
  }

  get answered(): boolean {
    return this.#response.headersSent
  }

  get remoteAddress(): string {
    return this.#request.socket.remoteAddress ?? ''
  }

  reply(status: ReplyStatus, body: string | Buffer | null, gzip = false): void {
    if (this.answered) {
      this.#onError(new Error(`A request of ${this.exchange} was answered twice`))
      return
    }
    const accepts = gzip && acceptsGzip(this.#request.headers['accept-encoding'] as string | undefined)
    const packed = accepts && body !== null ? deflate(body) : undefined
    this.#send(
      status,
      status === 204 ? null : (packed ?? body),
      packed && status !== 204 ? { 'Content-Encoding': 'gzip' } : {},
    )
  }

  refuse(status: 400 | 404 | 405 | 413 | 415): void {
    this.#send(status, null, status === 405 ? { Allow: 'POST' } : status === 415 ? { 'Accept-Encoding': 'gzip' } : {})
  }

  #send(status: number, body: string | Buffer | null, extra: Record<string, string> = {}): void {
    const headers: Record<string, string | number> = { 'x-openrtb-version': OPENRTB_VERSION, ...extra }
    if (body !== null) headers['Content-Type'] = 'application/json'
    if (status !== 204) headers['Content-Length'] = body === null ? 0 : Buffer.byteLength(body)
    if (this.#state.draining) headers['Connection'] = 'close'
    this.#response.sendDate = false // as the strict server: Envoy adds its own
    this.#response.writeHead(status, headers).end(body ?? undefined)
  }
}
