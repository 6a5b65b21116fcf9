import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = Buffer.from('Content-Length: ')

/**
 * One keep-alive connection with one request in flight. It expects answers with `Content-Length` spelt so, or 204: those of
 * the servers under test. A lost connection counts its request as status 0 and reconnects.
 */
export class LoadConnection {
  readonly #at: { host: string; port: number }
  readonly #onStatus: (connection: LoadConnection, status: number) => void
  #socket: Socket | null = null
  #part: Buffer | null = null
  isBusy = false
  /** When the request in flight was due, in ms of the caller's clock. */
  due_ms = 0

  constructor(at: { host: string; port: number }, onStatus: (connection: LoadConnection, status: number) => void) {
    this.#at = at
    this.#onStatus = onStatus
  }

  /** Resolves once connected. Rejects with the system's error. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...this.#at, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', resolve)
      socket.on('data', (chunk: Buffer) => this.#onData(chunk))
      socket.on('close', () => this.#onLost(socket))
      this.#socket = socket
    })
  }

  send(request: Buffer, due_ms: number): void {
    this.isBusy = true
    this.due_ms = due_ms
    this.#socket?.write(request)
  }

  close(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.destroy()
  }

  #onData(chunk: Buffer): void {
    const bytes = this.#part === null ? chunk : Buffer.concat([this.#part, chunk])
    const status = wholeAnswer(bytes)
    this.#part = status === 0 ? bytes : null
    if (status !== 0) this.#answered(status)
  }

  #onLost(socket: Socket): void {
    if (socket !== this.#socket) return
    this.#part = null
    const wasBusy = this.isBusy
    this.isBusy = true // nothing can be sent until it is open again
    this.open().then(
      () => (wasBusy ? this.#answered(0) : this.#freed()),
      () => (wasBusy ? this.#answered(0) : undefined),
    )
  }

  #answered(status: number): void {
    this.#freed()
    this.#onStatus(this, status)
  }

  #freed(): void {
    this.isBusy = false
  }
}

/** The status if `bytes` holds one whole answer, else 0. */
function wholeAnswer(bytes: Buffer): number {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return 0
  const status = Number(bytes.toString('latin1', 9, 12))
  const lengthAt = bytes.indexOf(LENGTH)
  const length =
    lengthAt < 0 || lengthAt > headEnd ? 0 : Number.parseInt(bytes.toString('latin1', lengthAt + 16, lengthAt + 26), 10)
  return bytes.length >= headEnd + 4 + length ? status : 0
}
