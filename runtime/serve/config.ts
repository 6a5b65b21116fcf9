/** The environment → how to run. Read in main.ts only; all faults are told at once. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { BIDDER_NAME, CHANNEL_NAME } from '@flightplan/contract/channel.ts'
import { PORTS } from '@flightplan/contract/infra.ts'
import { NOTICE_URL } from '../notice/links.ts'
import type { NoticeConfig } from '../notice/notices.ts'
import { parseTrustedKeys, type TrustedKeys } from '../release/keys.ts'
import { type StoreUrls, storeUrls } from '../store/open.ts'
import type { ServerKind } from './messages.ts'

export interface Config {
  host: string
  port: number
  adminPort: number
  workers: number
  server: ServerKind
  channelDir: string
  stateDir: string
  factsFile: string | null
  /** NDJSON of our own profile store; null: no user has a profile. */
  profilesFile: string | null
  secretsDir: string | null
  trusted: TrustedKeys
  /** Signs tokens; all bidders that share notices share it. Ephemeral when the environment has none. */
  tokenKey: KeyObject
  noticeUrl: string
  /** Absent: notices go to another process, and no event is logged here. */
  notices?: NoticeConfig
  /** All files of one release. */
  release_budget_bytes: number
  /** How often channel and facts are looked at. */
  poll_ms: number
  /** How often a canary's counts are looked at and told. */
  canary_report_ms: number
  /** After SIGTERM: not ready for this long while still serving, then this long for the last answers. */
  drain_delay_ms: number
  drain_ms: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws RangeError listing every variable that cannot be used, one a line. */
export function readConfig(environment: Environment): Config {
  const faults: string[] = []
  const fail = <T>(name: string, why: string, instead: T): T => {
    faults.push(`${name} ${why}`)
    return instead
  }
  const whole = (name: string, otherwise: number, max: number, min = 0): number => {
    const text = environment[name]
    if (text === undefined || text === '') return otherwise
    const value = Number(text)
    const isFine = /^\d+$/.test(text) && value >= min && value <= max
    return isFine ? value : fail(name, `"${text}" is no whole number from ${min} to ${max}`, otherwise)
  }
  const host = environment['HOST'] || '127.0.0.1'
  const port = whole('PORT', PORTS.bidder, 65_535)
  const stateDir = environment['STATE_DIR'] || fail('STATE_DIR', 'is missing: where the last good release is kept', '')
  const notices = environment['NOTICE_PORT']
    ? noticeConfig(environment, whole, { name: `${environment['HOSTNAME'] || host}-${port}`, stateDir }, fail)
    : null
  const config: Config = {
    ...{ host, port, ...(notices && { notices }) },
    adminPort: whole('ADMIN_PORT', PORTS.bidderAdmin, 65_535),
    workers: whole('WORKERS', availableParallelism(), 256, 1),
    server: serverKind(environment['HTTP_SERVER'], fail),
    channelDir: channelDir(environment, fail),
    stateDir,
    factsFile: environment['FACTS_FILE'] || null,
    profilesFile: environment['PROFILES_FILE'] || null,
    secretsDir: environment['SECRETS_DIR'] || null,
    trusted: trustedKeys(environment['FLIGHT_TRUSTED_KEYS'], fail),
    tokenKey: tokenKey(environment['TOKEN_KEY'], fail),
    noticeUrl: noticeUrl(environment['NOTICE_URL'], `http://${host}:${notices ? notices.port : port}`, fail),
    release_budget_bytes: whole('RELEASE_BUDGET_BYTES', 1 << 30, 8 * 2 ** 30),
    poll_ms: whole('POLL_MS', 2000, 3_600_000, 10),
    canary_report_ms: whole('CANARY_REPORT_MS', 2000, 60_000, 50),
    drain_delay_ms: whole('DRAIN_DELAY_MS', 3000, 600_000),
    drain_ms: whole('DRAIN_MS', 5000, 600_000),
  }
  if (faults.length > 0) throw new RangeError(faults.join('\n'))
  return config
}

