/**
 * `node lab/bench/plan.ts [--requests 50000]`: what a plan costs, on the shipped repository and on 1,000 line items, over
 * a generated day; twice, as the bytes must be the same. Exit code 1 where a demand is missed.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeBenchWorld } from './world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FLIGHT = join(ROOT, 'cli/flight.mjs')
const PARTS = ['campaigns', 'exchanges', 'policies', 'models', 'facts', 'flightplan.yaml']

interface World {
  name: string
  most_s: number
  write(root: string): void
}

const WORLDS: readonly World[] = [
  {
    ...{ name: 'shipped', most_s: 10 },
    write: root => PARTS.forEach(part => void cpSync(join(ROOT, part), join(root, part), { recursive: true })),
  },
  {
    ...{ name: '1,000 line items', most_s: 20 },
    write(root) {
      for (const part of ['policies', 'facts']) cpSync(join(ROOT, part), join(root, part), { recursive: true })
      writeBenchWorld(root, 1000)
    },
  },
]

/** @throws Error with what was said */
function run(command: string, args: readonly string[], cwd: string): { stdout: string; wall_s: number } {
  const began_ms = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return { stdout, wall_s: (performance.now() - began_ms) / 1000 }
}

function measure({ write }: World, requests: number): { wall_s: number; isSame: boolean; bytes: number } {
  const root = mkdtempSync(join(tmpdir(), 'flightplan-plan-'))
  try {
    mkdirSync(root, { recursive: true })
    write(root)
    writeFileSync(join(root, '.gitignore'), '.flight/\n')
    const who = ['-c', 'user.name=b', '-c', 'user.email=b@agency.example']
    for (const args of [
      ['init', '-q'],
      ['add', '.'],
      [...who, 'commit', '-qm', 'base'],
    ])
      run('git', args, root)
    run(process.execPath, [FLIGHT, 'traffic', 'generate', '--requests', String(requests)], root)
    raiseBids(root)
    const plans = [1, 2].map(() => run(process.execPath, [FLIGHT, 'plan', '--format', 'json'], root))
    const [first, second] = plans
    const wall_s = Math.min(...plans.map(plan => plan.wall_s))
    return { wall_s, isSame: first?.stdout === second?.stdout, bytes: first?.stdout.length ?? 0 }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The first CPM of each of the first five files that have one, by a tenth. */
function raiseBids(root: string): void {
  const files = globSync('campaigns/**/*.yaml', { cwd: root }).sort()
  const bidding = files.filter(file => /cpm: \d/.test(readFileSync(join(root, file), 'utf8')))
  for (const file of bidding.slice(0, 5)) {
    const text = readFileSync(join(root, file), 'utf8')
    writeFileSync(
      join(root, file),
      text.replace(/cpm: (\d+(?:\.\d+)?)/, (_, cpm) => `cpm: ${(Number(cpm) * 1.1).toFixed(2)}`),
    )
  }
}

const { values } = parseArgs({ options: { requests: { type: 'string', default: '50000' } } })
let isMet = true
for (const world of WORLDS) {
  const { wall_s, isSame, bytes } = measure(world, Number(values.requests))
  isMet &&= isSame && wall_s < world.most_s
  const same = isSame ? 'the same bytes twice' : 'DIFFERENT bytes'
  process.stdout.write(
    `${world.name.padEnd(18)} ${values.requests} auctions  ${wall_s.toFixed(1)} s of ${world.most_s} s  ${bytes} bytes, ${same}\n`,
  )
}
process.exit(isMet ? 0 : 1)
