/** Bidder processes that follow a channel in real stores: started, killed as a crash would, and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../bench/server.ts'
import { end, endsWithUs, isRunning } from './child.ts'
import { TOKEN_TEXT, TRUSTED_TEXT } from './world.ts'

const MAIN = join(import.meta.dirname, '../../runtime/main.ts')

export interface FleetUrls {
  redis: string
  postgres: string
}

export interface FleetBidder {
  name: string
  port: number
  adminPort: number
  isUp(): boolean
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  /** Lines of its log that are warnings or worse, newest last. */
  complaints: string[]
}

const READY_MS = 30_000
const MAX_COMPLAINTS = 200
const WARN = 40 // pino's number of the level

/** Resolves when it is ready, which it is without any release, too: it then answers no-bids. */
export async function startFleetBidder(name: string, urls: FleetUrls, stateDir: string): Promise<FleetBidder> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const complaints: string[] = []
  let child: ChildProcess | null = null
  const isUp = () => child !== null && isRunning(child)
  const env = {
    ...{
      PATH: process.env['PATH'] ?? '',
      PORT: `${port}`,
      ADMIN_PORT: `${adminPort}`,
      WORKERS: '1',
      POLL_MS: '1000',
      CANARY_REPORT_MS: '250',
    },
    ...{ REDIS_URL: urls.redis, DATABASE_URL: urls.postgres, BIDDER_ID: name, STATE_DIR: stateDir },
    ...{ FLIGHT_TRUSTED_KEYS: TRUSTED_TEXT, TOKEN_KEY: TOKEN_TEXT, DRAIN_DELAY_MS: '0', DRAIN_MS: '1000' },
  }
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    endsWithUs(child)
    if (child.stderr)
      createInterface(child.stderr).on('line', line => {
        const isFine = line.startsWith('{') && (JSON.parse(line) as { level: number }).level < WARN // pino's
        if (!isFine) complaints.push(line)
        if (complaints.length > MAX_COMPLAINTS) complaints.shift()
      })
    await untilAnswers(`http://127.0.0.1:${adminPort}/healthz`, isUp, name)
  }
  const stop = async (signal: NodeJS.Signals) => {
    if (child) await end(child, signal)
  }
  await start()
  return { name, port, adminPort, isUp, kill: () => stop('SIGKILL'), start, stop: () => stop('SIGTERM'), complaints }
}

async function untilAnswers(url: string, isUp: () => boolean, name: string): Promise<void> {
  const end_ms = performance.now() + READY_MS
  while (performance.now() < end_ms) {
    if (!isUp()) throw new Error(`${name} ended before it was up`)
    const isThere = await fetch(url).then(
      answer => answer.ok,
      () => false,
    )
    if (isThere) return
    await sleep(50)
  }
  throw new Error(`${name} was not up after ${READY_MS} ms`)
}
