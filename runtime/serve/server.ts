/** A bidder: channel and facts in, serving threads and the admin port out. Everything is handed in; nothing is read here. */
import { setTimeout as sleep } from 'node:timers/promises'
import { factsOf } from '@flightplan/contract/channel.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { NO_FACTS } from '@flightplan/engine/golden.ts'
import { createCounters } from '../authority/counters.ts'
import { openNotices } from '../notice/notices.ts'
import type { OnBooked } from '../notice/receive.ts'
import { followChannel } from '../release/follow.ts'
import { followFacts } from '../release/follow-facts.ts'
import { followPauses } from '../release/follow-pauses.ts'
import { type FollowRemoteOptions, followRemote, type RemoteChannel } from '../release/follow-remote.ts'
import type { ReleaseEvent } from '../release/take.ts'
import type { LoadedRelease } from '../release/verify.ts'
import type { Secrets } from '../secrets.ts'
import { openAdmin } from './admin.ts'
import { openCanary } from './canary.ts'
import type { Config } from './config.ts'
import { type Explained, explainWith } from './explain.ts'
import { watchFacts } from './facts-file.ts'
import { openMetrics, type ProcessFigures } from './metrics.ts'
import { openPool } from './pool.ts'
import { unusableKeys } from './price-keys.ts'
import type { ServedRelease } from './serving.ts'
import { createShed } from './shed.ts'
import type { Tally } from './tally.ts'

/** One line of the log: `event` names it, the rest is data without anything personal. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, data?: Record<string, unknown>) => void

export interface ServerParts {
  config: Config
  /** The channel in the stores; null: the directory `channelDir` is followed. */
  remote?: RemoteChannel | null
  secrets: Secrets
  /** Told of each counted notice once it is durable; the books settle by it. */
  onBooked?: OnBooked
  log: Log
  random: () => number
  now_ms: () => number
}

export interface BidServerHandle {
  port: number
  adminPort: number
  /** Null: this process receives no notices. */
  noticePort: number | null
  /** The first release was tried: true when one serves, be it the last good. */
  started: Promise<boolean>
  /** Lets /readyz say 200 once a release serves. */
  open(): void
  tally(): Promise<Tally>
  /** Not ready, then no new connections, then the last answers. */
  close(delay_ms?: number): Promise<void>
}

