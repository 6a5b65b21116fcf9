import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const END_MS = 5000

export interface Service {
  url: string
  /** Ends it as a crash would: kill -9 of all of it. Memory is lost. */
  kill(): Promise<void>
  /** Starts it again on the same port, with what lies on its disk. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Neither outlives us nor keeps us alive: a test that fails before its clean-up ends, and leaves nothing running. */
export function endsWithUs(child: ChildProcess): void {
  child.unref()
  for (const pipe of child.stdio) if (pipe instanceof Socket) pipe.unref()
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}

export const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

/** Resolves when it is gone; one that does not heed the signal within five seconds is killed. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(child)) return
  child.ref()
  const gone = once(child, 'exit')
  child.kill(signal)
  await Promise.race([gone, sleep(END_MS, null, { ref: false })])
  if (isRunning(child)) child.kill('SIGKILL')
  await gone
}
