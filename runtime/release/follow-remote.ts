/**
 * Follows a channel in the stores: called by the hot copy, else by a jittered poll; read from the hot copy, else from the
 * record, else the last good release on disk serves. Only records that are signed and newer than all before are taken.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AckReport, ChannelRecord } from '@flightplan/contract/channel.ts'
import type { TrialTerms } from '../serve/trial.ts'
import type { HotCopy, ReleaseSource } from '../store/port.ts'
import { dropIncoming, type Fetched, fetchRelease } from './fetch.ts'
import type { Follower } from './follow.ts'
import { keepLastGood } from './last-good.ts'
import { loadRelease } from './loader.ts'
import { openRecord, sha256Of } from './record.ts'
import { REFUSALS, Refused, refusalOf } from './refusal.ts'
import { openReporter } from './reporter.ts'
import { follows, readSeen, type Seen, writeSeen } from './seen.ts'
import { type ReleaseEvent, type TakeOptions, takeRelease } from './take.ts'
import type { LoadedRelease } from './verify.ts'
import { openWaker } from './waker.ts'
import { readPointer } from './watch.ts'

export interface RemoteChannel {
  channel: string
  /** How this bidder calls itself in its reports. */
  bidder: string
  hot: HotCopy | null
  store: ReleaseSource | null
}

export interface FollowRemoteOptions extends TakeOptions {
  remote: RemoteChannel
  /** Puts a canary beside what serves (`release` null: the one that is on, with other terms), or ends it. */
  setCanary(canary: { terms: TrialTerms; release: LoadedRelease | null } | null): Promise<void>
  stateDir: string
  poll_ms: number
  random: () => number
  now_ms: () => number
}

/** So long the channel has to give a release before a start falls back to the disk. */
const START_MS = 3000
/** A call reaches all bidders at once; each waits anywhere up to this long before it asks for the release. */
const SPREAD_MS = 100
/** After a failure: from here, doubling, each time anywhere in the upper half, so that a fleet does not return in step. */
const RETRY_FROM_MS = 250
const RETRY_TO_MS = 30_000
const FINE = { code: '', text: '' }

/** Pause before the next look. @param fails looks in a row that failed */
export function pauseOf(fails: number, poll_ms: number, random: () => number): number {
  if (fails === 0) return poll_ms * (0.75 + random() / 2)
  return Math.min(RETRY_TO_MS, RETRY_FROM_MS * 2 ** Math.min(fails - 1, 20)) * (0.5 + random() / 2)
}

interface Heard {
  record: ChannelRecord
  text: string
  seen: Seen
  from: ReleaseSource['name']
}

