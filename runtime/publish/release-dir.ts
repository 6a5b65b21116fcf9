/** A release on disk, read for publishing: by the loader that bidders use, so that what it refuses is never announced. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCounters } from '../authority/counters.ts'
import { readFiles, readManifest } from '../release/files.ts'
import type { TrustedKeys } from '../release/keys.ts'
import { Refused } from '../release/refusal.ts'
import { verifyRelease } from '../release/verify.ts'
import { readPointer } from '../release/watch.ts'
import type { ReleaseParts } from '../store/port.ts'

/** What a bidder allows unless it is told otherwise (RELEASE_BUDGET_BYTES). */
const BUDGET_BYTES = 1 << 30

/** The release directory that is meant: the folder itself, or the one that its `current` names. Null: neither. */
export function findRelease(dir: string): { dir: string; digest: string } | null {
  const digest = /([0-9a-f]{64})\/*$/.exec(dir)?.[1]
  if (digest !== undefined && existsSync(join(dir, 'manifest.json'))) return { dir, digest }
  return readPointer(dir)
}

/** @throws Refused with the reason why no bidder would load it */
export async function readReleaseDir(dir: string, digest: string, trusted: TrustedKeys): Promise<ReleaseParts> {
  const counters = createCounters()
  const verified = await verifyRelease(dir, digest, { trusted, counters, budget_bytes: BUDGET_BYTES })
  if (!verified.ok) throw new Refused(verified.code, verified.text)
  const files = await readFiles(dir, await readManifest(dir, digest, trusted), BUDGET_BYTES)
  const bundle = join(dir, 'bundle.tar.gz')
  return {
    ...{ digest, files },
    manifest: readFileSync(join(dir, 'manifest.json')),
    signature: readFileSync(join(dir, 'manifest.sig')),
    bundle: existsSync(bundle) ? readFileSync(bundle) : null,
  }
}
