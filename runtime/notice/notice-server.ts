/** Notices over HTTP: GET and POST, all that matters in the query, bodies left unread. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NoticeAnswer, Receiver } from './receive.ts'

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
/** Answers are of one moment: a pixel from a cache is an impression that nobody counts. */
const NO_STORE = { 'Cache-Control': 'no-store' }
const MAX_URL = 4096
/** In flight at once; more are told to come again. */
const MAX_OPEN = 10_000

export interface NoticeServer {
  port: number
  /** No new connections; those under way are answered, or ended at the deadline. */
  close(deadline_ms: number): Promise<void>
}

/** Rejects when the port cannot be had. */
export async function openNoticeServer(
  { host, port }: { host: string; port: number },
  receive: Receiver,
  fault: (error: unknown) => void,
): Promise<NoticeServer> {
  let open = 0
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 15_000 },
    (asked, answer) => {
      asked.resume()
      if (open >= MAX_OPEN) return write(answer, { status: 503 })
      open++
      void handle(asked, receive)
        .catch((error): NoticeAnswer => {
          fault(error)
          return { status: 503 }
        })
        .then(result => {
          open--
          write(answer, result)
        })
    },
  )
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // of a TCP socket
    async close(deadline_ms) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), deadline_ms)
      await closed
      clearTimeout(timer)
    },
  }
}

async function handle({ method, url = '', headers }: IncomingMessage, receive: Receiver): Promise<NoticeAnswer> {
  if ((method !== 'GET' && method !== 'POST') || url.length > MAX_URL) return { status: 400 }
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const key = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
  return receive(path, new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)), key)
}

function write(answer: ServerResponse, { status, location, isPixel }: NoticeAnswer): void {
  if (isPixel) {
    answer.writeHead(status, { ...NO_STORE, 'Content-Type': 'image/gif', 'Content-Length': PIXEL.length })
    return void answer.end(PIXEL)
  }
  const more = { ...(location !== undefined && { Location: location }), ...(status === 503 && { 'Retry-After': '1' }) }
  answer.writeHead(status, { ...NO_STORE, ...more, ...(status !== 204 && { 'Content-Length': 0 }) })
  answer.end()
}
