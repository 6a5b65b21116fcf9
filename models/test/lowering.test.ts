/** The proof that lets linear models run in typed arrays: equal to ONNX within 1e-5 on 10,000 random rows. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { lowerModel } from '@flightplan/compiler/model/lower-model.ts'
import { readOnnx } from '@flightplan/compiler/model/onnx-file.ts'
import type { ModelBinding } from '@flightplan/contract/schema/model-binding.ts'
import { openLinear, scoreLinear } from '@flightplan/engine/model/linear.ts'
import { openOnnx } from '@flightplan/runtime/model/onnx.ts'
import { parse } from 'yaml'

const MODELS = join(import.meta.dirname, '..')
const fileOf = (name: string) => readFileSync(join(MODELS, name))
const cardOf = (name: string): ModelBinding => parse(fileOf(`${name}.yaml`).toString())
const goldenOf = (name: string) => fileOf(`${name}.golden.ndjson`).toString()
const lower = (
  name: string,
  card = cardOf(name),
  artifact: Uint8Array = fileOf(`${name}.onnx`),
  golden = goldenOf(name),
) => lowerModel(card, artifact, golden)

/**
 * Rows of values: three in four as training knew them (each from some vector, in combinations that no vector has), the
 * rest of every size. Most weights are zero, so values at random alone would compare the bias with itself.
 */
function randomRows(count: number, known: number[][]): Uint32Array {
  let state = 0x9e3779b9 // xorshift: the same rows each time
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const width = known[0]?.length ?? 0
  return Uint32Array.from({ length: count * width }, (_, i) =>
    next() % 4 > 0 ? known[next() % known.length]![i % width]! : next() >>> (next() & 31),
  )
}

for (const name of ['ctr-display', 'cvr-shop'])
  it(`${name}: lowered and ONNX differ by less than 1e-5 on 10,000 rows`, async t => {
    const { model, faults } = lower(name)
    assert.deepEqual(faults, [])
    assert.ok(model?.weights)
    const rows = randomRows(
      10_000,
      goldenOf(name)
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).features),
    )
    const onnx = await openOnnx(fileOf(`${name}.onnx`), model.meta.inputs.length)
    const expected = await onnx.run(rows)
    const got = scoreLinear(openLinear(model.meta, model.weights), rows)
    await onnx.close()
    const differences = got.map((p, i) => Math.abs(p - expected[i]!))
    const worst = differences.reduce((a, b) => Math.max(a, b), 0)
    t.diagnostic(
      `${name}: largest difference ${worst.toExponential(2)}; predictions ${Math.min(...got)} to ${Math.max(...got)}`,
    )
    assert.ok(worst < 1e-5)
    assert.ok(new Set(got).size > 5_000, 'the rows must reach many weights')
  })

it('a net stays an ONNX model', () => {
  const { model, faults } = lower('ctr-video')
  assert.deepEqual(faults, [])
  assert.deepEqual([model?.meta.kind, model?.weights], ['onnx', null])
})

describe('lowerModel refuses', () => {
  const name = 'cvr-shop'
  const card = cardOf(name)
  const change = (more: Partial<ModelBinding>): ModelBinding => ({ ...card, ...more })
  const golden = goldenOf(name)
  const off = golden.replace(/"raw": [\d.e-]+/, '"raw": 0.9')
  const cases: [string, ReturnType<typeof lower>, (string | number)[], RegExp][] = [
    [
      'an input that the runtime does not make',
      lower(name, change({ inputs: [{ name: 'domain_hsh', type: 'int64' }] })),
      ['inputs', 0, 'name'],
      /no input/,
    ],
    [
      'a float input',
      lower(name, change({ inputs: [{ name: 'os_id', type: 'float' }] })),
      ['inputs', 0, 'type'],
      /int64/,
    ],
    [
      'a negative missing',
      lower(name, change({ inputs: [{ name: 'os_id', type: 'int64', missing: -1 }] })),
      ['inputs', 0, 'missing'],
      /0 to/,
    ],
    ['another file', lower(name, card, fileOf('ctr-display.onnx')), ['artifact', 'sha256'], /another file/],
    [
      'points that fall',
      lower(
        name,
        change({
          calibration: {
            method: 'isotonic',
            points: [
              [0, 0],
              [0.5, 0.4],
              [0.6, 0.3],
            ],
          },
        }),
      ),
      ['calibration', 'points', 2],
      /rise/,
    ],
    [
      'limits in the wrong order',
      lower(name, change({ limits: { prediction: [0.5, 0.1] } })),
      ['limits', 'prediction'],
      /above/,
    ],
    ['other vectors', lower(name, card, undefined, off), ['audit', 'golden'], /vector 1: .*recorded is 0.9/],
    [
      'vectors of another width',
      lower(name, card, undefined, '{"features":[1],"raw":0.1}'),
      ['audit', 'golden'],
      /needs 8/,
    ],
    ['vectors that are no JSON', lower(name, card, undefined, 'x'), ['audit', 'golden'], /vector 1/],
  ]
  for (const [what, { model, faults }, path, message] of cases)
    it(what, () => {
      assert.equal(model, null)
      assert.deepEqual(faults[0]?.path, path)
      assert.match(faults[0]?.message ?? '', message)
    })
})

it('readOnnx never throws anything but a RangeError, whatever the bytes', () => {
  const whole = fileOf('cvr-shop.onnx')
  for (let length = 0; length < 4_000; length += 7) assert.throws(() => readOnnx(whole.subarray(0, length)), RangeError)
  const flipped = whole.slice(0)
  for (let at = 0; at < 3_000; at++) {
    flipped[at] = flipped[at]! ^ 0xff
    try {
      readOnnx(flipped)
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error))
    }
    flipped[at] = flipped[at]! ^ 0xff
  }
})
