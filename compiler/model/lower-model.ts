/** Model card + artifact → what the snapshot holds, or what is wrong with them. */
import { createHash } from 'node:crypto'
import { isModelInput, MODEL_INPUTS } from '@flightplan/contract/model-inputs.ts'
import type { ModelBinding } from '@flightplan/contract/schema/model-binding.ts'
import type { ModelMeta } from '@flightplan/contract/snapshot.ts'
import { openLinear, scoreLinear } from '@flightplan/engine/model/linear.ts'
import { didYouMean } from '../did-you-mean.ts'
import { floats, type OnnxFile, readOnnx } from './onnx-file.ts'

/** A fault of a card; `path` leads to the place in its YAML. */
export interface ModelFault {
  path: (string | number)[]
  message: string
  fix?: string
}

export interface LoweredModel {
  meta: ModelMeta
  /** Section `model.<id>.weights`; null: the release carries the artifact as `models/<id>.onnx`. */
  weights: Float32Array | null
}

/** Name of the graph that {@link lowerModel} knows how to run in typed arrays; see models/graph.py. */
const LINEAR_GRAPH = 'hashed_logistic'
/** Float32 sums of ONNX against doubles here (issue: equal within 1e-5). */
const GOLDEN_TOLERANCE = 1e-5

/**
 * @param artifact bytes of `artifact.file`
 * @param golden text of `audit.golden` (ndjson of {features, raw}), checked for models that are lowered
 */
export function lowerModel(
  card: ModelBinding,
  artifact: Uint8Array,
  golden: string | null,
): { model: LoweredModel | null; faults: ModelFault[] } {
  const faults = [...inputFaults(card), ...digestFaults(card, artifact), ...curveFaults(card)]
  const onnx = openArtifact(artifact)
  if (typeof onnx === 'string') faults.push({ path: ['artifact', 'file'], message: onnx })
  if (typeof onnx === 'string' || faults.length > 0) return { model: null, faults }
  const meta = metaOf(card)
  if (onnx.graph !== LINEAR_GRAPH) return { model: { meta, weights: null }, faults }
  const model = lowerLinear(meta, onnx)
  if (model === null)
    faults.push({ path: ['artifact', 'file'], message: 'the linear model lacks `weights` (a power of two) or `bias`' })
  else if (golden !== null) faults.push(...goldenFaults(model, golden))
  return faults.length > 0 ? { model: null, faults } : { model, faults }
}

function openArtifact(artifact: Uint8Array): OnnxFile | string {
  try {
    return readOnnx(artifact)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function metaOf(card: ModelBinding): ModelMeta {
  const [min, max] = card.limits?.prediction ?? [0, 1]
  return {
    id: card.model,
    inputs: card.inputs.map(({ name, type, missing }) => ({ name, type, missing: missing ?? 0 })),
    kind: 'onnx',
    buckets: 0,
    bias: 0,
    calibration: card.calibration?.points ?? [],
    min,
    max,
    prior: card.fallback?.prior ?? null,
    sha256: card.artifact.sha256,
  }
}

function lowerLinear(meta: ModelMeta, { tensors }: OnnxFile): LoweredModel | null {
  const weights = floats(tensors.get('weights') ?? new Uint8Array())
  const bias = floats(tensors.get('bias') ?? new Uint8Array())[0]
  const isPower = weights.length > 1 && (weights.length & (weights.length - 1)) === 0
  if (bias === undefined || !isPower) return null
  return { meta: { ...meta, kind: 'linear', buckets: weights.length, bias }, weights }
}

function inputFaults({ inputs }: ModelBinding): ModelFault[] {
  return inputs.flatMap(({ name, type, missing = 0 }, i): ModelFault[] => {
    if (!isModelInput(name)) {
      const near = didYouMean(name, Object.keys(MODEL_INPUTS))
      const message = `\`${name}\` is no input that the runtime makes`
      return [
        {
          path: ['inputs', i, 'name'],
          message,
          fix: near ? `did you mean \`${near}\`?` : `known: ${Object.keys(MODEL_INPUTS).join(', ')}`,
        },
      ]
    }
    if (type !== 'int64') return [{ path: ['inputs', i, 'type'], message: `\`${name}\` is an int64` }]
    if (!Number.isInteger(missing) || missing < 0 || missing >= 2 ** 32)
      return [{ path: ['inputs', i, 'missing'], message: '`missing` is an integer from 0 to 4294967295' }]
    return []
  })
}

function digestFaults({ artifact }: ModelBinding, bytes: Uint8Array): ModelFault[] {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === artifact.sha256) return []
  return [
    {
      path: ['artifact', 'sha256'],
      message: `${artifact.file} is another file than the card names`,
      fix: `its sha256 is ${sha256}`,
    },
  ]
}

function curveFaults({ calibration, limits }: ModelBinding): ModelFault[] {
  const points = calibration?.points ?? []
  const falls = points.findIndex(([x, y], i) => i > 0 && (x <= points[i - 1]![0] || y < points[i - 1]![1]))
  const [min, max] = limits?.prediction ?? [0, 1]
  const out: ModelFault[] = []
  if (falls >= 0) out.push({ path: ['calibration', 'points', falls], message: 'calibration points must rise' })
  if (min > max)
    out.push({ path: ['limits', 'prediction'], message: `the lower limit ${min} is above the upper ${max}` })
  return out
}

/** The lowered form against the recorded vectors: the graph may say "linear" and compute something else. */
function goldenFaults({ meta, weights }: LoweredModel, golden: string): ModelFault[] {
  if (weights === null) return []
  const linear = openLinear(meta, weights)
  const fault = (line: number, message: string) => [
    { path: ['audit', 'golden'], message: `vector ${line}: ${message}` },
  ]
  for (const [i, line] of golden.split('\n').entries()) {
    if (line.trim() === '') continue
    const vector = readVector(line)
    if (vector?.features.length !== meta.inputs.length)
      return fault(i + 1, `\`features\` needs ${meta.inputs.length} values`)
    const got = scoreLinear(linear, Uint32Array.from(vector.features))[0] ?? Number.NaN
    if (!(Math.abs(got - vector.raw) <= GOLDEN_TOLERANCE))
      return fault(i + 1, `the model gives ${got}, recorded is ${vector.raw}`)
  }
  return []
}

function readVector(line: string): { features: number[]; raw: number } | null {
  try {
    const { features, raw } = JSON.parse(line)
    return Array.isArray(features) && typeof raw === 'number' ? { features, raw } : null
  } catch {
    return null
  }
}
