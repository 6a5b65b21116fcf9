import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { calibrate, finish } from '@flightplan/engine/model/calibrate.ts'
import { hashText, openReaders } from '@flightplan/engine/model/features.ts'
import { openLinear } from '@flightplan/engine/model/linear.ts'
import { exp, sigmoid } from '@flightplan/engine/model/sigmoid.ts'
import fc from 'fast-check'

describe('sigmoid', () => {
  it('e^x is within 2 units in the last place of Math.exp', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), x => {
        assert.ok(Math.abs(exp(x) / Math.exp(x) - 1) < 4.5e-16, `${x}: ${exp(x)} for ${Math.exp(x)}`)
      }),
      { numRuns: 20_000 },
    )
  })

  it('has bits of its own, the same on every machine', () => {
    const bits = (x: number) =>
      Buffer.from(Float64Array.of(sigmoid(x)).buffer)
        .readBigUInt64LE()
        .toString(16)
    assert.deepEqual([-5, -0.3, 0, 0.7, 12].map(bits), BITS)
  })

  it('stays a probability at the ends', () => {
    for (const x of [-1e308, -41, 41, 1e308, Infinity, -Infinity]) assert.ok(sigmoid(x) >= 0 && sigmoid(x) <= 1)
    assert.ok(Number.isNaN(sigmoid(Number.NaN)))
  })
})

describe('finish', () => {
  const meta = {
    calibration: [
      [0, 0],
      [0.1, 0.2],
      [1, 1],
    ] as [number, number][],
    min: 0.001,
    max: 0.5,
    prior: { banner: 0.01 },
  }
  const cases: [number, number][] = [
    [0.05, 0.1],
    [0.1, 0.2],
    [0, 0.001],
    [0.99, 0.5],
    [Number.NaN, 0.01],
    [-0.1, 0.01],
    [1.1, 0.01],
    [Infinity, 0.01],
  ]
  for (const [raw, expected] of cases)
    it(`${raw} → ${expected}`, () => assert.equal(finish(meta, raw, 'banner'), expected))

  it('has no prediction where no prior is declared', () => {
    assert.ok(Number.isNaN(finish(meta, Number.NaN, 'video')))
    assert.ok(Number.isNaN(finish({ ...meta, prior: null }, Number.NaN, 'banner')))
  })

  it('keeps order: more raw is never less calibrated', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        assert.ok(calibrate(meta.calibration, low) <= calibrate(meta.calibration, high))
      }),
    )
  })
})

it('hashText is FNV-1a (published vectors)', () => {
  assert.deepEqual(['', 'a', 'foobar'].map(hashText), [0x811c9dc5, 0xe40c292c, 0xbf9cf968])
})

it('a model that does not fit is refused when it is opened', () => {
  const meta = { id: 'm', inputs: [], buckets: 8, bias: 0 }
  assert.throws(() => openLinear(meta, new Float32Array(7)), /7 weights for 8 buckets/)
  assert.throws(() => openLinear({ ...meta, buckets: 6 }, new Float32Array(6)), RangeError)
  assert.throws(() => openReaders([{ name: 'toString', type: 'int64', missing: 0 }]), /none of this runtime/)
})

/** Worked out once; another V8 must give the same. */
const BITS = ['3f7b69f67d638f8e', '3fdb3c5574372aeb', '3fe0000000000000', '3fe561cb52a19476', '3feffff31d5f129e']
