/**
 * `node lab/mutation/main.ts --seed 1 --mutants 300 [--files 'engine/fit/*'] [--jobs 2] [--minutes 30] [--format json]`:
 * faults put into the targeting code one by one, each of which a test ought to notice. When the minutes are over, what
 * was run until then counts. Exit code 1: under 90% were noticed; 2: no run.
 */
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, matchesGlob } from 'node:path'
import { Equivalents, readEquivalents } from './equivalents.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { type Options, optionsOf } from './options.ts'
import { copyProject } from './project.ts'
import { countsOf, type Result, share, toJson, toText } from './report.ts'
import { baseline, runMutant } from './run.ts'
import { sampled } from './sample.ts'
import { found, stagesOf, TARGETS } from './targets.ts'

const LEAST_SHARE = 0.9
const ROOT = join(import.meta.dirname, '../..')

interface Task {
  mutant: Mutant
  stages: string[][]
  limits_ms: readonly number[]
}

interface Plan {
  /** A sample of the mutants, in the order of the draw. */
  tasks: Task[]
  paths: string[]
  mutants: Mutant[]
}

/** All of the targets' files that `files` matches. */
async function plan(root: string, files: string, count: number, seed: number): Promise<Plan> {
  const ofTarget = TARGETS.map(target => {
    const paths = found(root, target.files).filter(path => matchesGlob(path, files))
    return { target, paths, mutants: paths.flatMap(path => mutantsOf(path, readFileSync(join(root, path), 'utf8'))) }
  })
  const mutants = ofTarget.flatMap(target => target.mutants)
  const chosen = sampled(mutants, count, seed)
  const tasks = new Map<Mutant, Task>()
  for (const { target, paths } of ofTarget) {
    const own = chosen.filter(({ file }) => paths.includes(file))
    if (own.length === 0) continue
    const stages = stagesOf(root, target)
    const limits_ms = await baseline(root, stages)
    for (const mutant of own) tasks.set(mutant, { mutant, stages, limits_ms })
  }
  return { tasks: chosen.flatMap(one => tasks.get(one) ?? []), paths: ofTarget.flatMap(({ paths }) => paths), mutants }
}

interface Bounds {
  jobs: number
  /** On the clock of performance.now(). */
  until_ms: number
}

/** Each job takes the next task that nobody has taken. */
async function runAll(root: string, tasks: readonly Task[], known: Equivalents, bounds: Bounds): Promise<Result[]> {
  const results: Result[] = []
  const queue = tasks.values()
  const work = async () => {
    for (const { mutant, stages, limits_ms } of queue) {
      if (performance.now() > bounds.until_ms) return
      const outcome = await runMutant(root, stages, mutant, limits_ms)
      results.push({ mutant, outcome, equivalent: known.has(mutant) })
      const { file, line, col, operator } = mutant
      process.stderr.write(`${results.length}/${tasks.length} ${outcome.state} ${file}:${line}:${col} ${operator}\n`)
    }
  }
  await Promise.all(Array.from({ length: bounds.jobs }, work))
  return results
}

async function run({ seed, mutants: count, files, jobs, minutes, format }: Options, root: string): Promise<void> {
  const known = new Equivalents(readEquivalents(join(import.meta.dirname, 'equivalents.ndjson')))
  const { tasks, paths, mutants } = await plan(root, files, count, seed)
  if (tasks.length === 0) throw new Error(`no file of lab/mutation/targets.ts matches ${files}`)
  const results = await runAll(root, tasks, known, { jobs, until_ms: performance.now() + minutes * 60_000 })
  const report = { seed, results, stale: known.stale(paths, mutants) }
  process.stdout.write(format === 'json' ? toJson(report) : toText(report))
  process.exitCode = share(countsOf(results)) < LEAST_SHARE ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(2))
try {
  const options = optionsOf(process.argv.slice(2))
  const copy = copyProject(ROOT)
  process.once('exit', () => rmSync(dirname(copy), { recursive: true, force: true }))
  await run(options, copy)
} catch (error) {
  process.stderr.write(`mutation: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}
