/** The servers that are compared: the real bidder with one worker, on each of its HTTP servers, and the bare reference. */
import { resolve } from 'node:path'
import type { Repository } from './repository.ts'
import { freePort, type Server, startServer } from './server.ts'

const fileOf = (path: string) => resolve(import.meta.dirname, path)
const WARN = 40 // pino's number of the level

export interface BidderStart {
  repository: Repository
  http: 'strict' | 'node'
  /** When every worker serves a release: its digest. */
  onLive?(digest: string): void
  environment?: Record<string, string>
  /** For Node itself. */
  flags?: readonly string[]
}

export async function startBidder({ repository, http, onLive, environment, flags = [] }: BidderStart): Promise<Server> {
  const [port, adminPort] = [await freePort(), await freePort()]
  return startServer({
    ...{ name: `bidder, ${http} server`, script: fileOf('../../runtime/main.ts'), port },
    ...{ ready: `http://127.0.0.1:${adminPort}/readyz`, flags },
    environment: {
      ...{ PORT: `${port}`, ADMIN_PORT: `${adminPort}`, WORKERS: '1', HTTP_SERVER: http, DRAIN_DELAY_MS: '0' },
      CHANNEL_DIR: repository.channel,
      STATE_DIR: `${repository.state}-${http}`,
      FACTS_FILE: repository.factsFile,
      FLIGHT_TRUSTED_KEYS: repository.trusted,
      ...environment,
    },
    onLine: line => readLog(line, onLive),
  })
}

/** Warnings and faults are shown: figures of a bidder that complains mean nothing. */
function readLog(line: string, onLive: BidderStart['onLive']): void {
  const entry = line.startsWith('{') ? (JSON.parse(line) as { level: number; msg: string; digest?: string }) : null // pino's
  if (entry === null || entry.level >= WARN) process.stderr.write(`${line}\n`)
  else if (entry.msg === 'release_live' && entry.digest !== undefined) onLive?.(entry.digest)
}

export async function startBare(): Promise<Server> {
  const port = await freePort()
  return startServer({
    ...{ name: 'bare node:http', script: fileOf('bare.ts'), port, ready: `http://127.0.0.1:${port}/` },
    environment: { PORT: `${port}` },
    onLine: line => void process.stderr.write(`${line}\n`),
  })
}
