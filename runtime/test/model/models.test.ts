import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Format, ModelMeta } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Selection } from '@flightplan/engine/types.ts'
import { loadModels } from '../../model/models.ts'

const MODELS = new URL('../../../models/', import.meta.url)
const bytesOf = (name: string) => readFileSync(new URL(`${name}.onnx`, MODELS))
const VIDEO = ['hour_of_week', 'domain_hash', 'creative_id', 'device_type_id', 'os_id', 'country_id', 'exchange_id']

const video: ModelMeta = {
  id: 'ctr-video',
  inputs: VIDEO.map(name => ({ name, type: 'int64', missing: 0 })),
  kind: 'onnx',
  buckets: 0,
  bias: 0,
  calibration: [],
  min: 0.00001,
  max: 0.3,
  prior: { video: 0.02 },
  sha256: '',
}
const linear: ModelMeta = { ...video, id: 'flat', kind: 'linear', buckets: 2, bias: -4 }

/** The few parts of a snapshot and a selection that models read. */
function world(
  metas: ModelMeta[],
  count: number,
  format: Format = 'video',
): { snapshot: Snapshot; selection: Selection } {
  const snapshot = {
    meta: { models: metas },
    section: (name: string) => (name === 'model.flat.weights' ? new Float32Array(2) : undefined),
    rotation: { creative: Uint32Array.from({ length: count }, (_, i) => i) },
    creative: {
      id_str: Uint32Array.from({ length: count }, (_, i) => i),
      w: new Uint16Array(count),
      h: new Uint16Array(count),
    },
    strings: { get: (id: number) => `creative-${id}` },
  } as unknown as Snapshot // the rest is not read
  const auction = {
    inventory: { domain: 'site-1.example', bundle: '' },
    device: { type: 3, os: 'tizen', geo: { country: 'DE' } },
  }
  const selection = {
    auction,
    exchange: 'cascade',
    now_ms: Date.UTC(2026, 0, 5, 20),
    candidates: Array.from({ length: count }, (_, i) => ({ slot: { format }, rotation: [i] })),
    lookups: { profile_key: null, models: metas.map((_, i) => i) },
  } as unknown as Selection // the rest is not read
  return { snapshot, selection }
}

describe('loadModels', () => {
  it('scores all candidates of a request in one ONNX run', async () => {
    const { snapshot, selection } = world([video, linear], 64)
    const models = await loadModels(snapshot, new Map([['ctr-video', bytesOf('ctr-video')]]), { fallback: assert.fail })
    const answers = await models.predict(selection, 1_000)
    const [ofNet, ofLinear] = [answers.get(0), answers.get(1)]
    assert.equal(ofNet?.length, 64)
    assert.ok(ofNet.every(p => p >= video.min && p <= video.max))
    assert.ok(new Set(ofNet).size > 30, 'creatives differ')
    assert.ok(ofLinear?.every(p => Math.abs(p - 1 / (1 + Math.exp(4))) < 1e-12))
    await models.close()
  })

  it('needs no wait where all models are lowered', async () => {
    const { snapshot, selection } = world([linear], 3)
    const models = await loadModels(snapshot, new Map(), { fallback: assert.fail })
    assert.ok(models.predict(selection, 0) instanceof Map)
  })

  it('gives the prior when too many runs are under way, and no prediction where no prior is declared', async () => {
    const told: string[] = []
    const events = { fallback: (model: string, why: string) => told.push(`${model} ${why}`) }
    for (const [meta, expected] of [
      [video, 0.02],
      [{ ...video, prior: null }, Number.NaN],
    ] as const) {
      const { snapshot, selection } = world([meta], 64)
      const models = await loadModels(snapshot, new Map([['ctr-video', bytesOf('ctr-video')]]), events)
      // more at once than may run: the last ones are told "busy" and take the prior without a wait
      const answers = await Promise.all(Array.from({ length: 12 }, () => models.predict(selection, 1_000)))
      assert.deepEqual(answers[11]?.get(0), new Float64Array(64).fill(expected))
      await models.close()
    }
    assert.ok(told.length >= 2 && told.every(line => line === 'ctr-video busy'), told.join())
  })

  it('does not wait longer than it was told', async () => {
    const told: string[] = []
    const events = { fallback: (_: string, why: string) => told.push(why) }
    const { snapshot, selection } = world([video], 64)
    const models = await loadModels(snapshot, new Map([['ctr-video', bytesOf('ctr-video')]]), events)
    const pending = models.predict(selection, 1)
    // a busy thread: timers come before what ONNX has finished meanwhile
    for (const until = performance.now() + 20; performance.now() < until; );
    assert.deepEqual((await pending).get(0), new Float64Array(64).fill(0.02))
    assert.deepEqual(told, ['late'])
    await models.close()
  })

  it('rejects a release whose artifact is missing or broken', async () => {
    const { snapshot } = world([video], 1)
    const events = { fallback: assert.fail }
    await assert.rejects(loadModels(snapshot, new Map(), events), /no models\/ctr-video\.onnx/)
    await assert.rejects(loadModels(snapshot, new Map([['ctr-video', new Uint8Array(9)]]), events))
    const wrong = world([{ ...video, inputs: [{ name: 'none_such', type: 'int64', missing: 0 }] }], 1).snapshot
    await assert.rejects(loadModels(wrong, new Map(), events), /none_such is none of this runtime/)
  })

  it('takes the prior when ONNX refuses the rows', async () => {
    const told: string[] = []
    const { snapshot, selection } = world([{ ...video, inputs: video.inputs.slice(1) }], 4)
    const events = { fallback: (_: string, why: string) => told.push(why) }
    const models = await loadModels(snapshot, new Map([['ctr-video', bytesOf('ctr-video')]]), events)
    const answers = await models.predict(selection, 1_000)
    assert.deepEqual(answers.get(0), new Float64Array(4).fill(0.02))
    assert.deepEqual(told, ['fault'])
    await models.close()
  })
})
