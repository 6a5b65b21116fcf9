import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Fleet } from './fleet.ts'
import { TRUSTED_TEXT } from './world.ts'

/** Starts the light subscribers (subscribers-child.ts); resolves when all are connected, with what ends them. */
export async function startSubscribers({ redis, folder }: Fleet, count: number): Promise<() => Promise<void>> {
  const script = join(import.meta.dirname, 'subscribers-child.ts')
  const child = spawn(process.execPath, [script, String(count), join(folder, 'light')], {
    env: { PATH: process.env['PATH'] ?? '', REDIS_URL: redis.url, FLIGHT_TRUSTED_KEYS: TRUSTED_TEXT },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(30_000) })
  return async () => {
    if (child.exitCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}
