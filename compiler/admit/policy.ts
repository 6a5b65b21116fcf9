/** The compiled admission policy of a tree. */
import { createHash } from 'node:crypto'
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { error } from '../diagnostics.ts'
import type { SourceFile } from '../load.ts'

const FOLDER = 'policies/admission/'
const META = `${FOLDER}compiled/policy.json`

export interface AdmissionPolicy {
  wasm: Uint8Array
  entrypoint: string
}

/** Null without a diagnostic where the tree has no such policies. */
export function admissionPolicyOf(side: ReadonlyMap<string, SourceFile>): {
  policy: AdmissionPolicy | null
  diagnostics: Diagnostic[]
} {
  const sources = [...side.keys()].filter(isSource).sort()
  const wasm = side.get(`${FOLDER}compiled/policy.wasm`)
  const meta = side.get(META)
  if (sources.length === 0 && !wasm && !meta) return { policy: null, diagnostics: [] }
  const read = meta ? readMeta(meta.bytes) : null
  if (!wasm || !read) return stale('the compiled admission policy is missing or cannot be read')
  const hash = createHash('sha256')
  for (const path of sources)
    hash
      .update(`${path}\0`)
      .update(side.get(path)?.bytes ?? '')
      .update('\0')
  if (read.sources_sha256 !== hash.digest('hex')) return stale('the admission policy was compiled from other sources')
  return { policy: { wasm: wasm.bytes, entrypoint: read.entrypoint }, diagnostics: [] }
}

const isSource = (path: string): boolean =>
  path.startsWith(FOLDER) &&
  !path.slice(FOLDER.length).includes('/') &&
  path.endsWith('.rego') &&
  !path.endsWith('_test.rego')

function readMeta(bytes: Uint8Array): { sources_sha256: string; entrypoint: string } | null {
  try {
    const meta: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof meta !== 'object' || meta === null || !('entrypoint' in meta) || !('sources_sha256' in meta)) return null
    return { sources_sha256: String(meta.sources_sha256), entrypoint: String(meta.entrypoint) }
  } catch {
    return null
  }
}

function stale(message: string): { policy: null; diagnostics: Diagnostic[] } {
  const start = { line: 1, col: 1, offset: 0 }
  const span = { file: META, start, end: start }
  const fix = 'run `npm run policies` and commit what it writes'
  return { policy: null, diagnostics: [error('FP5006', span, message, { fix })] }
}
