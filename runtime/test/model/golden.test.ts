import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { openReaders, readFeature, type Sample } from '@flightplan/engine/model/features.ts'
import { openOnnx } from '../../model/onnx.ts'

interface Vector {
  source: Sample
  features: number[]
  raw: number
}

const MODELS = join(import.meta.dirname, '../../../models')
/** The inputs of a card, from its lines `- {name: …, type: int64}`: the runtime has no YAML parser. */
const inputsOf = (card: string) => [...card.matchAll(/\{name: (\w+), type: int64\}/g)].map(([, name = '']) => name)

for (const path of globSync(join(MODELS, '*.golden.ndjson')).sort()) {
  const name = basename(path, '.golden.ndjson')
  const vectors: Vector[] = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const inputs = inputsOf(readFileSync(join(MODELS, `${name}.yaml`), 'utf8'))

  describe(`golden vectors of ${name}`, () => {
    it('the runtime makes the features that the trainer made, bit for bit', () => {
      assert.equal(vectors.length, 256)
      const readers = openReaders(inputs.map(input => ({ name: input, type: 'int64', missing: 0 })))
      for (const { source, features } of vectors)
        assert.deepEqual(
          readers.map(reader => readFeature(reader, source)),
          features,
        )
    })

    it('onnxruntime gives the recorded predictions', async () => {
      const model = await openOnnx(readFileSync(join(MODELS, `${name}.onnx`)), inputs.length)
      const got = await model.run(Uint32Array.from(vectors.flatMap(vector => vector.features)))
      for (const [i, { raw }] of vectors.entries())
        assert.ok(Math.abs((got[i] ?? Number.NaN) - raw) < 1e-6, `vector ${i}`)
      await model.close()
    })
  })
}
