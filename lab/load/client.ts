import { setTimeout as sleep } from 'node:timers/promises'
import { LoadConnection } from './connection.ts'
import { Histogram } from './histogram.ts'

/** Load on one server. Run it in a process of its own: it must not share a core's event loop with what it measures. */
export interface LoadTarget {
  host: string
  port: number
  connections: number
  /** Whole HTTP requests, sent in turn, again and again. */
  requests: readonly Buffer[]
  duration_ms: number
  /** Each answer as it comes: when its request was due, ms of `performance.now()`, and how long it took from then. */
  onAnswer?(due_ms: number, latency_ms: number): void
}

export interface LoadResult {
  /** From the moment a request was due to its last byte. */
  latency: Histogram
  /** Answers by status; 0 counts lost connections. */
  statuses: Map<number, number>
  wall_ms: number
  answered: number
  /** Open loop only: due but without an answer when the grace was over. Each is also in `latency`, as late as it then was. */
  unanswered: number
  /** Open loop only: how late the client itself was with a free connection at hand. Far above 0 means the client is the limit. */
  clientLag: Histogram
}

const now = () => performance.now()

/**
 * Closed loop: each connection sends its next request upon the answer. Measures capacity; its latencies flatter (coordinated
 * omission). It spins: a client that sleeps is woken by the server's write, inside that system call, on the server's CPU account, and
 * the slower the server, the oftener its client sleeps.
 */
export async function closedLoop(target: LoadTarget): Promise<LoadResult> {
  const run = await start(target, (connection, sent) => {
    if (now() < run.until_ms) connection.send(requestOf(target, sent), now())
  })
  for (const connection of run.connections) run.next(connection)
  while (now() < run.until_ms) await new Promise<void>(resolve => setImmediate(resolve))
  await settle(() => run.connections.every(connection => !connection.isBusy))
  return finish(run, 0)
}

/**
 * Open loop: request i is due at `start + i / rate` whether or not the server keeps up, and its latency counts from then.
 * When no connection is free, requests wait their turn and their latency grows. It spins, because timers are 1 ms coarse.
 */
export async function openLoop(target: LoadTarget & { rate_per_s: number; grace_ms?: number }): Promise<LoadResult> {
  const total = Math.floor((target.rate_per_s * target.duration_ms) / 1000)
  const due_ms = (index: number) => run.start_ms + (index * 1000) / target.rate_per_s
  const free: LoadConnection[] = []
  const run = await start(target, connection => {
    free.push(connection)
  })
  free.push(...run.connections)
  let sent = 0
  const deadline_ms = run.until_ms + (target.grace_ms ?? 1000)
  while (now() < deadline_ms && (sent < total || free.length < run.connections.length)) {
    const at_ms = now()
    let isFirst = true
    while (sent < total && due_ms(sent) <= at_ms) {
      const connection = free.pop()
      if (connection === undefined) break
      // Only the first of a burst says how late the client is: the others may have waited for a connection.
      if (isFirst) run.clientLag.add((at_ms - Math.max(due_ms(sent), run.freed_ms)) * 1000)
      isFirst = false
      connection.send(requestOf(target, sent), due_ms(sent++))
    }
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  for (const connection of run.connections) if (connection.isBusy) run.latency.add((now() - connection.due_ms) * 1000)
  for (let index = sent; index < total; index++) run.latency.add((now() - due_ms(index)) * 1000)
  return finish(run, total - run.answered)
}

interface Run {
  connections: LoadConnection[]
  latency: Histogram
  clientLag: Histogram
  statuses: Map<number, number>
  answered: number
  start_ms: number
  until_ms: number
  /** When a connection was last given back. */
  freed_ms: number
  next(connection: LoadConnection): void
}

async function start(target: LoadTarget, next: (connection: LoadConnection, sent: number) => void): Promise<Run> {
  let sent = 0
  const onStatus = (connection: LoadConnection, status: number) => {
    run.freed_ms = now()
    run.latency.add((run.freed_ms - connection.due_ms) * 1000)
    target.onAnswer?.(connection.due_ms, run.freed_ms - connection.due_ms)
    run.statuses.set(status, (run.statuses.get(status) ?? 0) + 1)
    run.answered++
    run.next(connection)
  }
  const connections = Array.from({ length: target.connections }, () => new LoadConnection(target, onStatus))
  await Promise.all(connections.map(connection => connection.open()))
  const [start_ms, latency, clientLag] = [now(), new Histogram(), new Histogram()]
  const run: Run = {
    ...{ connections, latency, clientLag, statuses: new Map(), answered: 0, start_ms, freed_ms: start_ms },
    until_ms: start_ms + target.duration_ms,
    next: connection => next(connection, sent++),
  }
  return run
}

function requestOf(target: LoadTarget, index: number): Buffer {
  const request = target.requests[index % target.requests.length]
  if (request === undefined) throw new Error('The load needs at least one request')
  return request
}

/** Waits for the last answers, at most a second. */
async function settle(isDone: () => boolean): Promise<void> {
  for (let waited_ms = 0; waited_ms < 1000 && !isDone(); waited_ms += 5) await sleep(5)
}

function finish(run: Run, unanswered: number): LoadResult {
  const wall_ms = now() - run.start_ms
  for (const connection of run.connections) connection.close()
  const { latency, clientLag, statuses, answered } = run
  return { latency, clientLag, statuses, answered, unanswered, wall_ms }
}

/** A POST of a JSON body as it goes over the wire, with the headers an exchange sends behind Envoy. */
export function encodeRequest(path: string, body: string | Buffer, headers: readonly string[] = []): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: bidder.example',
    'Content-Type: application/json',
    'x-openrtb-version: 2.6',
  ]
  const head = [...lines, ...headers, `Content-Length: ${bytes.length}`, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes])
}
