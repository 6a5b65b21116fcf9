import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeRelease } from '@flightplan/compiler/write.ts'
import { formatTrustedKey, keyIdOf } from '../release/keys.ts'
import { PUBLIC_KEY, ROOT, shippedRelease, temporaryDirectory } from './release/shipped.ts'
import { goldensOf } from './serve/one-thread.ts'

const MAIN = join(ROOT, 'runtime/main.ts')
interface Line {
  msg: string
  [key: string]: unknown
}

/** The real process; its log so far, and the first line with a message. */
function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stderr?.on('data', chunk => {
    text += chunk
  })
  const lines = (): Line[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Line) // pino writes JSON
  return { child, lines, logged: (message: string) => logged(child, lines, message) }
}

async function logged(child: ChildProcess, lines: () => Line[], message: string): Promise<Line> {
  for (;;) {
    const found = lines().find(({ msg }) => msg === message)
    if (found) return found
    assert.equal(child.exitCode, null, `ended before "${message}"`)
    await once(child.stderr!, 'data', { signal: AbortSignal.timeout(10_000) }) // piped above
  }
}

test('the process serves, and on SIGTERM answers what it has, then ends with 0', async () => {
  const directory = temporaryDirectory()
  const release = await shippedRelease()
  writeRelease(release, join(directory, 'channel'))
  const { child, lines, logged } = run({
    ...{ PORT: '0', ADMIN_PORT: '0', WORKERS: '2', POLL_MS: '100', DRAIN_DELAY_MS: '150' },
    ...{ CHANNEL_DIR: join(directory, 'channel'), STATE_DIR: join(directory, 'state') },
    FLIGHT_TRUSTED_KEYS: formatTrustedKey(keyIdOf(PUBLIC_KEY), PUBLIC_KEY),
  })
  const { port, adminPort } = await logged('listening')
  await logged('release_live')
  const { request } = goldensOf(release)[0]! // there are some
  const ask = () => fetch(`http://127.0.0.1:${port}/openrtb2/alpha`, { method: 'POST', body: JSON.stringify(request) })
  await (await ask()).text()
  const exited = once(child, 'exit')
  const under = Array.from({ length: 40 }, ask)
  child.kill('SIGTERM')
  await logged('draining')
  assert.equal((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status, 503)
  for (const answer of await Promise.all(under)) assert.ok([200, 204].includes(answer.status))
  assert.deepEqual(await exited, [0, null])
  assert.equal(lines().at(-1)?.msg, 'stopped')
  assert.deepEqual(
    lines()
      .filter(({ msg }) => msg === 'secret_missing')
      .map(line => line['exchange']),
    ['boreal'],
  )
})

test('a wrong environment ends with 64 and says all that is wrong, without a stack', async () => {
  const { child, lines } = run({ PORT: 'x' })
  assert.deepEqual(await once(child, 'close'), [64, null])
  const said = String(lines()[0]?.['error'])
  assert.match(said, /PORT "x".*\n(.*\n)*.*CHANNEL_DIR/)
  assert.doesNotMatch(said, /\bat .*\.ts/)
})
