/** A thread that gives one answer and ends, within bounds of time and memory: what it does wrong ends with it. */
import { Worker } from 'node:worker_threads'

export interface Bounds {
  timeout_ms: number
  /** Of the thread's heap; shared memory lies outside of it. */
  heap_mb: number
}

export type OneAnswer<T> = { ok: true; answer: T } | { ok: false; why: 'timeout' | 'crash'; text: string }

/** Never rejects; a thread that dies, hangs or says nothing is an outcome too. @param script posts one message, of type T */
export function oneAnswer<T>(script: URL, workerData: unknown, { timeout_ms, heap_mb }: Bounds): Promise<OneAnswer<T>> {
  return new Promise(resolve => {
    const thread = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: heap_mb } })
    const fail = (why: 'timeout' | 'crash', text: string) => resolve({ ok: false, why, text })
    const timeout = setTimeout(() => {
      fail('timeout', `took more than ${timeout_ms} ms`)
      void thread.terminate()
    }, timeout_ms)
    thread.once('message', (answer: T) => resolve({ ok: true, answer }))
    thread.once('error', error => fail('crash', error instanceof Error ? error.message : String(error)))
    thread.once('exit', () => {
      clearTimeout(timeout)
      fail('crash', 'ended without an answer')
    })
  })
}
