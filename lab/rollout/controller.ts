/** `flight rollout start --watch` as a process on the stores of a fleet: the controller as it is run, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Service } from '../fleet/child.ts'
import { SIGNING, TRUSTED_TEXT } from '../fleet/world.ts'

const FLIGHT = join(import.meta.dirname, '../../cli/flight.mjs')
const TIMEOUT_MS = 120_000

export interface Controller {
  /** Exit code, or the signal that ended it, and what it said. */
  ended: Promise<{ code: number | string; said: string }>
  said(): string
  kill(): void
}

/** A root that holds nothing but how to roll out. @param rollout YAML under `rollout:`, indented by two */
export function rolloutRoot(folder: string, rollout: string): string {
  const root = join(folder, 'root')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'flightplan.yaml'), `flightplan: 1\nvendor_id: 9999\nrollout:\n${rollout}`)
  return root
}

export const startController = (stores: Stores, root: string, digest: string): Controller =>
  spawnFlight(stores, ['rollout', 'start', digest, '--watch', '--root', root])

/** One command to its end. */
export const runFlight = (stores: Stores, args: readonly string[]): Controller['ended'] =>
  spawnFlight(stores, args).ended

interface Stores {
  redis: Service
  postgres: Service
}

function spawnFlight({ redis, postgres }: Stores, args: readonly string[]): Controller {
  const child: ChildProcess = spawn(process.execPath, [FLIGHT, ...args], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', REDIS_URL: redis.url, DATABASE_URL: postgres.url },
      ...{ FLIGHT_SIGNING_KEY: SIGNING.privateKey, FLIGHT_TRUSTED_KEYS: TRUSTED_TEXT },
    },
    ...{ stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', text => (said += text))
  const ended = once(child, 'close').then(([code, signal]) => ({ code: (code ?? signal) as number | string, said })) // one of both
  return { ended, said: () => said, kill: () => child.kill('SIGKILL') }
}
