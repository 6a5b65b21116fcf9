/** The hot copy in Redis. All keys of a channel share a hash tag, so that they lie on one node of a cluster. */
import type { AckReport } from '@flightplan/contract/channel.ts'
import type { CanaryReport } from '@flightplan/contract/rollout.ts'
import { Redis } from 'ioredis'
import type { HotCopy, SealedManifest } from './port.ts'

/** Of one command: a bidder that waits longer had better read the record. */
const COMMAND_TIMEOUT_MS = 2000
const CONNECT_TIMEOUT_MS = 1000
/** A delta helps those that follow at once; later ones fetch the file. */
const DELTA_TTL_S = 24 * 3600
/** Reconnect: from 50 ms, doubling, to 5 s, each anywhere in the upper half, so that a fleet does not knock in step. */
const RETRY_FROM_MS = 50
const RETRY_TO_MS = 5000

/** Moves the pointer only forwards, and calls either way. KEYS: pointer, ARGV: sequence, text, called channel. */
const ANNOUNCE = `
local old = tonumber(redis.call('HGET', KEYS[1], 'sequence') or '0')
local new = tonumber(ARGV[1])
if new > old then redis.call('HSET', KEYS[1], 'sequence', ARGV[1], 'text', ARGV[2]) end
redis.call('PUBLISH', ARGV[3], ARGV[1])
if new >= old then return 1 end
return 0`

/** Connects in the background; every call rejects while there is no connection. Faults are told to `onFault`, not thrown. */
export function openRedisHot(url: string, random: () => number, onFault: (text: string) => void): HotCopy {
  const retryStrategy = (times: number): number =>
    Math.min(RETRY_TO_MS, RETRY_FROM_MS * 2 ** Math.min(times, 10)) * (0.5 + random() / 2)
  const options = { connectTimeout: CONNECT_TIMEOUT_MS, retryStrategy, maxRetriesPerRequest: 0 }
  const connect = (more: object): Redis => {
    const client = new Redis(url, { ...options, ...more })
    return client.on('error', error => onFault(error.message))
  }
  // Commands may wait for the first connection (bounded by their timeout), later ones fail at once while it is down.
  const redis = connect({ commandTimeout: COMMAND_TIMEOUT_MS })
  const listeners: Redis[] = []
  const key = (channel: string, ...rest: string[]): string => ['fp', `{${channel}}`, ...rest].join(':')
  /** GETRANGE, because it bounds what is sent, whoever wrote the key. */
  const bounded = async (name: string, max_bytes: number): Promise<Uint8Array | null> => {
    const bytes = await redis.getrangeBuffer(name, 0, max_bytes)
    return bytes.length === 0 || bytes.length > max_bytes ? null : bytes
  }
  return {
    name: 'redis',
    pointer: channel => redis.hget(key(channel, 'pointer'), 'text'),
    async manifest(channel, digest) {
      const [manifest, signature] = await redis.hmgetBuffer(key(channel, 'release', digest), 'manifest', 'signature')
      return manifest && signature ? { manifest, signature } : null
    },
    blob: (channel, sha256, max_bytes) => bounded(key(channel, 'blob', sha256), max_bytes),
    delta: (channel, from, to, max_bytes) => bounded(key(channel, 'delta', from, to), max_bytes),
    async putManifest(channel, digest, { manifest, signature }: SealedManifest) {
      const fields = { manifest: Buffer.from(manifest), signature: Buffer.from(signature) }
      await redis.hset(key(channel, 'release', digest), fields)
      await redis.sadd(key(channel, 'releases'), digest)
    },
    async haveBlobs(channel, sha256) {
      const there = await Promise.all(sha256.map(one => redis.exists(key(channel, 'blob', one))))
      return new Set(sha256.filter((_, i) => there[i] === 1))
    },
    async putBlob(channel, sha256, packed) {
      await redis.set(key(channel, 'blob', sha256), Buffer.from(packed))
      await redis.sadd(key(channel, 'blobs'), sha256)
    },
    async putDelta(channel, from, to, delta) {
      await redis.set(key(channel, 'delta', from, to), Buffer.from(delta), 'EX', DELTA_TTL_S)
    },
    async announce(channel, sequence, text) {
      const moved = await redis.eval(ANNOUNCE, 1, key(channel, 'pointer'), sequence, text, key(channel, 'calls'))
      return moved === 1
    },
    subscribe(channel, onCall) {
      // A connection that subscribes can do nothing else. ioredis subscribes again when it reconnects.
      const listener = connect({ maxRetriesPerRequest: null })
      listeners.push(listener)
      listener.on('message', onCall)
      listener.on('ready', onCall) // what was called while it was away is not called again
      listener.subscribe(key(channel, 'calls')).catch(error => onFault(String(error.message)))
      return { close: () => listener.disconnect() }
    },
    async ack(report) {
      await redis.hset(key(report.channel, 'acks'), report.bidder, JSON.stringify(report))
    },
    async acks(channel) {
      const reports = await redis.hvals(key(channel, 'acks'))
      return reports.map(text => JSON.parse(text) as AckReport) // written by ack() above
    },
    async reportCanary(report) {
      await redis.hset(key(report.channel, 'canaries'), report.bidder, JSON.stringify(report))
    },
    async canaryReports(channel) {
      const reports = await redis.hvals(key(channel, 'canaries'))
      return reports.map(text => JSON.parse(text) as CanaryReport) // written by reportCanary() above
    },
    async dropAck(channel, bidder) {
      for (const name of ['acks', 'canaries']) await redis.hdel(key(channel, name), bidder)
    },
    async keepOnly(channel, digests, sha256) {
      const [blobs, releases] = [key(channel, 'blobs'), key(channel, 'releases')]
      const goneReleases = without(await redis.smembers(releases), digests)
      const goneBlobs = without(await redis.smembers(blobs), sha256)
      for (const digest of goneReleases) {
        await redis.del(key(channel, 'release', digest))
        await redis.srem(releases, digest)
      }
      for (const one of goneBlobs) {
        await redis.del(key(channel, 'blob', one))
        await redis.srem(blobs, one)
      }
      return goneBlobs.length
    },
    async close() {
      for (const client of [redis, ...listeners]) client.disconnect()
    },
  }
}

const without = (all: readonly string[], kept: readonly string[]): string[] => {
  const keep = new Set(kept)
  return all.filter(one => !keep.has(one))
}
