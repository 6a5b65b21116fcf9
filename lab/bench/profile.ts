/**
 * `node lab/bench/profile.ts [--line-items 1000] [--seconds 20]`: where the bidder's time goes under load, of the
 * serving thread as V8 samples it: functions and files by self time, then functions with all that they call. The first
 * half of the load is for warming up and left out.
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

interface Frame {
  functionName: string
  url: string
  lineNumber: number
}

/** As V8 writes it (Chrome DevTools protocol, Profiler.Profile). */
interface Profile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[]
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

/** Microseconds by node, of the second half of the samples that are not idle. */
function nodeTimes({ nodes, samples, timeDeltas }: Profile): Map<number, number> {
  const idle = new Set(nodes.filter(({ callFrame }) => IDLE.has(callFrame.functionName)).map(({ id }) => id))
  const busy = samples.map((id, at) => ({ id, us: timeDeltas[at] ?? 0 })).filter(({ id }) => !idle.has(id))
  const sums = new Map<number, number>()
  for (const { id, us } of busy.slice(busy.length >> 1)) sums.set(id, (sums.get(id) ?? 0) + us)
  return sums
}

/** Microseconds by what `nameOf` says of the frame on top. */
function selfTimes(profile: Profile, nameOf: (frame: Frame) => string): Map<string, number> {
  const times = nodeTimes(profile)
  const sums = new Map<string, number>()
  for (const { id, callFrame } of profile.nodes)
    sums.set(nameOf(callFrame), (sums.get(nameOf(callFrame)) ?? 0) + (times.get(id) ?? 0))
  return sums
}

/** Microseconds by function with all that it calls; a function that calls itself counts once. */
function totalTimes(profile: Profile): Map<string, number> {
  const times = nodeTimes(profile)
  const byId = new Map(profile.nodes.map(node => [node.id, node]))
  const sums = new Map<string, number>()
  const visit = (id: number, above: ReadonlySet<string>): number => {
    const node = byId.get(id)
    if (!node) return 0
    const name = functionOf(node.callFrame)
    const within = new Set(above).add(name)
    const us = (node.children ?? []).reduce((sum, child) => sum + visit(child, within), times.get(id) ?? 0)
    if (!above.has(name)) sums.set(name, (sums.get(name) ?? 0) + us)
    return us
  }
  visit(profile.nodes[0]?.id ?? 0, new Set())
  return sums
}

function fileOf({ url }: Frame): string {
  return url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url || '(native)'
}

function functionOf(frame: Frame): string {
  return `${frame.functionName || '(anonymous)'} ${fileOf(frame)}:${frame.lineNumber + 1}`
}

function rows(sums: Map<string, number>, total: number): Row[] {
  const sorted = [...sums].sort((a, b) => b[1] - a[1]).slice(0, ROWS)
  return sorted.map(([name, us]) => [name, `${((100 * us) / total).toFixed(1)}%`])
}

const { values } = parseArgs({ options: { 'line-items': { type: 'string' }, seconds: { type: 'string' } } })
const profile = await record(Number(values['line-items'] ?? 1000), 1000 * Number(values.seconds ?? 20))
const total = [...nodeTimes(profile).values()].reduce((sum, us) => sum + us, 0)
for (const sums of [selfTimes(profile, functionOf), selfTimes(profile, fileOf), totalTimes(profile)])
  process.stdout.write(`${asText(rows(sums, total))}\n`)
