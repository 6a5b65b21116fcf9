import { createServer, type OnReadOpts, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import { type BidServer, type BidServerOptions, withDefaults } from './server.ts'
import { type Shared, StrictSocket } from './strict-socket.ts'

const TICKS_PER_TIMEOUT = 8

/**
 * The fast server: a strict subset of HTTP/1.1 that stands behind Envoy. It refuses, with the status and a close: HTTP/1.0
 * (505), Transfer-Encoding (501), Expect other than 100-continue (417), and all that HTTP parsers disagree about (400).
 */
export function strictServer({ handler, onError, limits: given }: BidServerOptions): BidServer {
  const limits = withDefaults(given)
  const shared: Shared = {
    limits,
    handler,
    onError,
    input: Buffer.allocUnsafeSlow(INPUT_BYTES),
    tick: 0,
    draining: false,
  }
  const sockets = new Set<StrictSocket>()
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, accepted => {
    const peer = new StrictSocket(onread => adopt(server, accepted, onread), shared)
    sockets.add(peer)
    peer.onClose(() => sockets.delete(peer))
  })
  server.maxConnections = limits.connections
  const sweeping = sweep(shared, sockets)
  return {
    listen: at => listen(server, at),
    async drain(deadline_ms) {
      shared.draining = true
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const peer of sockets) peer.drain()
      const cut = setTimeout(() => sockets.forEach(peer => void peer.destroy()), deadline_ms)
      await closed
      clearTimeout(cut)
      clearInterval(sweeping)
    },
  }
}

/** As much as libuv reads at a time. */
const INPUT_BYTES = 64 * 1024

/** What net.Server and net.Socket know of each other and @types/node leaves out. */
type Inner = Socket & { _handle: unknown; _server: Server }

/**
 * The accepted connection as a socket that reads into our own buffer (`onread`, which net.Server cannot be given). Else
 * each read allocates 64 kB, shrinks it, and goes through a Readable: 1.23 × a bare server instead of 1.55
 * (lab/bench/http.ts).
 */
function adopt(server: Server, accepted: Socket, onread: OnReadOpts): Socket {
  const { _handle: handle } = accepted as Inner // set by net.Server
  const options = { handle, allowHalfOpen: true, onread }
  const socket = new Socket(options as SocketConstructorOpts) as Inner // `handle` is how net.Server makes its own
  socket._server = server // counts connections, and waits for the last one to close
  return socket
}

/** One timer for all sockets and none per request; a timeout may come up to an eighth late. */
function sweep(shared: Shared, sockets: ReadonlySet<StrictSocket>): NodeJS.Timeout {
  const { request_ms, idle_ms } = shared.limits
  const tick_ms = Math.max(1, Math.floor(Math.min(request_ms, idle_ms) / TICKS_PER_TIMEOUT))
  const [requestTicks, idleTicks] = [Math.ceil(request_ms / tick_ms), Math.ceil(idle_ms / tick_ms)]
  const timer = setInterval(() => {
    shared.tick++
    for (const peer of sockets) peer.sweep(requestTicks, idleTicks)
  }, tick_ms)
  return timer.unref()
}

/** Binds and resolves with the port; shared by both servers, since node:http's server is a node:net one. */
export function listen(
  server: Server,
  at: { host: string; port: number; reusePort?: boolean },
): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...at, reusePort: at.reusePort ?? false, backlog: 4096 }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve({ port: typeof address === 'object' && address !== null ? address.port : at.port })
    })
  })
}