/** Of use only where no store is named. */
function channelDir(environment: Environment, fail: Fail): string {
  if (storeUrls(environment)) return ''
  return environment['CHANNEL_DIR'] || fail('CHANNEL_DIR', 'is missing: the directory with `current`, or REDIS_URL', '')
}

/**
 * The channel to follow in the stores, and this bidder's name there; null: a directory is followed.
 * @throws RangeError where a name cannot be used
 */
export function readRemote(environment: Environment, hostname: string): RemoteNames | null {
  const urls = storeUrls(environment)
  if (!urls) return null
  const channel = environment['CHANNEL'] || 'live'
  const bidder = environment['BIDDER_ID'] || `${hostname}:${environment['PORT'] || PORTS.bidder}`
  if (!CHANNEL_NAME.test(channel)) throw new RangeError(`CHANNEL "${channel}" is not lower-case letters, digits and -`)
  if (!BIDDER_NAME.test(bidder)) throw new RangeError(`BIDDER_ID "${bidder}" is not letters, digits and ._:-`)
  return { urls, channel, bidder }
}

export interface RemoteNames {
  urls: StoreUrls
  channel: string
  bidder: string
}

type Fail = <T>(name: string, why: string, instead: T) => T

function serverKind(text: string | undefined, fail: Fail): ServerKind {
  if (text === undefined || text === '' || text === 'strict') return 'strict'
  return text === 'node' ? 'node' : fail('HTTP_SERVER', `"${text}" is neither strict nor node`, 'strict')
}

function trustedKeys(text: string | undefined, fail: Fail): TrustedKeys {
  const none: TrustedKeys = new Map()
  if (!text) return fail('FLIGHT_TRUSTED_KEYS', 'is missing: without a key that it trusts a bidder loads nothing', none)
  try {
    return parseTrustedKeys(text)
  } catch (error) {
    return fail('FLIGHT_TRUSTED_KEYS', error instanceof Error ? error.message : String(error), none)
  }
}

const NODE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Of a process that NOTICE_PORT makes a receiver of notices. */
function noticeConfig(
  environment: Environment,
  whole: (name: string, otherwise: number, max: number, min?: number) => number,
  { name, stateDir }: { name: string; stateDir: string },
  fail: Fail,
): NoticeConfig {
  const node = environment['NODE_NAME'] || name
  const events = environment['EVENTS'] || 'off'
  const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',').filter(Boolean)
  if (!NODE_NAME.test(node)) fail('NODE_NAME', `"${node}" is not letters, digits and ._-`, null)
  if (events === 'kafka' && brokers.length === 0) fail('KAFKA_BROKERS', 'is missing: EVENTS is kafka', null)
  return {
    port: whole('NOTICE_PORT', 0, 65_535),
    spoolDir: environment['SPOOL_DIR'] || join(stateDir, 'spool'),
    node,
    events:
      events === 'off' || events === 'spool' || events === 'kafka'
        ? events
        : fail('EVENTS', `"${events}" is none of off, spool and kafka`, 'off' as const),
    brokers,
    conversionKey: environment['CONVERSION_KEY'] || null,
    noBidSample: whole('NO_BID_SAMPLE', 1000, 1_000_000, 1),
  }
}

const MIN_KEY_BYTES = 16

function tokenKey(text: string | undefined, fail: Fail): KeyObject {
  const bytes = text ? Buffer.from(text) : randomBytes(32)
  if (bytes.length < MIN_KEY_BYTES)
    return fail('TOKEN_KEY', `has fewer than ${MIN_KEY_BYTES} bytes`, createSecretKey(randomBytes(32)))
  return createSecretKey(bytes)
}

function noticeUrl(text: string | undefined, otherwise: string, fail: Fail): string {
  const url = text || otherwise
  return NOTICE_URL.test(url)
    ? url
    : fail('NOTICE_URL', `"${url}" is no plain http(s) URL without query and last slash`, otherwise)
}
