/** The way of one release into a bidder, wherever it came from: load and verify, hand over, report each step. */
import { loadRelease } from './loader.ts'
import { REFUSALS, type Refusal, refusalOf } from './refusal.ts'
import type { LoadedRelease, VerifyOptions } from './verify.ts'
import type { Pointer } from './watch.ts'

/** ACK: verified and in memory. LIVE: every worker serves it. NACK: refused, and the one before keeps serving. */
export type ReleaseEvent =
  | { kind: 'ack'; digest: string; load_ms: number; from: 'channel' | 'last_good'; counts: Record<string, number> }
  | { kind: 'live'; digest: string }
  | { kind: 'nack'; digest: string; code: Refusal['code']; error: string; text: string }
  | { kind: 'not_kept'; digest: string; text: string }
  /** A channel record was taken: what it says. */
  | { kind: 'announced'; sequence: number; digest: string; canary: string | null; share_ppm: number }
  /** A channel record was refused, or the release that it names could not be fetched yet. */
  | { kind: 'refused'; code: Refusal['code']; error: string; text: string }

export interface TakeOptions {
  verify: VerifyOptions
  /** Gives every worker the release; resolves when each has swapped, rejects when all keep the one before. */
  activate(release: LoadedRelease): Promise<void>
  report(event: ReleaseEvent): void
}

/** True: it serves. False: it was refused, which was reported. Never rejects. */
export async function takeRelease(
  pointer: Pointer,
  from: 'channel' | 'last_good',
  options: TakeOptions,
): Promise<boolean> {
  const { dir, digest } = pointer
  const refuse = ({ code, text }: Refusal): false => {
    options.report({ kind: 'nack', digest, code, error: REFUSALS[code], text })
    return false
  }
  const release = await loadRelease(dir, digest, options.verify)
  if (!release.ok) return refuse(release)
  const { load_ms, manifest } = release
  options.report({ kind: 'ack', digest, load_ms, from, counts: manifest.counts })
  try {
    await options.activate(release)
  } catch (error) {
    return refuse(refusalOf(error, 'not_activated'))
  }
  options.report({ kind: 'live', digest })
  return true
}
