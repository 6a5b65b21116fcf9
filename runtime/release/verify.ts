/**
 * A release proves itself: digest, signature, format, size, every file, the snapshot, the policy, the models, and the
 * golden auctions through these bytes and this engine. Runs on a thread of its own (load-thread.ts).
 */
import type { Manifest, PolicyMeta } from '@flightplan/contract/release.ts'
import type { SnapshotMeta } from '@flightplan/contract/snapshot.ts'
import { openSnapshot, type Snapshot } from '@flightplan/engine/snapshot.ts'
import { claimEntries, type Entries } from '../authority/authority.ts'
import type { CounterMemory } from '../authority/counters.ts'
import { loadPolicy } from '../policy/policy.ts'
import { openPredictor } from '../serve/predictor.ts'
import { readFiles, readManifest } from './files.ts'
import { goldenMismatch, parseGoldens } from './golden.ts'
import type { TrustedKeys } from './keys.ts'
import { type Refusal, type RefusalCode, Refused, refusalOf } from './refusal.ts'

/** What serving threads get: shared bytes and a compiled module, all of it verified. */
export interface LoadedRelease {
  ok: true
  digest: string
  manifest: Manifest
  snapshot: SharedArrayBuffer
  /** `sha256`: of module and meta; releases with an equal one share what is opened of it. */
  policy: { module: WebAssembly.Module; meta: PolicyMeta; sha256: string }
  /** Bytes of `models/<id>.onnx` by model id. */
  models: Map<string, Uint8Array>
  entries: Entries
  /** debug.json, for explain on the admin port. */
  debug: Uint8Array
  exchanges: SnapshotMeta['exchanges']
  goldens: number
  /** golden.ndjson: what a serving thread rehearses with. */
  golden: Uint8Array
  load_ms: number
}

export interface VerifyOptions {
  trusted: TrustedKeys
  counters: CounterMemory
  /** All files of the release together. */
  budget_bytes: number
}

/** Never throws: whatever is wrong comes back as a refusal with its reason. */
export async function verifyRelease(
  dir: string,
  digest: string,
  options: VerifyOptions,
): Promise<LoadedRelease | Refusal> {
  const start = performance.now()
  try {
    const manifest = await readManifest(dir, digest, options.trusted)
    const files = await readFiles(dir, manifest, options.budget_bytes)
    const snapshot = named('malformed_snapshot', () => openChecked(fileOf(files, 'snapshot.bin')))
    const policy = await openPolicy(files)
    const goldens = named('malformed_golden', () => parseGoldens(fileOf(files, 'golden.ndjson')))
    const mismatch = named('golden_mismatch', () => goldenMismatch(snapshot.opened, policy.evaluate, goldens))
    if (mismatch !== null) throw new Refused('golden_mismatch', mismatch)
    const models = await openModelFiles(snapshot.opened, files)
    return {
      ...{ ok: true, digest, manifest, models },
      snapshot: snapshot.bytes,
      policy: { module: policy.module, meta: policy.meta, sha256: policyDigest(manifest) },
      entries: claimEntries(options.counters, snapshot.opened),
      debug: fileOf(files, 'debug.json'),
      exchanges: snapshot.opened.meta.exchanges,
      ...{ goldens: goldens.length, golden: fileOf(files, 'golden.ndjson') },
      load_ms: performance.now() - start,
    }
  } catch (error) {
    return refusalOf(error, 'loader_crashed')
  }
}

/** Runs a step; a fault in it that has no name of its own gets this one. */
function named<T>(code: RefusalCode, step: () => T): T {
  try {
    return step()
  } catch (error) {
    const { code: own, text } = refusalOf(error, code)
    throw new Refused(own, text)
  }
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name)
  if (!bytes) throw new Refused('missing_file', `the manifest lists no ${name}`)
  return bytes
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

function openChecked(bytes: Uint8Array): { bytes: SharedArrayBuffer; opened: Snapshot } {
  const shared = bytes.buffer as SharedArrayBuffer // files.ts reads into shared memory
  const opened = openSnapshot(shared)
  const { max_snapshot_bytes, max_line_items } = opened.meta.limits
  if (bytes.length > max_snapshot_bytes)
    throw new Refused('size_over_budget', `snapshot.bin has ${bytes.length} bytes, ${max_snapshot_bytes} are allowed`)
  if (opened.line_item.id_str.length > max_line_items)
    throw new Refused('size_over_budget', `${opened.line_item.id_str.length} line items, ${max_line_items} are allowed`)
  return { bytes: shared, opened }
}

async function openPolicy(files: ReadonlyMap<string, Uint8Array>) {
  try {
    const meta = JSON.parse(textOf(fileOf(files, 'policy.json'))) as PolicyMeta // covered by the signature
    // WebAssembly takes no shared memory: compile a copy.
    const module = await WebAssembly.compile(new Uint8Array(fileOf(files, 'policy.wasm')))
    // A fault during evaluation denies the bid, and then a golden auction differs.
    const evaluate = await loadPolicy(module, meta, { fault: () => {} })
    return { meta, module, evaluate }
  } catch (error) {
    const { code, text } = refusalOf(error, 'malformed_policy')
    throw new Refused(code, text)
  }
}

const policyDigest = ({ files }: Manifest): string =>
  ['policy.wasm', 'policy.json'].map(name => files[name]?.sha256).join(' ')

/** Opened once here, so that no serving thread is the first to find out that ONNX refuses one. */
async function openModelFiles(
  snapshot: Snapshot,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Map<string, Uint8Array>> {
  try {
    const run = snapshot.meta.models.filter(model => model.kind === 'onnx')
    const models = new Map(run.map(({ id }) => [id, fileOf(files, `models/${id}.onnx`)]))
    const opened = await openPredictor(snapshot, models, () => {})
    await opened.close()
    return models
  } catch (error) {
    const { code, text } = refusalOf(error, 'malformed_model')
    throw new Refused(code, text)
  }
}
