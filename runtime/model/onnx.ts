/** One ONNX session of one thread. */
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** A model that takes `features` int64 [n, inputs] and gives `probability` float [n]. */
export interface OnnxModel {
  /** Raw probabilities of the rows; rejects where ONNX fails. */
  run(rows: Uint32Array): Promise<Float32Array>
  close(): Promise<void>
}

/** Spinning burns a core between calls, and every worker thread has a session (algorithms.md §5). */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
}

/** Rejects when the bytes are no model, or not one of this shape. */
export async function openOnnx(bytes: Uint8Array, inputs: number): Promise<OnnxModel> {
  const session = await InferenceSession.create(bytes, OPTIONS)
  if (!session.inputNames.includes('features') || !session.outputNames.includes('probability'))
    throw new Error(`the model needs input \`features\` and output \`probability\`; it has ${session.inputNames}`)
  return {
    async run(rows) {
      const features = new Tensor('int64', toInt64(rows), [rows.length / inputs, inputs])
      const { probability } = await session.run({ features })
      if (!(probability?.data instanceof Float32Array)) throw new Error('the model gave no float probabilities')
      return probability.data
    },
    close: () => session.release(),
  }
}

/** Through 32-bit halves: a BigInt for every value would cost more than the model. Little-endian, as all our targets. */
function toInt64(rows: Uint32Array): BigInt64Array {
  const halves = new Uint32Array(rows.length * 2)
  for (let i = 0; i < rows.length; i++) halves[2 * i] = rows[i]! // i is in bounds
  return new BigInt64Array(halves.buffer)
}
