/** A serving thread: one HTTP server on the shared port, one bidder, one reference to what serves. */
import { randomFillSync } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { Facts } from '@flightplan/contract/facts.ts'
import { nodeServer } from '../http/node-server.ts'
import { strictServer } from '../http/strict-server.ts'
import { openProfiles } from '../profile/embedded.ts'
import { createBidder } from './bidder.ts'
import type { FromThread, ThreadSetup, ToThread } from './messages.ts'
import { rehearse } from './rehearse.ts'
import { openServing, type ServedRelease, type Serving, withFacts } from './serving.ts'
import { openShedder } from './shed.ts'
import { type FaultKind, newTally } from './tally.ts'

const setup = workerData as ThreadSetup // from pool.ts
const port = parentPort! // this file only runs as a thread
const tell = (message: FromThread) => port.postMessage(message)

/** Faults of one kind are told at most once a second: a fault of every request must not become a flood. */
const FAULT_EVERY_MS = 1000
const toldAt = new Map<string, number>()

function fault(kind: FaultKind | 'swap' | 'profiles', error: unknown): void {
  const now = performance.now()
  if (now - (toldAt.get(kind) ?? Number.NEGATIVE_INFINITY) < FAULT_EVERY_MS) return
  toldAt.set(kind, now)
  tell({ type: 'fault', kind, where: whereOf(error) })
}

/** Where it broke, not what the message says: a message may quote the request, and with it a person's data. */
function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'not an error'
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  return [error.name, ...frames.slice(0, 4).map(frame => frame.trim())].join(' ')
}

const ids = new BigUint64Array(1024)
let nextId = ids.length

/** A refill of 8 kB costs less than 1,024 calls for 8 bytes. */
function randomId(): bigint {
  if (nextId === ids.length) {
    randomFillSync(ids)
    nextId = 0
  }
  return ids[nextId++]! // below its length
}

let serving: Serving | null = null
const tally = newTally()
const count = (kind: FaultKind, text: string) => {
  tally.faults[kind]++
  fault(kind, text)
}

const { profiles: store } = setup
const profiles = store ? openProfiles(store.file, store.poll_ms, why => fault('profiles', why)) : null

const handler = createBidder({
  ...{ nextId: randomId, tally, fault, notice: setup.notice, profiles, serving: () => serving },
  clock: { now_ms: Date.now, elapsed_ms: () => performance.now() },
  shedder: openShedder(setup.shed),
})
const options = { handler, onError: (error: unknown) => fault('handler', error) }
const server = setup.server === 'strict' ? strictServer(options) : nodeServer(options)

/** What is under way on the old release ends on it: a request reads the reference once. */
const OLD_MODELS_MS = 5000

function swap(next: Serving): void {
  const old = serving
  serving = next
  if (old && old.models !== next.models) setTimeout(() => void old.models.close(), OLD_MODELS_MS).unref()
  tell({ type: 'swapped', error: null })
}

/**
 * The first release is opened and rehearsed twice. V8 compiles calls for the only closure that it has seen, and each
 * opening makes new ones: without a second in sight the first swap throws the compiled path of a bid away (17 ms in p99
 * of that second, 5 ms for each one after it).
 */
async function openRehearsed(release: ServedRelease, facts: Facts): Promise<Serving> {
  const before = serving ?? (await openServing(release, facts, setup.counters, count))
  const next = await openServing(release, facts, setup.counters, count, before)
  const parts = { release, counters: setup.counters, notice: setup.notice }
  await rehearse(serving ? [next] : [before, next], parts)
  if (!serving) await before.models.close()
  return next
}

async function receive(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'release':
      return swap(await openRehearsed(message.release, message.facts))
    case 'facts':
      if (serving) swap(withFacts(serving, message.facts))
      return
    case 'tally':
      return tell({ type: 'tally', tally })
    case 'drain':
      await server.drain(message.deadline_ms)
      tell({ type: 'tally', tally })
      tell({ type: 'drained' })
      port.close()
  }
}

// In order: facts that come during a swap wait for it. Tallies and the drain do not.
let swaps = Promise.resolve()
port.on('message', (message: ToThread) => {
  const isSwap = message.type === 'release' || message.type === 'facts'
  const run = () =>
    receive(message).catch(error => {
      fault('swap', error)
      if (isSwap) tell({ type: 'swapped', error: whereOf(error) })
    })
  if (isSwap) swaps = swaps.then(run)
  else void run()
})

const bound = await server.listen({ host: setup.host, port: setup.port, reusePort: true })
tell({ type: 'listening', port: bound.port })
