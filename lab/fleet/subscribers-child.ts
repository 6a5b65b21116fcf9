/**
 * Many light subscribers in one process: each has its own connections, state and disk, follows the announcement, checks
 * signature and sequence, fetches the release (delta or whole) and acknowledges it. What a bidder does beyond that, loading
 * and golden auctions, would only measure this machine's two cores. Arguments: how many, folder.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AckReport } from '@flightplan/contract/channel.ts'
import { fetchRelease } from '@flightplan/runtime/release/fetch.ts'
import { parseTrustedKeys } from '@flightplan/runtime/release/keys.ts'
import { keepLastGood } from '@flightplan/runtime/release/last-good.ts'
import { openRecord } from '@flightplan/runtime/release/record.ts'
import { openRedisHot } from '@flightplan/runtime/store/redis-hot.ts'

const [count = '1', folder = ''] = process.argv.slice(2)
const CHANNEL = 'live'
/** As in follow-remote.ts. */
const SPREAD_MS = 100
const trusted = parseTrustedKeys(process.env['FLIGHT_TRUSTED_KEYS'] ?? '')
const url = process.env['REDIS_URL'] ?? ''

async function subscribe(bidder: string): Promise<void> {
  const hot = openRedisHot(url, Math.random, () => {})
  const stateDir = join(folder, bidder)
  let seen = 0
  const take = async (): Promise<void> => {
    await sleep(SPREAD_MS * Math.random())
    const text = await hot.pointer(CHANNEL)
    const record = text === null ? null : openRecord(text, CHANNEL, trusted)
    if (!record || record.sequence <= seen) return
    seen = record.sequence
    const options = { channel: CHANNEL, sources: [hot], stateDir, trusted, budget_bytes: 1 << 28 }
    const { dir, fetched_bytes } = await fetchRelease(record.live, options)
    await keepLastGood(stateDir, dir, 'move')
    const { sequence, live: digest } = record
    const report: AckReport = {
      ...{ bidder, channel: CHANNEL, state: 'live', digest, sequence, load_ms: 0, code: '', text: '', serving: digest },
      ...{ from: 'redis', fetched_bytes, last_good: digest, last_good_at_ms: Date.now(), at_ms: Date.now() },
    }
    await hot.ack(report)
  }
  let work = Promise.resolve()
  const follow = () => {
    work = work.then(take).catch(error => void process.stderr.write(`${bidder}: ${error.message}\n`))
  }
  hot.subscribe(CHANNEL, follow)
}

await Promise.all(Array.from({ length: Number(count) }, (_, i) => subscribe(`light-${i + 1}`)))
process.stdout.write('subscribed\n')
process.once('SIGTERM', () => process.exit(0))
