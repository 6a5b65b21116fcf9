/** The admin port: health for the orchestrator, metrics, and `explain` for people. Not reachable from exchanges. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Explanation } from './explain.ts'

export interface AdminParts {
  isReady(): boolean
  metrics(): Promise<string>
  explain(exchange: string, request: unknown): Promise<Explanation>
}

const MAX_REQUEST_BYTES = 1024 * 1024

export async function openAdmin(
  host: string,
  port: number,
  parts: AdminParts,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response, parts).catch(error => send(response, 500, 'text/plain', `${(error as Error).name}\n`)) // never a stack
  })
  await listen(server, host, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => resolve())
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: AdminParts): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://admin')
  const route = `${request.method} ${pathname}`
  switch (route) {
    case 'GET /healthz':
      return send(response, 200, 'text/plain', 'ok\n')
    case 'GET /readyz':
      return parts.isReady()
        ? send(response, 200, 'text/plain', 'ready\n')
        : send(response, 503, 'text/plain', 'not ready\n')
    case 'GET /metrics':
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await parts.metrics())
    case 'POST /debug/explain':
      return explain(request, response, searchParams.get('exchange') ?? '', parts)
    default:
      return send(response, 404, 'text/plain', 'GET /healthz /readyz /metrics, POST /debug/explain?exchange=NAME\n')
  }
}

async function explain(request: IncomingMessage, response: ServerResponse, exchange: string, parts: AdminParts) {
  const body = await bodyOf(request)
  const json = body === null ? undefined : parse(body)
  if (json === undefined)
    return send(response, 400, 'text/plain', `the body is no JSON of at most ${MAX_REQUEST_BYTES} bytes\n`)
  const explained = await parts.explain(exchange, json)
  if (explained.status !== 200) return send(response, explained.status, 'text/plain', `${explained.text}\n`)
  return send(response, 200, 'application/json', `${explained.json}\n`)
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MAX_REQUEST_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body)
}
