/** Loads a release on a thread of its own, so that neither its time nor its faults reach a serving one. */
import { type Bounds, oneAnswer } from './one-answer.ts'
import type { Refusal } from './refusal.ts'
import type { LoadedRelease, VerifyOptions } from './verify.ts'

/** Snapshots lie outside of the heap. A release that needs more is refused, not the process killed. */
const BOUNDS: Bounds = { timeout_ms: 120_000, heap_mb: 2048 }
const THREAD = new URL('load-thread.ts', import.meta.url)

/** Never rejects; a thread that dies or hangs is a refusal too. */
export async function loadRelease(
  dir: string,
  digest: string,
  options: VerifyOptions,
  bounds = BOUNDS,
): Promise<LoadedRelease | Refusal> {
  const outcome = await oneAnswer<LoadedRelease | Refusal>(THREAD, { dir, digest, options }, bounds)
  if (outcome.ok) return outcome.answer
  const code = outcome.why === 'timeout' ? 'loader_timeout' : 'loader_crashed'
  return { ok: false, code, text: `the loader ${outcome.text}` }
}