/** Rejects when a port cannot be had. A release that cannot be loaded is no fault: it serves no-bids until one can. */
export async function startServer({
  config,
  remote,
  secrets,
  onBooked = () => {},
  log,
  random,
  now_ms,
}: ServerParts): Promise<BidServerHandle> {
  const counters = createCounters()
  const figures: ProcessFigures = { ...NO_FIGURES, loads: { ack: 0, nack: {} } }
  let isOpen = false
  let current: Explained['release'] | null = null
  let facts: Facts = NO_FACTS
  const { host, server } = config
  const { notices: noticing, tokenKey } = config
  const notices = noticing
    ? await openNotices({ host, config: noticing, tokenKey, secrets, onBooked, log, now_ms })
    : null
  // Any port was asked for: the links name the one that was had.
  const noticeUrl = notices && noticing?.port === 0 ? `http://${host}:${notices.port}` : config.noticeUrl
  const setup = { host, port: config.port, server, notice: { url: noticeUrl, key: tokenKey } }
  const events = noticing && noticing.events !== 'off' ? { node: noticing.node, sample: noticing.noBidSample } : null
  const profiles = config.profilesFile ? { file: config.profilesFile, poll_ms: config.poll_ms } : null
  const pool = await openPool(
    config.workers,
    { ...setup, counters, shed: createShed(), profiles, events },
    {
      fault: (kind, where) => log('error', 'fault', { kind, where }),
      died: error => log('error', 'worker_died', { error }),
      events: (thread, batch) => notices?.take(thread, batch),
      ended: thread => notices?.threadGone(thread),
    },
  )
  const isReady = () => isOpen && current !== null && pool.alive() > 0
  const useFacts = (next: Facts): Promise<void> => {
    facts = next
    log('info', 'facts', { digest: next.digest, made_at_ms: next.made_at_ms })
    return pool.setFacts(next)
  }
  const factsWatch = config.factsFile
    ? watchFacts(
        config.factsFile,
        config.poll_ms,
        next => void useFacts(next),
        text => log('error', 'facts_refused', { text }),
      )
    : null
  facts = factsWatch?.look() ?? facts
  const servedOf = (release: LoadedRelease): ServedRelease => {
    const unusable = unusableKeys(release.exchanges, secrets)
    for (const keys of unusable) log('error', 'secret_missing', { ...keys })
    notices?.learn(release)
    const stopped = unusable.map(({ exchange }) => exchange)
    const { digest, snapshot, policy, models, entries, golden } = release
    return { digest, snapshot, policy, models, entries, golden, stopped }
  }
  const activate = async (release: LoadedRelease): Promise<void> => {
    const served = servedOf(release)
    await pool.activate(served, facts)
    current = { ...served, debug: release.debug }
    figures.load_ms = release.load_ms
    figures.withoutKeys = served.stopped
  }
  const canaryOf = (channel: string) =>
    openCanary({
      ...{ pool, live: () => current, now_ms, every_ms: config.canary_report_ms },
      names: { bidder: remote?.bidder ?? '', channel },
      send: report => remote?.hot?.reportCanary(report) ?? Promise.resolve(),
      tripped: (id, why) => log('error', 'line_item_tripped', { id, why }),
    })
  const canary = canaryOf(remote?.channel ?? '')
  const canaryOfFacts = canaryOf(factsOf(remote?.channel ?? ''))
  const setCanary: FollowRemoteOptions['setCanary'] = trial =>
    canary.set(trial && { terms: trial.terms, release: trial.release && servedOf(trial.release) })
  const report = (event: ReleaseEvent): void => {
    count(figures, event)
    const { kind, ...data } = event
    log(LEVELS[kind], `release_${kind}`, data)
  }
  const { channelDir, stateDir, poll_ms } = config
  const verify = { trusted: config.trusted, counters, budget_bytes: config.release_budget_bytes }
  const following = { stateDir, poll_ms, random, verify, activate, report }
  const follower = remote
    ? followRemote({ ...following, remote, now_ms, setCanary })
    : followChannel({ ...following, channelDir })
  const pauses =
    remote &&
    followPauses({
      ...{ ...remote, stateDir, poll_ms, random, trusted: config.trusted },
      setPauses(all) {
        pool.setPauses(all)
        log('warn', 'pauses', { pauses: all })
      },
      refused: text => log('warn', 'pauses_refused', { text }),
    })
  // A file of the environment comes first: who names one does not want others.
  const followedFacts =
    remote && !factsWatch
      ? followFacts({
          ...{ remote, stateDir, poll_ms, random, now_ms, trusted: config.trusted, setFacts: useFacts },
          setCanary: trial =>
            canaryOfFacts.set(
              trial && {
                terms: trial.terms,
                release: trial.facts && current,
                ...(trial.facts && { facts: trial.facts }),
              },
            ),
          refused: text => log('error', 'facts_refused', { text }),
        })
      : null
  const write = openMetrics()
  const metrics = async () => {
    const state = { workers: pool.alive(), ready: isReady(), release: current?.digest ?? '', facts: facts.digest }
    const compared = (await canary.comparison()) ?? (await canaryOfFacts.comparison())
    return `${await write(await pool.tally(), { ...figures, ...state }, compared)}\n${notices?.metrics() ?? ''}`
  }
  const { profilesFile } = config
  const explain = explainWith(() => current && { release: current, facts, counters, profilesFile }, now_ms)
  const admin = await openAdmin(host, config.adminPort, { isReady, metrics, explain })
  return {
    port: pool.port,
    adminPort: admin.port,
    noticePort: notices?.port ?? null,
    started: follower.started,
    open: () => {
      isOpen = true
    },
    tally: () => pool.tally(),
    async close(delay_ms = 0) {
      isOpen = false
      log('info', 'draining', { delay_ms })
      await sleep(delay_ms)
      factsWatch?.stop()
      canary.stop()
      canaryOfFacts.stop()
      await Promise.race([followedFacts?.stop(), sleep(config.drain_ms)])
      await Promise.race([pauses?.stop(), sleep(config.drain_ms)])
      await Promise.race([follower.stop(), sleep(config.drain_ms)]) // a load may take long, and is not needed any more
      await pool.drain(config.drain_ms)
      await notices?.close(config.drain_ms)
      await admin.close()
      log('info', 'stopped')
    },
  }
}

const LEVELS = {
  ack: 'info',
  live: 'info',
  announced: 'info',
  nack: 'error',
  refused: 'warn',
  not_kept: 'warn',
} as const
const NO_FIGURES = { workers: 0, ready: false, release: '', facts: '', load_ms: 0, withoutKeys: [] }

function count({ loads }: ProcessFigures, event: ReleaseEvent): void {
  if (event.kind === 'ack') loads.ack++
  if (event.kind === 'nack') loads.nack[event.code] = (loads.nack[event.code] ?? 0) + 1
}
