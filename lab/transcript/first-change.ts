/**
 * docs/first-change.md: a newcomer's first change, run for real. A copy of the repository, Redis, Postgres, two bidders
 * under generated traffic, and the commands in their order; what they print is what the page shows.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openStores } from '@flightplan/runtime/store/open.ts'
import { Pool } from 'undici'
import { type FleetBidder, startFleetBidder } from '../fleet/bidders.ts'
import { startPostgres } from '../fleet/postgres.ts'
import { startRedis } from '../fleet/services.ts'
import { SIGNING, TRUSTED_TEXT } from '../fleet/world.ts'
import { generateTraffic } from '../traffic/generate.ts'
import { asWritten } from './as-written.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FLIGHT = join(ROOT, 'cli/flight.mjs')
const PARTS = ['campaigns', 'exchanges', 'policies', 'models', 'facts', 'flightplan.yaml']
const CAMPAIGN = 'campaigns/stride/always-on/campaign.yaml'
const AT = '2027-03-01T12:00:00Z'
/** Quicker than a real one would be; the page says so. */
const WAVES = `rollout:
  waves:
    10%: {at_least: 2s, auctions: 100, tolerance: 20}
    50%: {at_least: 2s, auctions: 300, tolerance: 20}
`

export interface Step {
  /** Markdown above the command. */
  text: string
  command: string
  output: string
  /** What bidders do meanwhile shows in it: no two runs print the same. */
  varies: boolean
}

type Run = (text: string, command: string, args: readonly string[], varies?: boolean) => Promise<void>

/** @throws Error with what was said where a command ends otherwise than the page says */
export async function playFirstChange(): Promise<Step[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flightplan-first-'))
  const root = join(folder, 'repository')
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true })
  const settings = join(root, 'flightplan.yaml')
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}${WAVES}`)
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  const stores = {
    ...{ REDIS_URL: redis.url, DATABASE_URL: postgres.url },
    ...{ FLIGHT_SIGNING_KEY: SIGNING.privateKey, FLIGHT_TRUSTED_KEYS: TRUSTED_TEXT },
  }
  const steps: Step[] = []
  const quiet = openShell(root, stores)
  const run: Run = async (text, command, args, varies = false) => {
    const written = [command, ...args.map(arg => (/[ ;]/.test(arg) ? `"${arg}"` : arg))].join(' ')
    steps.push({ text, command: written, output: asWritten(await quiet(command, args), root), varies })
  }
  const bidders: FleetBidder[] = []
  let traffic: { stop(): Promise<void> } | null = null
  try {
    await begin(root, quiet)
    const opened = openStores({ redisUrl: redis.url, databaseUrl: postgres.url, storeDir: null }, Math.random, () => {})
    await opened.migrate()
    await opened.close()
    for (const name of ['bidder-1', 'bidder-2'])
      bidders.push(await startFleetBidder(name, { redis: redis.url, postgres: postgres.url }, join(folder, name)))
    await quiet('flight', ['publish', '--wait', '30', '--reason', 'first release'])
    traffic = startTraffic(bidders)
    await change(root, run, quiet)
  } finally {
    await traffic?.stop()
    await Promise.all(bidders.map(bidder => bidder.stop()))
    await Promise.all([redis.stop(), postgres.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
  return steps
}

type Shell = (command: string, args: readonly string[]) => Promise<string>

/** A repository with one commit, its traffic and its first release. */
async function begin(root: string, shell: Shell): Promise<void> {
  writeFileSync(join(root, '.gitignore'), '.flight/\nplan.json\n')
  mkdirSync(join(root, '.flight'), { recursive: true })
  await shell('git', ['init', '-q', '-b', 'main'])
  await shell('git', ['add', '.'])
  await shell('git', ['commit', '-qm', 'first'])
  await shell('flight', ['traffic', 'generate', '--requests', '5000'])
  await shell('flight', ['build'])
}

async function change(root: string, run: Run, shell: Shell): Promise<void> {
  const file = join(root, CAMPAIGN)
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, before.replace('daily_max: 1200', 'daily_max: 900'))
  await run(
    'Edit a budget: in `campaigns/stride/always-on/campaign.yaml` one line item may spend 900 a day, not 1200.',
    'git',
    ['diff', '-U0', '--no-color'],
  )
  await run('Is it sound? Every fault would be listed with its line; here there is none.', 'flight', ['validate'])
  await run('What will it do to money? The recorded day goes through both configurations.', 'flight', [
    'plan',
    '--out',
    'plan.json',
  ])
  await run('Agree, and build a signed release.', 'git', ['commit', '-qam', 'Stride: lower a daily budget'])
  await run('', 'flight', ['build'])
  await run(
    'Roll it out: to a share of the auctions in every bidder, beside a control of the same size, growing while the gates pass.',
    'flight',
    ['rollout', 'start', '--plan', 'plan.json', '--watch', '--reason', 'lower a daily budget'],
    true,
  )
  await run('Who serves what?', 'flight', ['status'], true)
  await run(
    'And back, in a second. The channel stays pinned until Git says the same.',
    'flight',
    ['rollback', '--wait', '30', '--reason', 'trying it out'],
    true,
  )
  await shell('git', ['revert', '--no-edit', 'HEAD'])
}

function openShell(root: string, stores: Record<string, string>): Shell {
  const identity = { GIT_AUTHOR_NAME: 'Buyer', GIT_AUTHOR_EMAIL: 'buyer@agency.example', GIT_AUTHOR_DATE: AT }
  const committer = { GIT_COMMITTER_NAME: 'Buyer', GIT_COMMITTER_EMAIL: 'buyer@agency.example', GIT_COMMITTER_DATE: AT }
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, NO_COLOR: '1', ...identity, ...committer, ...stores }
  return async (command, args) => {
    const [file, first] = command === 'flight' ? [process.execPath, [FLIGHT]] : [command, []]
    const child = spawn(file, [...first, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text))
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}`)
    return said
  }
}

const LANES = 4

function startTraffic(bidders: readonly FleetBidder[]): { stop(): Promise<void> } {
  const pools = bidders.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: LANES }))
  let [index, isOver] = [0, false]
  const lane = async (pool: Pool): Promise<void> => {
    while (!isOver) {
      const { exchange, request } = generateTraffic(3, index++, { at_ms: Date.now() })
      const answer = await pool.request({
        path: `/openrtb2/${exchange}`,
        method: 'POST',
        body: JSON.stringify(request),
      })
      await answer.body.dump()
    }
  }
  const lanes = pools.flatMap(pool => Array.from({ length: LANES }, () => lane(pool)))
  return {
    async stop() {
      isOver = true
      await Promise.all(lanes)
      await Promise.all(pools.map(pool => pool.destroy()))
    },
  }
}

/** The page. */
export function pageOf(steps: readonly Step[]): string {
  const shown = steps.map(
    ({ text, command, output }) =>
      `${text ? `${text}\n\n` : ''}\`\`\`console\n$ ${command}\n${output.trimEnd()}\n\`\`\`\n`,
  )
  return `# The first change

Written by \`UPDATE=1 node --test lab/test/transcript/*.test.ts\`, which runs these commands on a copy of this repository
with a real Redis, a real Postgres and two bidders under generated traffic; the tests run them again, so that the page
stays true. \`DATABASE_URL\`, \`REDIS_URL\`, \`FLIGHT_SIGNING_KEY\` and \`FLIGHT_TRUSTED_KEYS\` are set. The waves are
shorter than real ones (\`rollout:\` in flightplan.yaml).

${shown.join('\n')}`
}
