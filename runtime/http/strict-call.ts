import { emptyAnswer, jsonAnswer, type Status } from './answer.ts'
import { deflate } from './gzip.ts'
import type { Refusal } from './head.ts'
import type { OpenCall } from './serve.ts'
import type { ReplyStatus } from './server.ts'

/** What a call needs of the socket it came by. */
export interface CallOwner {
  readonly remoteAddress: string
  /** True where this call's answer is the last one the socket will carry. */
  isLast(call: StrictCall): boolean
  onAnswered(call: StrictCall): void
  onError(error: unknown): void
}

/** One request of a socket, linked to the next one: answers leave in this order whenever they come. */
export class StrictCall implements OpenCall {
  readonly exchange: string
  body: Buffer
  next: StrictCall | null = null
  /** The answer's bytes as latin1 text, until it is sent; '' afterwards. */
  answer: string | null = null
  closes: boolean
  readonly #owner: CallOwner
  readonly #acceptsGzip: boolean

  constructor(owner: CallOwner, exchange: string, body: Buffer, acceptsGzip: boolean, closes: boolean) {
    this.#owner = owner
    this.exchange = exchange
    this.body = body
    this.#acceptsGzip = acceptsGzip
    this.closes = closes
  }

  get answered(): boolean {
    return this.answer !== null
  }

  get remoteAddress(): string {
    return this.#owner.remoteAddress
  }

  reply(status: ReplyStatus, body: string | Buffer | null, gzip = false): void {
    if (this.answered) {
      this.#owner.onError(new Error(`A request of ${this.exchange} was answered twice`))
      return
    }
    this.closes ||= this.#owner.isLast(this)
    if (body === null || status === 204) {
      this.answer = emptyAnswer(status, this.closes)
    } else {
      const packed = gzip && this.#acceptsGzip ? deflate(body) : undefined
      this.answer = jsonAnswer(status, packed ?? body, packed !== undefined, this.closes)
    }
    this.#owner.onAnswered(this)
  }

  refuse(status: Status | Refusal): void {
    this.answer = emptyAnswer(status, this.closes)
    this.#owner.onAnswered(this)
  }
}
