/** Files → a release: the manifest over them, its digest, its signature. */
import { createHash } from 'node:crypto'
import { type Manifest, RELEASE_FORMAT } from '@flightplan/contract/release.ts'
import { signManifest } from './sign.ts'

export interface Release {
  /** sha256 of manifest.json. */
  digest: string
  manifest: Manifest
  /** By name, manifest.json and manifest.sig included. */
  files: ReadonlyMap<string, Uint8Array>
}
export interface Origin {
  /** Empty outside of Git. */
  commit: string
  tree: string
  built_at_ms: number
}

export const COMPILER_VERSION = '0.1.0'
const MIN_RUNTIME = '0.1.0'

/** @param privateKey PEM of an Ed25519 key, or null: the release has no signature, and no bidder will load it */
export function sealRelease(
  contents: ReadonlyMap<string, Uint8Array>,
  origin: Origin,
  counts: Record<string, number>,
  privateKey: string | null,
): Release {
  const sorted = [...contents].sort(([a], [b]) => (a < b ? -1 : 1))
  const manifest: Manifest = {
    format: RELEASE_FORMAT,
    ...origin,
    compiler: COMPILER_VERSION,
    min_runtime: MIN_RUNTIME,
    files: Object.fromEntries(sorted.map(([name, bytes]) => [name, { sha256: sha256(bytes), bytes: bytes.length }])),
    counts,
  }
  const text = bytesOf(`${JSON.stringify(manifest, null, 2)}\n`)
  const files = new Map([...sorted, ['manifest.json', text] as const])
  if (privateKey !== null) files.set('manifest.sig', bytesOf(signManifest(text, privateKey)))
  return { digest: sha256(text), manifest, files }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
