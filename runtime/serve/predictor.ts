/** Predictions of one release on one thread, with or without the ONNX runtime. */
import { openModels, predictNow } from '@flightplan/engine/model/predict.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Answers, Selection } from '@flightplan/engine/types.ts'

export interface Predictor {
  predict(selection: Selection, wait_ms: number): Promise<Answers['predictions']> | Answers['predictions']
  close(): Promise<void>
}

/**
 * The models of a snapshot on one thread. Rejects when ONNX refuses an artifact. The ONNX runtime costs 60 MB and a tenth
 * of a second: it is only loaded for a release that needs it.
 */
export async function openPredictor(
  snapshot: Snapshot,
  artifacts: ReadonlyMap<string, Uint8Array>,
  fault: (text: string) => void,
): Promise<Predictor> {
  if (artifacts.size === 0) {
    const models = openModels(snapshot)
    return { predict: selection => predictNow(snapshot, models, selection), close: async () => {} }
  }
  const { loadModels } = await import('../model/models.ts')
  // ONNX takes no shared memory: each thread has its copy.
  const copies = new Map(Array.from(artifacts, ([id, bytes]) => [id, Uint8Array.from(bytes)]))
  return loadModels(snapshot, copies, { fallback: (model, why) => fault(`${model}: ${why}`) })
}
