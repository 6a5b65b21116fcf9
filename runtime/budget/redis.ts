/** The books in Redis (scripts.ts). Faults reject at once or in bounded time; nothing queues while Redis is away. */
import { Redis } from 'ioredis'
import type { Balance, Booked, Booking, Books, Grant, LeaseAnswer, LeaseRequest, Short, Truth } from './port.ts'
import { BOOK, LEASE, REBUILD, RECONCILE } from './scripts.ts'

const COMMAND_TIMEOUT_MS = 1000
const CONNECT_TIMEOUT_MS = 1000
/** Reconnect: from 50 ms, doubling, to 1 s: a bidder without leases does not bid, so it tries more often than for releases. */
const RETRY_FROM_MS = 50
const RETRY_TO_MS = 1000

/** Connects in the background; every call rejects while there is no connection. */
export function openRedisBooks(url: string, random: () => number, onFault: (text: string) => void): Books {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // Scripts of one tick travel together: hundreds of campaigns are one write.
    enableAutoPipelining: true,
    retryStrategy: times => Math.min(RETRY_TO_MS, RETRY_FROM_MS * 2 ** Math.min(times, 10)) * (0.5 + random() / 2),
  })
  redis.on('error', error => onFault(error.message))
  // The first calls wait for the first connection; later ones fail at once, instead of queueing for a reconnect each.
  redis.once('ready', () => {
    redis.options.enableOfflineQueue = false
  })
  const run = declare(redis)
  const key = (campaign: string, ...rest: string[]): string => ['fp', `{${campaign}}`, ...rest].join(':')
  const keys = (campaign: string) => ['books', 'claims', 'expiry'].map(name => key(campaign, name))
  const book = (how: 's' | 'r', { campaign, bid, remember_ms, entries }: Booking) => {
    const rows = entries.flatMap(e => [e.account, e.day, e.charged_nano, e.cost_nano, e.lost_nano])
    return run.fpBook(
      2,
      key(campaign, 'books'),
      key(campaign, 'bid', bid),
      how,
      remember_ms,
      ...rows,
    ) as Promise<Booked>
  }
  return {
    async lease(request) {
      const { campaign, now_ms, expires_ms, forget_ms, node, sequence, mode, rows } = request
      const head = [now_ms, expires_ms, forget_ms, node, sequence, mode]
      return answerOf((await run.fpLease(3, ...keys(campaign), ...head, ...rows.flatMap(argsOf))) as string[])
    },
    settle: booking => book('s', booking),
    release: booking => book('r', booking),
    async reconcile(campaign, truths) {
      const found = await run.fpReconcile(1, key(campaign, 'books'), ...truths.flatMap(columnsOf))
      return (found as string[]).map(Number)
    },
    async setStopped(campaign, stopped) {
      await redis.hset(key(campaign, 'books'), 'stop', stopped ? '1' : '0')
    },
    async rebuild(campaign, truths, seen, from_ms) {
      const bids = seen.map(({ bid }) => key(campaign, 'bid', bid))
      const times = seen.map(({ remember_ms }) => remember_ms)
      const all = [...keys(campaign), ...bids]
      await run.fpRebuild(all.length, ...all, from_ms, bids.length, ...times, ...truths.flatMap(columnsOf))
    },
    async balance(campaign, account, day) {
      const fields = ['s', 'x', 'o', 'c'].map(column => `${account}|${day ?? 'all'}|${column}`)
      const [from, ...found] = await redis.hmget(key(campaign, 'books'), 'from', ...fields)
      return from == null ? null : balanceOf(found)
    },
    async close() {
      redis.disconnect()
    },
  }
}

type Script = (keys: number, ...args: (string | number)[]) => Promise<unknown>

/** Sent by hash; ioredis sends the text again where a restarted Redis does not know it. */
function declare(redis: Redis) {
  const lua = { fpLease: LEASE, fpBook: BOOK, fpReconcile: RECONCILE, fpRebuild: REBUILD }
  for (const [name, script] of Object.entries(lua)) redis.defineCommand(name, { lua: script })
  return redis as unknown as Record<keyof typeof lua, Script> // defineCommand adds methods that the type cannot know
}

const argsOf = (row: LeaseRequest['rows'][number]): (string | number)[] => [
  ...[row.account, row.day, row.daily_nano ?? '', row.total_nano ?? ''],
  ...[row.used_nano, row.open_nano, row.held_nano, row.want_nano],
]

const columnsOf = ({ account, day, settled_nano, lost_nano, open_nano }: Truth): (string | number)[] => [
  ...[account, day, settled_nano, lost_nano, open_nano],
]

function answerOf([state, ...words]: string[]): LeaseAnswer {
  if (state !== 'granted') return { state: state === 'stale' ? 'stale' : 'unbuilt' }
  const grants: Grant[] = []
  for (let i = 0; i < words.length; i += 3)
    grants.push({
      grant_nano: Number(words[i]),
      isVoid: words[i + 1] === '1',
      short: (words[i + 2] || null) as Short, // LEASE writes these words
    })
  return { state, grants }
}

function balanceOf(found: readonly (string | null)[]): Balance {
  const [settled_nano = 0, lost_nano = 0, open_nano = 0, claimed_nano = 0] = found.map(Number)
  return { settled_nano, lost_nano, open_nano, claimed_nano }
}
