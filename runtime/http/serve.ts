import { inflate } from './gzip.ts'
import type { Route } from './route.ts'
import type { BidCall, BidHandler } from './server.ts'

/** The servers' own side of a call. */
export interface OpenCall extends BidCall {
  body: Buffer
  readonly answered: boolean
  /** Answers without the handler: an empty body, the socket stays open. */
  refuse(status: 400 | 404 | 405 | 413 | 415): void
}

/** From a whole request to the handler: the route's refusal, then a gzip body, then the handler with its faults caught. */
export function serve(
  call: OpenCall,
  route: Route,
  inflated_bytes: number,
  handler: BidHandler,
  onError: (error: unknown) => void,
): void {
  if (route.status !== 0) {
    call.refuse(route.status)
    return
  }
  if (route.gzip) {
    const inflated = inflate(call.body, inflated_bytes)
    if (typeof inflated === 'number') {
      call.refuse(inflated)
      return
    }
    call.body = inflated
  }
  // The request's edge: no fault of a handler may reach the exchange as a 5xx or end the process.
  try {
    const later = handler(call)
    if (later !== undefined) later.catch((error: unknown) => fail(call, error, onError))
  } catch (error) {
    fail(call, error, onError)
  }
}

function fail(call: OpenCall, error: unknown, onError: (error: unknown) => void): void {
  onError(error)
  if (!call.answered) call.reply(204, null)
}
