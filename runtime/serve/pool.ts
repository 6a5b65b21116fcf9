/** The serving threads of a process, on one port by SO_REUSEPORT. A thread that dies is replaced with what serves now. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Pause } from '@flightplan/contract/channel.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { BidBatch } from '../notice/bid-log.ts'
import type { FromThread, ThreadSetup, ToThread, TrialOrder } from './messages.ts'
import type { ServedRelease } from './serving.ts'
import { addUp, newTally, type Tally } from './tally.ts'
import { addTrials, type TrialTally, type TrialTerms } from './trial.ts'

export interface PoolEvents {
  fault(kind: string, where: string): void
  died(error: string): void
  /** Of a serving thread, by its number. */
  events(thread: number, batch: BidBatch): void
  ended(thread: number): void
}

export interface Pool {
  port: number
  alive(): number
  /** Resolves when every thread that lives serves it; rejects, with the release before in place, when one cannot. */
  activate(release: ServedRelease, facts: Facts): Promise<void>
  setFacts(facts: Facts): Promise<void>
  /**
   * Puts a canary beside what serves; `release` null: the one that is on gets other terms. Null: no canary any more.
   * Rejects when a thread cannot; none has one then.
   */
  setTrial(trial: TrialWish | null): Promise<void>
  setPauses(pauses: readonly Pause[]): void
  /** Counts of the comparison that is on; null: none. Threads that died take theirs with them. */
  trialTally(): Promise<TrialTally | null>
  /** Line items of the canary that may not bid any more. */
  trip(lineItems: readonly string[]): void
  /** Counts since the start, of threads that died too (up to their last report). */
  tally(): Promise<Tally>
  /** Ends all threads: each answers what it has, within the deadline. */
  drain(deadline_ms: number): Promise<void>
}

/** Facts: the release that serves with these, in the place of another release. */
export interface TrialWish {
  terms: TrialTerms
  release: ServedRelease | null
  facts?: Facts
}

interface Thread {
  worker: Worker
  last: Tally
  trial: TrialTally | null
}

/** A thread that does not answer for this long is reported on by its last word, or counted as swapped. */
const ANSWER_MS = 10_000
const TALLY_MS = 1000
/** Between the death of a thread and its replacement, so that one which always dies costs little. */
const RESPAWN_MS = 1000

