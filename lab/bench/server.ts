/** Servers under measurement, each a process of its own, and what their CPU clocks say. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Server {
  name: string
  port: number
  pid: number
  stop(): Promise<void>
}

export interface ServerStart {
  name: string
  script: string
  port: number
  /** URL that answers 200 as soon as the server can be loaded. */
  ready: string
  environment: Record<string, string>
  /** For Node itself. */
  flags?: readonly string[]
  /** Each line that the server writes to stderr. */
  onLine(line: string): void
}

/** Linux counts a process's CPU in ticks of 10 ms (USER_HZ, fixed at 100 for /proc). */
const TICK_US = 10_000

/** User and system time of a process, all its threads, in µs. */
export function cpu_us(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name may hold blanks
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}

const STOP_MS = 5000

/** @throws Error when the process ends, or a minute passes, before it is ready */
export async function startServer(start: ServerStart): Promise<Server> {
  const { name, script, port, ready, environment, onLine, flags = [] } = start
  const child = spawn(process.execPath, [...flags, script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  createInterface(child.stderr).on('line', onLine)
  const stop = async () => {
    const gone = new Promise(resolve => child.once('exit', resolve))
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await Promise.race([gone, sleep(STOP_MS, null, { ref: false })])
    if (child.exitCode === null) child.kill('SIGKILL')
  }
  try {
    await untilReady(name, child, ready)
  } catch (error) {
    await stop()
    throw error
  }
  return { name, port, pid: child.pid ?? 0, stop }
}

const READY_TRIES = 600

async function untilReady(name: string, child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < READY_TRIES; tries++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it was ready`)
    try {
      if ((await fetch(url)).status === 200) return
    } catch {
      // not listening yet
    }
    await sleep(100)
  }
  throw new Error(`${name} was not ready after a minute`)
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number } // TCP: an AddressInfo
      server.close(() => resolve(port))
    })
  })
}
