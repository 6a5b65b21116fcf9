/** The shipped repository as a release, compiled once per test file, and what a test needs to change it. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after } from 'node:test'
import { compile } from '@flightplan/compiler/compile.ts'
import { type Release, sealRelease } from '@flightplan/compiler/release.ts'
import { signManifest } from '@flightplan/compiler/sign.ts'
import { createCounters } from '../../authority/counters.ts'
import { loadPolicy } from '../../policy/policy.ts'
import { sha256 } from '../../release/files.ts'
import { keyIdOf, type TrustedKeys } from '../../release/keys.ts'
import type { VerifyOptions } from '../../release/verify.ts'

export const ROOT = resolve(import.meta.dirname, '../../..')
export const NOW_MS = Date.UTC(2027, 2, 10, 12)

const keys = generateKeyPairSync('ed25519')
export const PRIVATE_KEY = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
export const PUBLIC_KEY = keys.publicKey
export const TRUSTED: TrustedKeys = new Map([[keyIdOf(PUBLIC_KEY), PUBLIC_KEY]])

export const verifyOptions = (): VerifyOptions => ({
  trusted: TRUSTED,
  counters: createCounters(1 << 12),
  budget_bytes: 1 << 28,
})

/** Compiled as here, and signed by a key that {@link verifyOptions} trusts. */
export function signed(now_ms: number): Parameters<typeof compile>[1] {
  const fault = (text: string): never => {
    throw new Error(text)
  }
  return { now_ms, sign: PRIVATE_KEY, openPolicy: (wasm, meta) => loadPolicy(wasm, meta, { fault }) }
}

export async function shippedRelease(now_ms = NOW_MS): Promise<Release> {
  const { release, diagnostics } = await compile(ROOT, signed(now_ms))
  if (!release) throw new Error(`the shipped repository does not compile: ${JSON.stringify(diagnostics)}`)
  return release
}

/** The same release with other contents, sealed and signed as if the compiler had made it so. */
export function resealed({ files, manifest }: Release, changes: Record<string, Uint8Array | null>): Release {
  const contents = new Map([...files].filter(([name]) => !name.startsWith('manifest.')))
  for (const [name, bytes] of Object.entries(changes)) bytes ? contents.set(name, bytes) : contents.delete(name)
  return sealRelease(contents, manifest, manifest.counts, PRIVATE_KEY)
}

/** The same release with another manifest, signed. */
export function withManifest({ files, manifest }: Release, changes: object): Release {
  const text = new TextEncoder().encode(JSON.stringify({ ...manifest, ...changes }))
  const signature = new TextEncoder().encode(signManifest(text, PRIVATE_KEY))
  const changed = new Map([...files, ['manifest.json', text] as const, ['manifest.sig', signature] as const])
  return { digest: sha256(text), manifest, files: changed }
}

/** A directory that is gone after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'flightplan-test-'))
  after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
