/** A serving thread: one HTTP server on the shared port, one bidder, one reference to what serves. */
import { randomFillSync } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import type { Pause } from '@flightplan/contract/channel.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { nodeServer } from '../http/node-server.ts'
import { strictServer } from '../http/strict-server.ts'
import { openBidLog } from '../notice/bid-log.ts'
import { openProfiles } from '../profile/embedded.ts'
import { createBidder } from './bidder.ts'
import type { FromThread, ThreadSetup, ToThread, TrialOrder } from './messages.ts'
import { rehearse } from './rehearse.ts'
import { openServing, type ServedRelease, type Serving, withFacts } from './serving.ts'
import { openShedder } from './shed.ts'
import { withPauses, withStops } from './stops.ts'
import { type FaultKind, newTally } from './tally.ts'
import { newTrialTally, type Trial } from './trial.ts'

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

/** As released; {@link serving} is the same less what is paused. */
let whole: Serving | null = null
let serving: Serving | null = null
let trial: (Trial & { whole: Serving; isOfFacts: boolean; stop(isStopped: (id: string) => boolean): void }) | null =
  null
let pauses: readonly Pause[] = []
const tally = newTally()
const count = (kind: FaultKind, text: string) => {
  tally.faults[kind]++
  fault(kind, text)
}

const { profiles: store } = setup
const profiles = store ? openProfiles(store.file, store.poll_ms, why => fault('profiles', why)) : null

/** Bids leave this thread in batches: small ones, so that no request waits for the writing of many. */
const EVENTS_EVERY_MS = 10
const bidLog = setup.events && openBidLog({ ...setup.events, now_ms: Date.now, nextId: randomId })
const tellEvents = () => {
  const batch = bidLog?.flush()
  if (batch) tell({ type: 'events', batch })
}
if (bidLog) setInterval(tellEvents, EVENTS_EVERY_MS).unref()

const handler = createBidder({
  ...{ nextId: randomId, tally, fault, notice: setup.notice, profiles, serving: () => serving, trial: () => trial },
  ...(bidLog && { onBid: bidLog.onBid, onNoBid: bidLog.onNoBid }),
  clock: { now_ms: Date.now, elapsed_ms: () => performance.now() },
  shedder: openShedder(setup.shed),
})
const options = { handler, onError: (error: unknown) => fault('handler', error) }
const server = setup.server === 'strict' ? strictServer(options) : nodeServer(options)

/** setTimeout takes no more than 24.8 days. */
const MAX_WAIT_MS = 2 ** 31 - 1
/** What is under way on the old release ends on it: a request reads the reference once. */
const OLD_MODELS_MS = 5000

function swap(next: Serving): void {
  const old = whole
  whole = next
  serving = withPauses(next, pauses, Date.now())
  if (old && old.models !== next.models) setTimeout(() => void old.models.close(), OLD_MODELS_MS).unref()
  tell({ type: 'swapped', error: null })
}

/**
 * The first release is opened and rehearsed twice. V8 compiles calls for the only closure that it has seen, and each
 * opening makes new ones: without a second in sight the first swap throws the compiled path of a bid away (17 ms in p99
 * of that second, 5 ms for each one after it).
 */
async function openRehearsed(release: ServedRelease, facts: Facts): Promise<Serving> {
  const before = whole ?? (await openServing(release, facts, setup.counters, count))
  const next = await openServing(release, facts, setup.counters, count, before)
  const parts = { release, counters: setup.counters, notice: setup.notice }
  await rehearse(whole ? [next] : [before, next], parts)
  if (!whole) await before.models.close()
  return next
}

/** A canary beside what serves, the one that is on with other terms, or none. */
async function setTrial(order: TrialOrder | null): Promise<void> {
  const old = trial
  if (order === null) trial = null
  else if (order.release) trial = await openTrial({ ...order, release: order.release })
  else if (old?.terms.canary === order.terms.canary)
    trial = { ...old, terms: order.terms, tally: newTrialTally(order.terms.sequence) }
  if (old && old.serving.models !== trial?.serving.models)
    setTimeout(() => void old.serving.models.close(), OLD_MODELS_MS).unref()
}

async function openTrial({ terms, release, facts, isOfFacts }: TrialOrder & { release: ServedRelease }) {
  const opened = await openServing(release, facts, setup.counters, count, whole)
  await rehearse([opened], { release, counters: setup.counters, notice: setup.notice })
  const { serving: stoppable, stop } = withStops(opened)
  const paused = withPauses(stoppable, pauses, Date.now())
  return { terms, whole: stoppable, isOfFacts, serving: paused, stop, tally: newTrialTally(terms.sequence) }
}

let endOfPause: NodeJS.Timeout | undefined

/** Again at the end of the next pause to end. */
function applyPauses(): void {
  const now_ms = Date.now()
  if (whole) serving = withPauses(whole, pauses, now_ms)
  if (trial) trial = { ...trial, serving: withPauses(trial.whole, pauses, now_ms) }
  clearTimeout(endOfPause)
  const ends = pauses.map(({ until_ms }) => until_ms).filter(until_ms => until_ms > now_ms)
  if (ends.length > 0)
    endOfPause = setTimeout(applyPauses, Math.min(MAX_WAIT_MS, ...ends.map(end => end - now_ms))).unref()
}

async function receive(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'release':
      return swap(await openRehearsed(message.release, message.facts))
    case 'facts':
      if (trial && !trial.isOfFacts) trial = { ...trial, whole: withFacts(trial.whole, message.facts) }
      if (whole) swap(withFacts(whole, message.facts))
      return applyPauses()
    case 'trial':
      await setTrial(message.trial)
      return tell({ type: 'swapped', error: null })
    case 'trip':
      if (trial?.terms.canary === message.canary) trial.stop(id => message.lineItems.includes(id))
      return
    case 'pauses':
      pauses = message.pauses
      return applyPauses()
    case 'tally':
      return tell({ type: 'tally', tally, trial: trial?.tally ?? null })
    case 'drain':
      await server.drain(message.deadline_ms)
      tell({ type: 'tally', tally, trial: trial?.tally ?? null })
      tellEvents()
      tell({ type: 'drained' })
      port.close()
  }
}

// In order: facts that come during a swap wait for it. Tallies and the drain do not.
let swaps = Promise.resolve()
port.on('message', (message: ToThread) => {
  const isSwap = message.type === 'release' || message.type === 'facts' || message.type === 'trial'
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