export function followRemote(options: FollowRemoteOptions): Follower {
  const { remote, stateDir, verify, random } = options
  const { channel, hot } = remote
  const sources = [remote.hot, remote.store].filter(source => source !== null)
  const reporter = openReporter({ ...remote, stateDir, random, now_ms: options.now_ms })
  let seen = readSeen(stateDir, channel)
  let serving = ''
  /** The record that needs no more work: its release serves, or was refused for good. */
  let settled = ''
  /** Digest of the canary that is on; '' while none is. */
  let trying = ''
  /** What the last record came to, and what the last look complained of. */
  let verdict = FINE
  let lastRefusal = ''

  const refuse = (error: unknown): void => {
    const { code, text } = refusalOf(error, 'not_fetched')
    reporter.say({ code, text })
    if (lastRefusal === text) return
    lastRefusal = text
    options.report({ kind: 'refused', code, error: REFUSALS[code], text })
  }

  /** The first store that has a record which may be taken. Null: nothing was published. @throws Refused */
  const hear = async (): Promise<Heard | null> => {
    const why: unknown[] = []
    for (const source of sources) {
      try {
        const text = await source.pointer(channel)
        if (text === null) continue
        const record = openRecord(text, channel, verify.trusted)
        return { record, text, seen: follows(seen, record, text), from: source.name }
      } catch (error) {
        const { code, text } = refusalOf(error, 'not_fetched')
        why.push(new Refused(code, `${source.name}: ${text}`))
      }
    }
    if (why.length > 0) throw why[0]
    return null
  }

  const fetch = (digest: string): Promise<Fetched> => {
    const { trusted, budget_bytes } = verify
    return fetchRelease(digest, { channel, sources, stateDir, trusted, budget_bytes })
  }
  const take = async (heard: Heard): Promise<void> => {
    const { live: digest, sequence } = heard.record
    const about = { digest, sequence, from: heard.from, ...FINE }
    verdict = FINE
    if (digest !== serving) {
      const fetched = await fetch(digest)
      const report = told(about, fetched)
      const pointer = { digest, dir: fetched.dir }
      const isServing = await inTurn(() => takeRelease(pointer, 'channel', { ...options, report }))
      if (isServing) await keep(fetched.dir, digest)
      await dropIncoming(stateDir)
      reporter.say({ fetched_bytes: fetched.fetched_bytes }) // with the new last good
      if (!isServing) return
    }
    if (await takeCanary(heard)) reporter.say({ ...about, state: 'live' })
  }
  /** False: it was refused, which was reported; the live release serves all. */
  const takeCanary = async ({ record, from }: Heard): Promise<boolean> => {
    const { canary, share_ppm, sequence, rollout } = record
    if (canary === null || share_ppm === 0) {
      if (trying !== '') await inTurn(() => options.setCanary(null))
      trying = ''
      return true
    }
    const terms = { canary, share_ppm, sequence, expires_at_ms: rollout?.expires_at_ms ?? Number.POSITIVE_INFINITY }
    try {
      const release = trying === canary ? null : await loaded(canary)
      await inTurn(() => options.setCanary({ terms, release }))
      trying = canary
      return true
    } catch (error) {
      const { code, text } = refusalOf(error, 'not_activated')
      if (code === 'not_fetched') throw error // tried again soon
      trying = ''
      await inTurn(() => options.setCanary(null))
      told(
        { digest: canary, sequence, from },
        null,
      )({ kind: 'nack', digest: canary, code, error: REFUSALS[code], text })
      return false
    } finally {
      await dropIncoming(stateDir)
    }
  }
  const loaded = async (digest: string): Promise<LoadedRelease> => {
    const { dir } = await fetch(digest)
    const release = await loadRelease(dir, digest, verify)
    if (!release.ok) throw new Refused(release.code, release.text)
    const { load_ms, manifest } = release
    options.report({ kind: 'ack', digest, load_ms, from: 'channel', counts: manifest.counts })
    return release
  }
  const told = (about: Partial<AckReport>, fetched: Fetched | null) => (event: ReleaseEvent) => {
    if (event.kind === 'live') serving = event.digest
    options.report(event)
    if (event.kind === 'ack') reporter.say({ ...about, state: 'ack', load_ms: event.load_ms })
    if (event.kind === 'live') reporter.say({ serving, fetched_bytes: fetched?.fetched_bytes ?? 0 })
    if (event.kind !== 'nack') return
    verdict = { code: event.code, text: event.text }
    reporter.say({ ...about, state: 'nack', ...verdict })
  }
  const keep = (dir: string, digest: string): Promise<void> =>
    keepLastGood(stateDir, dir, 'move').catch(error =>
      options.report({ kind: 'not_kept', digest, text: String(error) }),
    )

  /** True: the channel is where it should be. False: try again soon. Never rejects. */
  const look = async (): Promise<boolean> => {
    try {
      const heard = await hear()
      if (heard === null || sha256Of(heard.text) === settled) {
        if (lastRefusal !== '') reporter.say(verdict)
        lastRefusal = ''
        return true
      }
      if (heard.seen.sha256 !== seen?.sha256) await remember(heard)
      await take(heard)
      settled = heard.seen.sha256
      lastRefusal = ''
      return true
    } catch (error) {
      refuse(error)
      return false
    }
  }
  /** Before anything is done with it: a crash must not make room for an older one. */
  const remember = async ({ record, seen: next }: Heard): Promise<void> => {
    const { sequence, live: digest, canary, share_ppm } = record
    options.report({ kind: 'announced', sequence, digest, canary, share_ppm })
    seen = next
    await writeSeen(stateDir, next).catch(error => options.report({ kind: 'not_kept', digest, text: String(error) }))
  }

  // A swap never overtakes another: the last good release and the channel's take turns.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const done = turn.then(step)
    turn = done.catch(() => {})
    return done
  }

  const waker = openWaker()
  const subscription = hot?.subscribe(channel, waker.call)
  const follow = async (tried: () => void): Promise<void> => {
    for (let fails = 0; !waker.isStopped(); ) {
      waker.listen()
      fails = (await look()) ? 0 : fails + 1
      tried()
      const wasCalled = await waker.pause(pauseOf(fails, options.poll_ms, random))
      if (wasCalled) await sleep(SPREAD_MS * random())
    }
  }
  let following = Promise.resolve()
  const tried = new Promise<void>(resolve => {
    following = follow(resolve)
  })
  const started = Promise.race([tried, sleep(START_MS)]).then(async () => {
    const kept = readPointer(stateDir)
    const about = { digest: kept?.digest ?? '', sequence: seen?.sequence ?? 0, from: 'last_good' as const }
    const report = told(about, null)
    if (kept)
      await inTurn(async () => {
        if (serving === '' && (await takeRelease(kept, 'last_good', { ...options, report })))
          reporter.say({ ...about, state: 'live' })
      })
    return serving !== ''
  })
  return {
    started,
    async stop() {
      waker.stop()
      subscription?.close()
      reporter.stop()
      await Promise.all([started, following])
    },
  }
}
