/**
 * `node lab/bench/profile.ts [--line-items 1000] [--seconds 6]`: where the bidder's time goes under load, by function and
 * by file: self time of the serving thread as V8 samples it.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { closedLoop } from '../load/client.ts'
import { startBidder } from './bidder.ts'
import { CONNECTIONS } from './capacity.ts'
import { build, writeRepository } from './repository.ts'
import { wireRequests } from './requests.ts'
import { asText, type Row } from './table.ts'

/** As V8 writes it (Chrome DevTools protocol, Profiler.Profile). */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

const ROOT = resolve(import.meta.dirname, '../..')
const REQUESTS = 60_000
const ROWS = 40
const IDLE = new Set(['(idle)', '(program)', '(root)'])

async function record(lineItems: number, duration_ms: number): Promise<Profile> {
  const repository = writeRepository(lineItems)
  build(repository, repository.channel)
  const folder = join(ROOT, 'lab/.cache/profile')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const environment = { NODE_OPTIONS: `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}` }
  const server = await startBidder({ repository, http: 'strict', environment })
  try {
    const target = {
      host: '127.0.0.1',
      port: server.port,
      connections: CONNECTIONS,
      requests: wireRequests(REQUESTS, Date.now()),
    }
    const { answered } = await closedLoop({ ...target, duration_ms })
    process.stderr.write(`${answered} requests\n`)
  } finally {
    await server.stop()
  }
  const profiles = readdirSync(folder).map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile) // V8's
  return profiles.toSorted((a, b) => busy_us(b) - busy_us(a))[0] ?? { nodes: [], samples: [], timeDeltas: [] }
}

/** Of the threads' profiles the busiest is the serving one. */
function busy_us(profile: Profile): number {
  return [...selfTimes(profile, ({ functionName }) => functionName)].reduce((sum, [, us]) => sum + us, 0)
}

type Frame = Profile['nodes'][number]['callFrame']

/** Microseconds by what `nameOf` says of the frame on top; idle time is left out. */
function selfTimes({ nodes, samples, timeDeltas }: Profile, nameOf: (frame: Frame) => string): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const sums = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const frame = names.get(id)
    if (!frame || IDLE.has(frame.functionName)) continue
    const name = nameOf(frame)
    sums.set(name, (sums.get(name) ?? 0) + (timeDeltas[at] ?? 0))
  }
  return sums
}

function fileOf({ url }: Frame): string {
  return url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url || '(native)'
}

function rows(sums: Map<string, number>): Row[] {
  const total = [...sums.values()].reduce((sum, us) => sum + us, 0)
  const sorted = [...sums].sort((a, b) => b[1] - a[1]).slice(0, ROWS)
  return sorted.map(([name, us]) => [name, `${((100 * us) / total).toFixed(1)}%`])
}

const { values } = parseArgs({ options: { 'line-items': { type: 'string' }, seconds: { type: 'string' } } })
const profile = await record(Number(values['line-items'] ?? 1000), 1000 * Number(values.seconds ?? 6))
const byFunction = selfTimes(
  profile,
  frame => `${frame.functionName || '(anonymous)'} ${fileOf(frame)}:${frame.lineNumber + 1}`,
)
process.stdout.write(`${asText(rows(byFunction))}\n${asText(rows(selfTimes(profile, fileOf)))}`)
