/**
 * Follows the facts of a channel: content-addressed, signed and fetched as releases are (deltas and last good included),
 * then held to the size guards against the facts that serve. What cannot be heard or is refused changes nothing.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChannelRecord, factsOf } from '@flightplan/contract/channel.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { MAX_FACTS_BYTES, readFacts } from '../facts/facts.ts'
import type { TrialTerms } from '../serve/trial.ts'
import { dropIncoming, fetchRelease } from './fetch.ts'
import { readManifest } from './files.ts'
import { pauseOf, type RemoteChannel } from './follow-remote.ts'
import type { TrustedKeys } from './keys.ts'
import { keepLastGood } from './last-good.ts'
import { openRecord } from './record.ts'
import { Refused, refusalOf } from './refusal.ts'
import { openReporter } from './reporter.ts'
import { follows, readSeen, writeSeen } from './seen.ts'
import { openWaker } from './waker.ts'
import { readPointer } from './watch.ts'

/** The one file of what is published as facts. */
export const FACTS_FILE = 'facts.json'

export interface FollowFactsOptions {
  remote: RemoteChannel
  trusted: TrustedKeys
  /** Of the bidder; facts are kept in a folder of it. */
  stateDir: string
  poll_ms: number
  random: () => number
  now_ms: () => number
  setFacts(facts: Facts): Promise<void>
  /** Some auctions by other facts (null: the ones that are tried, on other terms), or none any more. */
  setCanary(canary: { terms: TrialTerms; facts: Facts | null } | null): Promise<void>
  refused(text: string): void
}

export interface FactsFollower {
  /** The last good facts of the disk were tried. */
  started: Promise<void>
  stop(): Promise<void>
}

export function followFacts(options: FollowFactsOptions): FactsFollower {
  const { remote, trusted, random } = options
  const channel = factsOf(remote.channel)
  const stateDir = join(options.stateDir, 'facts')
  const sources = [remote.hot, remote.store].filter(source => source !== null)
  const reporter = openReporter({ ...remote, channel, stateDir, random, now_ms: options.now_ms })
  let seen = readSeen(stateDir, channel)
  let lastGood: Facts | null = null
  let [serving, trying, settled] = ['', '', '']

  const open = async (dir: string): Promise<Facts> => {
    const { facts, faults } = readFacts(await readFile(join(dir, FACTS_FILE)), lastGood)
    if (facts) return facts
    throw new Refused('malformed_facts', faults.map(({ path, message }) => `${path}: ${message}`).join('; '))
  }
  const fetched = (digest: string) =>
    fetchRelease(digest, { channel, sources, stateDir, trusted, budget_bytes: MAX_FACTS_BYTES })
  const serve = async (facts: Facts, digest: string): Promise<void> => {
    await options.setFacts(facts)
    lastGood = facts
    serving = digest
  }
  const takeCanary = async ({ canary, share_ppm, sequence, rollout }: ChannelRecord): Promise<void> => {
    if (canary === null || share_ppm === 0) {
      if (trying !== '') await options.setCanary(null)
      trying = ''
      return
    }
    const terms = { canary, share_ppm, sequence, expires_at_ms: rollout?.expires_at_ms ?? Number.POSITIVE_INFINITY }
    const facts = trying === canary ? null : await open((await fetched(canary)).dir)
    await options.setCanary({ terms, facts })
    trying = canary
  }
  const take = async (record: ChannelRecord): Promise<void> => {
    const { live, sequence } = record
    const about = { digest: live, sequence, code: '', text: '' }
    if (live !== serving) {
      const { dir, fetched_bytes } = await fetched(live)
      await serve(await open(dir), live)
      await keepLastGood(stateDir, dir, 'move')
      reporter.say({ ...about, state: 'ack', serving: live, fetched_bytes })
    }
    await takeCanary(record)
    reporter.say({ ...about, state: 'live', from: sources[0]?.name ?? 'last_good' })
  }
  const look = async (): Promise<boolean> => {
    try {
      for (const source of sources) {
        const text = await source.pointer(channel).catch(() => null)
        if (text === null || text === settled) continue
        const record = openRecord(text, channel, trusted)
        seen = follows(seen, record, text)
        await writeSeen(stateDir, seen)
        await take(record)
        settled = text
        break
      }
      return true
    } catch (error) {
      const { code, text } = refusalOf(error, 'not_fetched')
      reporter.say({ state: 'nack', code, text, ...(seen && { sequence: seen.sequence }) })
      options.refused(text)
      return false
    } finally {
      await dropIncoming(stateDir)
    }
  }
  const readKept = async (): Promise<void> => {
    const kept = readPointer(stateDir)
    if (!kept) return
    try {
      await readManifest(kept.dir, kept.digest, trusted)
      await serve(await open(kept.dir), kept.digest)
    } catch (error) {
      options.refused(refusalOf(error, 'not_fetched').text)
    }
  }

  const waker = openWaker()
  const subscription = remote.hot?.subscribe(channel, waker.call)
  const started = readKept()
  const following = started.then(async () => {
    for (let fails = 0; !waker.isStopped(); ) {
      waker.listen()
      fails = (await look()) ? 0 : fails + 1
      await waker.pause(pauseOf(fails, options.poll_ms, random))
    }
  })
  return {
    started,
    async stop() {
      waker.stop()
      subscription?.close()
      reporter.stop()
      await following
    },
  }
}
