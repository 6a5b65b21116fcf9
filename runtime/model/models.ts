/** All models of a release on one thread: lowered ones at once, the others through ONNX under the request's deadline. */
import { featureRows } from '@flightplan/engine/model/features.ts'
import { finishAll, type OpenModel, openModels, predictNow } from '@flightplan/engine/model/predict.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Answers, Selection } from '@flightplan/engine/types.ts'
import { type OnnxModel, openOnnx } from './onnx.ts'

/** Runs that may be under way on one thread: beyond that a request takes the prior at once, no queue grows. */
const MAX_RUNS = 8

export interface ModelEvents {
  /** Why a prediction is the prior: the model was late, busy, or failed. */
  fallback(model: string, why: 'late' | 'busy' | 'fault'): void
}

export interface Models {
  /** Never rejects. Only ONNX waits, at most `wait_ms`; without ONNX models the answer is there at once. */
  predict(selection: Selection, wait_ms: number): Promise<Answers['predictions']> | Answers['predictions']
  close(): Promise<void>
}

/**
 * Opens every model of a snapshot. `artifacts`: bytes of `models/<id>.onnx` of the release by model id.
 * Rejects, for a NACK, when an artifact is missing or ONNX refuses it.
 */
export async function loadModels(
  snapshot: Snapshot,
  artifacts: ReadonlyMap<string, Uint8Array>,
  events: ModelEvents,
): Promise<Models> {
  const models = openModels(snapshot)
  const sessions = new Map<number, OnnxModel>()
  for (const { index, meta } of models.filter(model => model.linear === null)) {
    const bytes = artifacts.get(meta.id)
    if (bytes === undefined) throw new Error(`the release has no models/${meta.id}.onnx`)
    sessions.set(index, await openOnnx(bytes, meta.inputs.length))
  }
  let runs = 0
  const runOne = async (model: OpenModel, session: OnnxModel, selection: Selection, late: Promise<null>) => {
    if (runs >= MAX_RUNS) return void events.fallback(model.meta.id, 'busy')
    runs++
    const run = session.run(featureRows(snapshot, selection, model.readers)).finally(() => runs--)
    run.catch(() => events.fallback(model.meta.id, 'fault')) // also of a run that nobody waits for any more
    const raw = await Promise.race([run, late]).catch(() => undefined)
    if (raw === null) events.fallback(model.meta.id, 'late')
    return raw ? finishAll(model.meta, selection, raw) : undefined
  }
  return {
    predict(selection, wait_ms) {
      const now = predictNow(snapshot, models, selection)
      const asked = selection.lookups.models.filter(index => sessions.has(index))
      if (asked.length === 0) return now
      return withDeadline(wait_ms, async late => {
        // sessions has every index of `asked`, models every index of the snapshot
        const runs = asked.map(index => runOne(models[index]!, sessions.get(index)!, selection, late))
        for (const [n, answer] of (await Promise.all(runs)).entries()) if (answer) now.set(asked[n]!, answer)
        return now
      })
    },
    close: async () => void (await Promise.all([...sessions.values()].map(session => session.close()))),
  }
}

/** Gives `work` a promise that resolves to null when the time is up, and clears the timer when the work is done. */
async function withDeadline<T>(wait_ms: number, work: (late: Promise<null>) => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(resolve, wait_ms, null)
  })
  try {
    return await work(late)
  } finally {
    clearTimeout(timer)
  }
}
