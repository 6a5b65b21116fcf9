/** The HTTP port of the bidder. Two implementations: `node-server.ts` (reference) and `strict-server.ts` (fast). */

export type ReplyStatus = 200 | 204 | 400 | 413 | 429 | 503

/**
 * One bid request that waits for its answer. One object per request, no closures: it is both the request and the reply.
 * `body` is already inflated and belongs to the handler for as long as it keeps it.
 */
export interface BidCall {
  readonly exchange: string
  readonly body: Buffer
  /** The peer of the socket (Envoy's address behind Envoy); '' once the socket is gone. */
  readonly remoteAddress: string
  /**
   * Answers, now or later, exactly once; a second answer is dropped and told to `onError`. `null` sends no body.
   * `gzip` is the exchange's setting; the body is packed only if the request accepts it and it is worth it.
   */
  reply(status: ReplyStatus, body: string | Buffer | null, gzip?: boolean): void
}

/** A throw or a rejection becomes a 204 (an exchange throttles a bidder for 5xx) and is told to `onError`. */
export type BidHandler = (call: BidCall) => void | Promise<void>

export interface BidServer {
  /** Resolves with the bound port (`port: 0` picks one). Rejects with the system's error, e.g. EADDRINUSE. */
  listen(at: { host: string; port: number; reusePort?: boolean }): Promise<{ port: number }>
  /** Stops accepting, closes idle sockets, lets started requests be answered; past the deadline it cuts. */
  drain(deadline_ms: number): Promise<void>
}

export interface BidServerOptions {
  handler: BidHandler
  onError: (error: unknown) => void
  limits?: Partial<HttpLimits>
}

export interface HttpLimits {
  body_bytes: number
  inflated_bytes: number
  /** Request line and headers together. */
  head_bytes: number
  /** From the first byte of a request to its last; a slower client gets 408. */
  request_ms: number
  /** Keep-alive: how long a socket may do nothing between requests, or leave its answers unread. */
  idle_ms: number
  connections: number
  /** Requests of one socket that wait for an answer; beyond it the socket is not read. */
  pipelined: number
  /** Answers a slow reader has not taken; beyond it the socket is destroyed. */
  unsent_bytes: number
}

export const DEFAULT_LIMITS: HttpLimits = {
  body_bytes: 256 * 1024,
  inflated_bytes: 1024 * 1024,
  head_bytes: 8 * 1024,
  request_ms: 2_000,
  idle_ms: 65_000, // above Envoy's usual upstream idle timeout (60 s), so that Envoy closes first and no request races a close
  connections: 4_096,
  pipelined: 16,
  unsent_bytes: 1024 * 1024,
}

/** Limits with the defaults filled in. */
export function withDefaults(limits: Partial<HttpLimits> | undefined): HttpLimits {
  return { ...DEFAULT_LIMITS, ...limits }
}