/** Rejects when the first thread cannot listen, with the system's error. */
export async function openPool(count: number, setup: ThreadSetup, events: PoolEvents): Promise<Pool> {
  const threads = new Set<Thread>()
  const gone: Tally[] = []
  let current: { release: ServedRelease; facts: Facts } | null = null
  let trial: (TrialOrder & { release: ServedRelease; tripped: string[] }) | null = null
  let pauses: readonly Pause[] = []
  let isDraining = false

  const start = async (port: number): Promise<number> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { ...setup, port } })
    const id = worker.threadId // -1 once it has ended
    const thread: Thread = { worker, last: newTally(), trial: null }
    worker.on('message', (message: FromThread) => {
      if (message.type === 'tally') [thread.last, thread.trial] = [message.tally, message.trial]
      if (message.type === 'events') events.events(id, message.batch)
      if (message.type === 'fault') events.fault(message.kind, message.where)
    })
    const failed = once(worker, 'error').then(([error]) => Promise.reject(error))
    failed.catch(() => {}) // told by 'died' below, or to whoever waits for the thread to listen
    const message = await Promise.race([answered(worker, 'listening', ANSWER_MS), failed])
    threads.add(thread)
    worker.once('error', error =>
      events.died(error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    )
    worker.once('exit', () => {
      threads.delete(thread)
      events.ended(id)
      gone.push(thread.last)
      if (!isDraining) void respawn(message?.port ?? port)
    })
    worker.postMessage({ type: 'pauses', pauses } satisfies ToThread)
    if (current) await ask(thread, { type: 'release', ...current }, 'swapped', ANSWER_MS)
    if (trial) {
      await ask(thread, { type: 'trial', trial }, 'swapped', ANSWER_MS)
      worker.postMessage(tripOf(trial.terms.canary, trial.tripped))
    }
    return message?.port ?? port
  }
  const respawn = async (port: number): Promise<void> => {
    await sleep(RESPAWN_MS)
    if (!isDraining) await start(port).catch(error => events.died(String(error)))
  }
  const askAll = <T extends FromThread['type']>(message: ToThread, answer: T, wait_ms: number) =>
    Promise.all([...threads].map(thread => ask(thread, message, answer, wait_ms)))

  /**
   * Why a thread did not swap, or null; one after another, so that the others serve meanwhile, and the first fault ends it.
   * One that died meanwhile starts anew with what is current.
   */
  const swapAll = async (message: ToThread): Promise<string | null> => {
    for (const thread of [...threads]) {
      const answer = await ask(thread, message, 'swapped', ANSWER_MS)
      if (answer?.error != null) return answer.error
    }
    return null
  }

  const setTrial = async (next: TrialWish | null): Promise<void> => {
    const before = trial
    const same = before && before.terms.canary === next?.terms.canary ? before : null
    const release = next?.release ?? same?.release
    const facts = next?.facts ?? (same?.isOfFacts ? same.facts : current?.facts)
    const isOfFacts = next?.facts !== undefined || same?.isOfFacts === true
    if (next === null || !facts || !release) trial = null
    else trial = { terms: next.terms, release, facts, isOfFacts, tripped: next.release ? [] : (same?.tripped ?? []) }
    const order = trial && { terms: trial.terms, release: next?.release ?? null, facts: trial.facts, isOfFacts }
    const failed = await swapAll({ type: 'trial', trial: order })
    if (failed === null) return
    trial = null
    await swapAll({ type: 'trial', trial: null })
    throw new Error(failed)
  }

  const port = await start(setup.port)
  for (let i = 1; i < count; i++) await start(port)
  return {
    port,
    alive: () => threads.size,
    async activate(release, facts) {
      const before = current
      current = { release, facts }
      const failed = await swapAll({ type: 'release', ...current })
      // Facts that are tried are tried with what serves.
      if (failed === null && trial?.isOfFacts) await setTrial({ terms: trial.terms, release, facts: trial.facts })
      if (failed === null) return
      current = before
      if (before) await swapAll({ type: 'release', ...before })
      throw new Error(failed)
    },
    async setFacts(facts) {
      if (!current) return
      current = { ...current, facts }
      if (trial && !trial.isOfFacts) trial = { ...trial, facts }
      const failed = await swapAll({ type: 'facts', facts })
      if (failed !== null) events.fault('facts', failed)
    },
    setTrial,
    setPauses(next) {
      pauses = next
      for (const { worker } of threads) worker.postMessage({ type: 'pauses', pauses } satisfies ToThread)
    },
    async trialTally() {
      if (!trial) return null
      const { sequence } = trial.terms
      await askAll({ type: 'tally' }, 'tally', TALLY_MS)
      return addTrials(
        sequence,
        [...threads].map(thread => thread.trial),
      )
    },
    trip(lineItems) {
      if (!trial) return
      trial.tripped.push(...lineItems)
      for (const { worker } of threads) worker.postMessage(tripOf(trial.terms.canary, lineItems))
    },
    async tally() {
      await askAll({ type: 'tally' }, 'tally', TALLY_MS)
      return addUp([...gone, ...[...threads].map(thread => thread.last)])
    },
    async drain(deadline_ms) {
      isDraining = true
      const workers = [...threads].map(({ worker }) => worker)
      await askAll({ type: 'drain', deadline_ms }, 'drained', deadline_ms + TALLY_MS)
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}

const tripOf = (canary: string, lineItems: readonly string[]): ToThread => ({ type: 'trip', canary, lineItems })

function ask<T extends FromThread['type']>({ worker }: Thread, message: ToThread, type: T, wait_ms: number) {
  const answer = answered(worker, type, wait_ms)
  worker.postMessage(message)
  return answer
}

/** The next message of a type; null when the thread ends or the time is up. */
function answered<T extends FromThread['type']>(worker: Worker, type: T, wait_ms: number) {
  return new Promise<Extract<FromThread, { type: T }> | null>(resolve => {
    const settle = (value: Extract<FromThread, { type: T }> | null) => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('exit', onExit)
      resolve(value)
    }
    const onExit = () => settle(null)
    const onMessage = (message: FromThread) => {
      if (message.type === type) settle(message as Extract<FromThread, { type: T }>) // its type was just compared
    }
    const timer = setTimeout(settle, wait_ms, null)
    worker.on('message', onMessage)
    worker.on('exit', onExit)
  })
}
