/** Loads a release on a thread of its own, so that neither its time nor its faults reach a serving one. */
import { Worker } from 'node:worker_threads'
import type { Refusal } from './refusal.ts'
import type { LoadedRelease, VerifyOptions } from './verify.ts'

const LOAD_TIMEOUT_MS = 120_000
/** Heap of the loader's thread; snapshots lie outside of it. A release that needs more is refused, not the process killed. */
const HEAP_MB = 2048

/** Never rejects; a thread that dies or hangs is a refusal too. */
export function loadRelease(dir: string, digest: string, options: VerifyOptions): Promise<LoadedRelease | Refusal> {
  const thread = new Worker(new URL('load-thread.ts', import.meta.url), {
    workerData: { dir, digest, options },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  return new Promise(resolve => {
    const refuse = (code: Refusal['code'], text: string) => resolve({ ok: false, code, text })
    const timeout = setTimeout(() => {
      refuse('loader_timeout', `loading took more than ${LOAD_TIMEOUT_MS} ms`)
      void thread.terminate()
    }, LOAD_TIMEOUT_MS)
    thread.once('message', (outcome: LoadedRelease | Refusal) => resolve(outcome))
    thread.once('error', error => refuse('loader_crashed', error instanceof Error ? error.message : String(error)))
    thread.once('exit', () => {
      clearTimeout(timeout)
      refuse('loader_crashed', 'the loader ended without an outcome')
    })
  })
}
