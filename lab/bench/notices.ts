/**
 * Notices with Kafka away: how many a second, how late, and what one costs. `node lab/bench/notices.ts [notices] [rate]`
 * The server runs in a process of its own with its spool on this disk; EVENTS=kafka names a broker that is not there.
 */
import { fork } from 'node:child_process'
import { createSecretKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNotices } from '@flightplan/runtime/notice/notices.ts'
import { mintTokens, type TokenClaims } from '@flightplan/runtime/notice/token.ts'
import { openLoop } from '../load/client.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const [notices = 100_000, rate_per_s = 4000] = process.argv.slice(2).map(Number)

const tell = (message: object) => process.send?.(message)

async function serve(spoolDir: string): Promise<void> {
  const server = await openNotices({
    ...{ host: '127.0.0.1', tokenKey: key, secrets: () => null, onBooked: () => {}, log: () => {}, now_ms: Date.now },
    config: {
      ...{ port: 0, spoolDir, node: 'bench', events: 'kafka', brokers: ['127.0.0.1:1'], conversionKey: null },
      noBidSample: 1000,
    },
  })
  tell({ port: server.port })
  const before = process.cpuUsage()
  await once(process, 'message')
  const { user, system } = process.cpuUsage(before)
  const syncs = /spool_syncs_total (\d+)/.exec(server.metrics())?.[1]
  tell({ cpu_us: user + system, syncs: Number(syncs) })
  await server.close(1000)
  process.disconnect?.()
}

const CLAIMS: Omit<TokenClaims, 'nonce' | 'issued_ms'> = {
  ...{ release: '0123456789abcdef', facts: 'fedcba9876543210', day: 20_000, price_nano: 5_000_000, currency: 'USD' },
  ...{ cost_nano: 5_500_000, auction: 1n, user: 2n, billedBy: 'pixel', test: false, deal: false, exchange: 'alpha' },
  ...{ lineItem: 'spring/broad', creative: 'acme-300x250', format: 'banner', advertiser: 'acme', orderCurrency: 'EUR' },
}

/** Each a notice of its own. */
function requests(count: number, now_ms: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => {
    const { click } = mintTokens({ ...CLAIMS, nonce: BigInt(n), issued_ms: now_ms }, key)
    return Buffer.from(`GET /n/i?t=${click} HTTP/1.1\r\nHost: n.example\r\n\r\n`)
  })
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flight-notices-'))
  const child = fork(import.meta.filename, ['serve', join(folder, 'spool')])
  try {
    const [{ port }] = await once(child, 'message')
    let slow = 0
    const target = { host: '127.0.0.1', port, connections: 64, requests: requests(notices, Date.now()) }
    const duration_ms = (notices * 1000) / rate_per_s
    const load = await openLoop({
      ...{ ...target, rate_per_s, duration_ms },
      onAnswer(_, latency_ms) {
        if (latency_ms >= 200) slow++
      },
    })
    child.send('end')
    const [{ cpu_us, syncs }] = await once(child, 'message')
    const { p50_us, p99_us } = load.latency.summary()
    const row = {
      ...{ notices: load.answered, per_s: Math.round((load.answered * 1000) / load.wall_ms), p50_us, p99_us, slow },
      ...{ unanswered: load.unanswered, statuses: Object.fromEntries(load.statuses), syncs },
      cpu_us_each: Number((cpu_us / load.answered).toFixed(1)),
    }
    process.stdout.write(`${JSON.stringify(row)}\n`)
    await once(child, 'exit')
  } finally {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[2] === 'serve') await serve(process.argv[3] ?? '')
else await main()
