/**
 * A publisher in a process of its own, so that it can be killed at any point: it publishes release folders that it is
 * told, one a line on stdin, and answers with the sequence, or with what went wrong. With FLIGHT_SIGNING_KEY set.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { moveChannel, publishMove } from '@flightplan/runtime/publish/channel.ts'
import { findRelease, readReleaseDir } from '@flightplan/runtime/publish/release-dir.ts'
import { syncHot } from '@flightplan/runtime/publish/sync.ts'
import { parseTrustedKeys } from '@flightplan/runtime/release/keys.ts'
import { openStores, storeUrls } from '@flightplan/runtime/store/open.ts'
import { end, isRunning } from './child.ts'
import { CHANNEL, type Fleet } from './fleet.ts'
import { SIGNING, TRUSTED_TEXT } from './world.ts'

export interface Publisher {
  /** The sequence of the record; rejects with what the publisher said, or when it is gone. */
  publish(dir: string): Promise<number>
  isUp(): boolean
  kill(): Promise<void>
}

export async function startPublisher({ redis, postgres }: Fleet): Promise<Publisher> {
  const child: ChildProcess = spawn(process.execPath, [import.meta.filename], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', REDIS_URL: redis.url, DATABASE_URL: postgres.url },
      ...{ FLIGHT_SIGNING_KEY: SIGNING.privateKey, FLIGHT_TRUSTED_KEYS: TRUSTED_TEXT },
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  let heard = (): void => {}
  if (child.stdout)
    createInterface(child.stdout).on('line', line => {
      lines.push(line)
      heard()
    })
  child.once('exit', () => heard())
  const isUp = () => isRunning(child)
  const answer = async (): Promise<string> => {
    for (;;) {
      const line = lines.shift()
      if (line !== undefined) return line
      if (!isUp()) throw new Error('the publisher is gone')
      await new Promise<void>(resolve => {
        heard = resolve
      })
    }
  }
  await answer() // it is there
  return {
    isUp,
    async publish(dir) {
      child.stdin?.write(`${dir}\n`)
      const line = await answer()
      if (!/^\d+$/.test(line)) throw new Error(line)
      return Number(line)
    },
    kill: () => end(child, 'SIGKILL'),
  }
}

async function serve(): Promise<void> {
  const urls = storeUrls(process.env)
  const privateKey = process.env['FLIGHT_SIGNING_KEY'] ?? ''
  const trusted = parseTrustedKeys(process.env['FLIGHT_TRUSTED_KEYS'] ?? '')
  const { store, hot } = openStores(
    urls ?? { redisUrl: null, databaseUrl: null, storeDir: null },
    Math.random,
    () => {},
  )
  if (!store || !hot) throw new Error('REDIS_URL and DATABASE_URL are needed')
  const one = async (dir: string): Promise<string> => {
    const found = findRelease(dir)
    if (!found) return `no release in ${dir}`
    const deed = () => ({ who: 'chaos', at_ms: Date.now(), reason: 'chaos' })
    const parts = await readReleaseDir(found.dir, found.digest, trusted)
    await store.putRelease(parts, deed())
    await moveChannel(store, CHANNEL, 'publish', deed(), { privateKey, trusted }, publishMove(found.digest))
    const synced = await syncHot(store, hot, CHANNEL, trusted)
    return String(synced?.record.sequence)
  }
  process.stdout.write('ready\n')
  for await (const dir of createInterface(process.stdin))
    process.stdout.write(
      `${await one(dir).catch(error => `failed: ${String(error.message || error.name).replaceAll('\n', ' ')}`)}\n`,
    )
}

if (import.meta.main) await serve()
