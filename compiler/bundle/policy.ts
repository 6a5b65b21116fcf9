/** The compiled request policy: committed beside its sources, since `npm ci && npm start` must not need OPA. */
import { createHash } from 'node:crypto'
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { error } from '../diagnostics.ts'
import type { SourceFile } from '../load.ts'

const FOLDER = 'policies/request/'
const WASM = `${FOLDER}compiled/policy.wasm`
const META = `${FOLDER}compiled/policy.json`

export interface CompiledPolicy {
  meta: PolicyMeta
  wasm: Uint8Array
  json: Uint8Array
}

/** For a repository on disk: what is tried out in memory may do without a policy, a release may not. */
export function missingPolicy(side: ReadonlyMap<string, SourceFile>): Diagnostic[] {
  if ([...side.keys()].some(path => path.startsWith(FOLDER))) return []
  const start = { line: 1, col: 1, offset: 0 }
  const fix = 'copy policies/request of the example repository, and edit its rules'
  return [error('FP5012', { file: FOLDER, start, end: start }, `there is no ${FOLDER}`, { fix })]
}

/** Null without an error where the tree has no policies at all. */
export function policyOf(side: ReadonlyMap<string, SourceFile>): {
  policy: CompiledPolicy | null
  diagnostics: Diagnostic[]
} {
  const wasm = side.get(WASM)
  const json = side.get(META)
  const sources = [...side.keys()].filter(isSource)
  if (sources.length === 0 && !wasm && !json) return { policy: null, diagnostics: [] }
  const meta = json ? readMeta(json.bytes) : null
  if (!wasm || !json || !meta) return stale('the compiled policy is missing or cannot be read')
  if (meta.sources_sha256 !== sourcesHash(side)) return stale('the policy was compiled from other sources')
  return { policy: { meta, wasm: wasm.bytes, json: json.bytes }, diagnostics: [] }
}

const isSource = (path: string): boolean =>
  path.startsWith(FOLDER) &&
  !path.slice(FOLDER.length).includes('/') &&
  path.endsWith('.rego') &&
  !path.endsWith('_test.rego')

/** sha256 over path, NUL, bytes, NUL of each source, sorted: policies/build.ts records the same. */
export function sourcesHash(side: ReadonlyMap<string, SourceFile>): string {
  const hash = createHash('sha256')
  for (const path of [...side.keys()].filter(isSource).sort())
    hash
      .update(`${path}\0`)
      .update(side.get(path)?.bytes ?? '')
      .update('\0')
  return hash.digest('hex')
}

function readMeta(bytes: Uint8Array): PolicyMeta | null {
  try {
    const meta = JSON.parse(new TextDecoder().decode(bytes)) as Partial<PolicyMeta> | null // checked below
    return meta && Array.isArray(meta.rules) && Array.isArray(meta.reads) ? (meta as PolicyMeta) : null
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
