import { connect, type Socket } from 'node:net'
import { nodeServer } from '../../http/node-server.ts'
import type { BidHandler, BidServer, HttpLimits } from '../../http/server.ts'
import { strictServer } from '../../http/strict-server.ts'

export const SERVERS = { node: nodeServer, strict: strictServer } as const

export interface Answer {
  status: number
  headers: Map<string, string>
  body: Buffer
}

/** Takes the whole answers off the front of `bytes`; interim ones (1xx) are left out. */
export function answersOf(bytes: Buffer): Answer[] {
  const answers: Answer[] = []
  let at = 0
  for (let end = bytes.indexOf('\r\n\r\n', at); end >= 0; end = bytes.indexOf('\r\n\r\n', at)) {
    const [first = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n')
    const headers = new Map(
      lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.split(': ')[1] ?? '']),
    )
    const bodyTo = end + 4 + Number(headers.get('content-length') ?? 0)
    if (bodyTo > bytes.length) break
    const status = Number(first.split(' ')[1])
    if (status >= 200) answers.push({ status, headers, body: bytes.subarray(end + 4, bodyTo) })
    at = bodyTo
  }
  return answers
}

/** A raw client: it sends bytes as they are and keeps what comes back. */
export class Wire {
  readonly socket: Socket
  received = Buffer.alloc(0)
  readonly closed: Promise<void>
  #wake = () => {}

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.socket.on('error', () => {}) // a reset is one way for a server to close
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.#wake()
    })
    this.closed = new Promise(resolve => this.socket.on('close', () => resolve()))
    this.closed.then(() => this.#wake())
  }

  /** The answers as soon as there are `count` of them, or all there were when the server closed. */
  async answers(count: number): Promise<Answer[]> {
    while (answersOf(this.received).length < count && !this.socket.closed) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    return answersOf(this.received)
  }
}

/** Sends and waits for `count` answers on a connection of its own. */
export async function talk(port: number, bytes: Buffer | string, count = 1): Promise<Answer[]> {
  const wire = new Wire(port)
  wire.socket.write(bytes)
  const answers = await wire.answers(count)
  wire.socket.destroy()
  return answers
}

export interface Post {
  path?: string
  method?: string
  headers?: readonly string[]
  body?: string | Buffer
}

/** A request's bytes. */
export function post({
  path = '/openrtb2/example',
  method = 'POST',
  headers = [],
  body = '{"id":"1"}',
}: Post = {}): Buffer {
  const bytes = Buffer.from(body as string) // Buffer.from takes either; its overloads do not
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: bidder.example', ...headers, `Content-Length: ${bytes.length}`]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

export interface Running {
  port: number
  server: BidServer
  errors: unknown[]
}

/** Runs `body` against a listening server and drains it afterwards. */
export async function withServer(
  kind: keyof typeof SERVERS,
  handler: BidHandler,
  limits: Partial<HttpLimits>,
  body: (running: Running) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  const server = SERVERS[kind]({ handler, limits, onError: error => errors.push(error) })
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  try {
    await body({ port, server, errors })
  } finally {
    await server.drain(0)
  }
}

/** Answers with what it got, so that a test sees what the server understood. */
export const echo: BidHandler = call => call.reply(200, JSON.stringify([call.exchange, call.body.toString('latin1')]))
