/**
 * `node lab/bench/edit-child.ts ROOT OUT EDITS`: `flight build --watch` on a repository, and edits of one file while it
 * waits. Each is timed from the write of the file to the moment OUT names the new release. Prints JSON: {@link EditCost}.
 */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuOf_ms } from './run.ts'
import { quantile } from './statistics.ts'

export interface EditCost {
  /** Of the last edit. */
  digest: string
  timings_ms: Record<string, number>
  /** Medians of all edits. */
  wall_ms: number
  cpu_ms: number
}

const FLIGHT = join(import.meta.dirname, '../../cli/main.ts')
const DEADLINE_MS = 120_000
const LOOK_EVERY_MS = 2
/** What it still does after the pointer is written: it prints, and begins to wait again. */
const REST_MS = 500

const [root = '', out = '', edits = '5'] = process.argv.slice(2)
const now = new Date().toISOString()
const child = spawn(process.execPath, [
  FLIGHT,
  'build',
  '--watch',
  '--root',
  root,
  '--out',
  out,
  '--now',
  now,
  '--format',
  'json',
])
let printed = ''
child.stdout.setEncoding('utf8').on('data', chunk => {
  printed += chunk
})
child.stderr.pipe(process.stderr)

const current = (): string | null => {
  try {
    return readFileSync(join(out, 'current'), 'utf8').trim()
  } catch {
    return null // no release yet
  }
}

async function nextAfter(digest: string | null): Promise<string> {
  for (const end = performance.now() + DEADLINE_MS; performance.now() < end; await sleep(LOOK_EVERY_MS)) {
    const found = current()
    if (found !== null && found !== digest) return found
    if (child.exitCode !== null) break
  }
  throw new Error('flight build --watch made no release')
}

/** One line item of one campaign gets another price. */
async function edit(n: number): Promise<{ digest: string; wall_ms: number; cpu_ms: number }> {
  await sleep(REST_MS)
  const before = current()
  const file = join(root, 'campaigns/adv-0/c-0.yaml')
  const text = readFileSync(file, 'utf8').replace(/cpm: [0-9.]+/, `cpm: 1.${20 + n}`)
  const [began_ms, cpu_ms] = [performance.now(), cpuOf_ms(child.pid ?? 0)]
  writeFileSync(file, text)
  const digest = await nextAfter(before)
  return { digest, wall_ms: performance.now() - began_ms, cpu_ms: cpuOf_ms(child.pid ?? 0) - cpu_ms }
}

try {
  await nextAfter(null)
  const costs: Awaited<ReturnType<typeof edit>>[] = []
  for (let n = 0; n < Number(edits); n++) costs.push(await edit(n))
  await sleep(REST_MS)
  const last = printed.slice(printed.lastIndexOf('\n{'))
  const { digest, timings_ms } = JSON.parse(last) as Pick<EditCost, 'digest' | 'timings_ms'> // of our own command
  const median = (of: 'wall_ms' | 'cpu_ms') =>
    quantile(
      costs.map(cost => cost[of]),
      0.5,
    )
  const cost: EditCost = { digest, timings_ms, wall_ms: median('wall_ms'), cpu_ms: median('cpu_ms') }
  process.stdout.write(JSON.stringify(cost))
} finally {
  child.kill('SIGTERM')
}
