/**
 * Hashed logistic regression in typed arrays: sigmoid(bias + Σ weights[bucket(input, value)]). An ONNX call costs 20–30 µs
 * whatever it does (algorithms.md §5), this some nanoseconds a value.
 */
import type { ModelMeta } from '@flightplan/contract/snapshot.ts'
import { hashText } from './features.ts'
import { sigmoid } from './sigmoid.ts'

export interface LinearModel {
  weights: Float32Array
  bias: number
  multipliers: Int32Array
  offsets: Int32Array
  shift: number
}

/** @throws RangeError when the weights are not as many as the buckets say, or these no power of two. */
export function openLinear(
  meta: Pick<ModelMeta, 'id' | 'inputs' | 'buckets' | 'bias'>,
  weights: Float32Array,
): LinearModel {
  const bits = 31 - Math.clz32(meta.buckets)
  if (bits < 1 || 1 << bits !== meta.buckets || weights.length !== meta.buckets)
    throw new RangeError(
      `model ${meta.id}: ${weights.length} weights for ${meta.buckets} buckets; a power of two is needed`,
    )
  return {
    weights,
    bias: meta.bias,
    multipliers: Int32Array.from(meta.inputs, ({ name }) => (hashText(name) & 0x7fff_ffff) | 1),
    offsets: Int32Array.from(meta.inputs, ({ name }) => hashText(`${name}+`) & 0x7fff_ffff),
    shift: 32 - bits,
  }
}

/**
 * Raw probabilities of rows of features. Multiply-shift hashing: the top bits of (value × odd + offset) mod 2^32. The
 * factors stay below 2^31, so that the same sum in ONNX fits int64.
 */
export function scoreLinear(model: LinearModel, rows: Uint32Array): Float64Array {
  const { weights, bias, multipliers, offsets, shift } = model
  const width = multipliers.length
  const out = new Float64Array(rows.length / width)
  for (let n = 0, at = 0; n < out.length; n++) {
    let logit = bias
    for (let i = 0; i < width; i++, at++)
      logit += weights[((Math.imul(rows[at]!, multipliers[i]!) + offsets[i]!) >>> 0) >>> shift]!
    out[n] = sigmoid(logit)
  }
  return out
}
