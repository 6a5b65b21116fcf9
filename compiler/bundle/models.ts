/** Model cards and their artifacts → what the snapshot and the release hold of them. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import { error } from '../diagnostics.ts'
import type { SourceFile } from '../load.ts'
import type { LoweredModels } from '../lower/lower.ts'
import { lowerModel, type ModelFault } from '../model/lower-model.ts'
import { besides } from '../resolve/side-files.ts'
import type { World } from '../resolve/world.ts'
import type { ValidFileOf } from '../validate.ts'

export interface BundledModels extends LoweredModels {
  /** Artifacts of models that are run, by their name in the release. */
  files: ReadonlyMap<string, Uint8Array>
  diagnostics: Diagnostic[]
}

export function bundleModels(world: World, side: ReadonlyMap<string, SourceFile>): BundledModels {
  const weights = new Map<string, Float32Array>()
  const files = new Map<string, Uint8Array>()
  const out: Pick<BundledModels, 'metas' | 'diagnostics'> = { metas: [], diagnostics: [] }
  for (const card of world.kinds.model.values()) {
    const { artifact, audit } = card.value
    const bytes = sideFile(card, artifact.file, ['artifact', 'file'], side, out.diagnostics)
    const golden = audit?.golden && sideFile(card, audit.golden, ['audit', 'golden'], side, out.diagnostics)
    if (!bytes) continue
    const { model, faults } = lowerModel(card.value, bytes, golden ? new TextDecoder().decode(golden) : null)
    out.diagnostics.push(...faults.map(fault => diagnosticOf(card, fault)))
    if (!model) continue
    out.metas.push(model.meta)
    if (model.weights) weights.set(card.id, model.weights)
    else files.set(`models/${card.id}.onnx`, bytes)
  }
  return { ...out, weights, files }
}

type Card = ValidFileOf<'model'>

function sideFile(
  card: Card,
  name: string,
  path: string[],
  side: ReadonlyMap<string, SourceFile>,
  diagnostics: Diagnostic[],
): Uint8Array | null {
  const full = besides(card.file.path, name)
  const found = side.get(full)
  if (!found) diagnostics.push(error('FP3020', card.file.at(path), `there is no file ${full}`))
  return found?.bytes ?? null
}

function diagnosticOf(card: Card, { path, message, fix }: ModelFault): Diagnostic {
  const [head, key] = path
  const code: ErrorCode = head === 'inputs' ? 'FP3012' : key === 'sha256' ? 'FP3025' : 'FP3032'
  return error(code, card.file.at(path), message, { fix })
}
