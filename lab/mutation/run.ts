/** Runs the tests of one mutant, bounded in time. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { FAILED } from './first-failure.ts'
import type { Edit, Mutant } from './mutants.ts'

/** What a child is told. `file` null: the baseline. */
export interface Job {
  root: string
  stages: string[][]
  file: string | null
  edit: Edit | null
}
export interface Outcome {
  state: 'killed' | 'survived' | 'timeout'
  /** The test that failed, or what the process said last. */
  by: string
  /** What each stage that began took, milliseconds. */
  stages_ms: number[]
}

/** A stage may take this many times what it takes without a mutant, and that much more: the machine has other work. */
const PATIENCE = 4
const GRACE_MS = 5000
/** What a stage of the baseline may take: its tests hang. */
const BASELINE_MS = 120_000
/** A mutant that piles things up without end must not take the machine with it. */
const HEAP_MB = 1024

const CHILD = join(import.meta.dirname, 'child.ts')
const FLAGS = [
  `--test-reporter=${join(import.meta.dirname, 'first-failure.ts')}`,
  `--max-old-space-size=${HEAP_MB}`,
  '--no-warnings',
]

/** The test that failed or, where it came to none, the error. */
function causeIn(said: string): string {
  const at = said.lastIndexOf(FAILED)
  return at < 0
    ? (/^.*Error.*$/m.exec(said)?.[0] ?? said.trim())
    : (said.slice(at + FAILED.length).split('\n')[0] ?? '')
}

/** Under `node --test` the variable makes a process report to the runner above it, and to nobody else. */
const { NODE_TEST_CONTEXT: _, ...ENVIRONMENT } = process.env

export function runJob(job: Job, limits_ms: readonly number[]): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const child = fork(CHILD, [JSON.stringify(job)], {
    cwd: job.root,
    execArgv: FLAGS,
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const kill = () => child.kill('SIGKILL') // it may be in a loop without end
  process.once('exit', kill)
  const outcome: Outcome = { state: 'survived', by: '', stages_ms: [] }
  let said = ''
  let since = performance.now()
  let timer: NodeJS.Timeout | undefined
  const endStage = () => {
    clearTimeout(timer)
    outcome.stages_ms.push(Math.round(performance.now() - since))
    since = performance.now()
  }
  child.stderr?.on('data', chunk => {
    said = `${said}${chunk}`.slice(-2000)
  })
  child.on('message', (message: { stage: number }) => {
    endStage()
    timer = setTimeout(() => {
      outcome.state = 'timeout'
      kill()
    }, limits_ms[message.stage] ?? BASELINE_MS)
  })
  // `exit` may come before the last message and what was said last
  child.on('close', code => {
    process.off('exit', kill)
    endStage()
    if (code !== 0 && outcome.state !== 'timeout') outcome.state = 'killed'
    outcome.by = causeIn(said)
    outcome.stages_ms.shift() // until the first stage began
    resolve(outcome)
  })
  return promise
}

/**
 * The stages without a mutant, and from it how long each may take with one.
 * @throws Error when they fail: nothing could be told of mutants
 */
export async function baseline(root: string, stages: string[][]): Promise<number[]> {
  const { state, by, stages_ms } = await runJob({ root, stages, file: null, edit: null }, [])
  if (state !== 'survived') throw new Error(`the tests fail without any mutant (${state}): ${by}`)
  return stages_ms.map(ms => ms * PATIENCE + GRACE_MS)
}

export const runMutant = (root: string, stages: string[][], mutant: Mutant, limits_ms: readonly number[]) =>
  runJob(
    { root, stages, file: mutant.file, edit: { start: mutant.start, end: mutant.end, text: mutant.text } },
    limits_ms,
  )
