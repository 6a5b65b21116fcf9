/** What the tests need of the machine, and a real Redis on a free loopback port, stopped by its pid. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../bench/server.ts'
import { end, endsWithUs, type Service } from './child.ts'

const inCi = process.env['CI'] === 'true'
/** Reason to skip a test, or false; with CI=true nothing is skipped, and the test fails for want of the tool. */
const skipUnless = (isThere: () => boolean, why: string): string | false => (inCi || isThere() ? false : why)

export const withoutRedis = skipUnless(
  () => spawnSync('redis-server', ['--version']).status === 0,
  'no redis-server on the PATH (Debian: redis-server)',
)
export const withoutPostgres = skipUnless(
  () => process.platform === 'linux' && process.arch === 'x64',
  'its binaries are installed for Linux x64 only',
)

/** Without disk: what it knows is gone when it dies, which is the case that the record has to make good. */
export async function startRedis(): Promise<Service> {
  const port = await freePort()
  let child: ChildProcess
  const start = async (): Promise<void> => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', args, { stdio: 'ignore', cwd: tmpdir() })
    endsWithUs(child)
    await untilListening(port)
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => end(child, 'SIGKILL'),
    restart: start,
    stop: () => end(child, 'SIGTERM'),
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
