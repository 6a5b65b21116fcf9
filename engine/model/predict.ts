/** Predictions for the candidates of a request, as `decide` wants them: by model, aligned with the candidates. */
import type { ModelMeta } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Selection } from '../types.ts'
import { finish, priorOf } from './calibrate.ts'
import { type FeatureReader, featureRows, openReaders } from './features.ts'
import { type LinearModel, openLinear, scoreLinear } from './linear.ts'

/** A model of a snapshot, opened once. `linear` is null where ONNX must run it. */
export interface OpenModel {
  index: number
  meta: ModelMeta
  readers: FeatureReader[]
  linear: LinearModel | null
}

/** @throws RangeError when a model asks for an unknown input or its weights are missing; the loader makes it a NACK. */
export function openModels(snapshot: Snapshot): OpenModel[] {
  return snapshot.meta.models.map((meta, index) => {
    const readers = openReaders(meta.inputs)
    if (meta.kind === 'onnx') return { index, meta, readers, linear: null }
    const weights = snapshot.section(`model.${meta.id}.weights`)
    if (!(weights instanceof Float32Array)) throw new RangeError(`model ${meta.id} has no weights in the snapshot`)
    return { index, meta, readers, linear: openLinear(meta, weights) }
  })
}

/** Scores the linear models that the selection asks for; models that need ONNX give their priors. Pure and at once. */
export function predictNow(
  snapshot: Snapshot,
  models: readonly OpenModel[],
  selection: Selection,
): Map<number, Float64Array> {
  const out = new Map<number, Float64Array>()
  for (const index of selection.lookups.models) {
    const model = models[index]
    if (model === undefined) continue
    const { linear, meta, readers } = model
    const raw = linear ? scoreLinear(linear, featureRows(snapshot, selection, readers)) : null
    out.set(index, raw ? finishAll(meta, selection, raw) : priors(meta, selection))
  }
  return out
}

export const finishAll = (meta: ModelMeta, { candidates }: Selection, raw: ArrayLike<number>): Float64Array =>
  Float64Array.from(candidates, ({ slot }, n) => finish(meta, raw[n] ?? Number.NaN, slot.format))

export const priors = (meta: ModelMeta, { candidates }: Selection): Float64Array =>
  Float64Array.from(candidates, ({ slot }) => priorOf(meta, slot.format))
