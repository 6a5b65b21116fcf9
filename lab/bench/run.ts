/** A script run to its end in a process of its own: what it printed, and what it cost on the wall and on all cores. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Cost {
  wall_ms: number
  cpu_ms: number
}
export interface Ran extends Cost {
  stdout: string
}

const TIMEOUT_MS = 300_000
const MAX_OUTPUT_BYTES = 64 << 20
/** Linux counts in ticks of 10 ms (USER_HZ, fixed at 100 for /proc). */
const TICK_MS = 10

/** @throws Error with the end of what the script wrote to stderr, when it does not end with 0 */
export function run(script: string, args: readonly string[], environment: Record<string, string> = {}): Ran {
  const [cpu_ms, began_ms] = [childrenCpu_ms(), performance.now()]
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    ...{ encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES },
    env: { ...process.env, ...environment },
  })
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr.slice(-2000)}`)
  return { stdout, wall_ms: performance.now() - began_ms, cpu_ms: childrenCpu_ms() - cpu_ms }
}

/** User and system time of all children that have ended, all their threads: fields 16 and 17 of proc_pid_stat(5). */
const childrenCpu_ms = (): number => ticks_ms('self', 16)

/** The same of a process that runs: fields 14 and 15. */
export const cpuOf_ms = (pid: number): number => ticks_ms(pid, 14)

function ticks_ms(pid: number | 'self', field: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name, field 2, may hold blanks
  return (Number(fields[field - 3]) + Number(fields[field - 2])) * TICK_MS
}
