/** Nine markets: what shading must make of what an oracle makes. SHADING=long plays ten seeds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANDSCAPES } from '../../shading/landscapes.ts'
import { scoreShading } from '../../shading/score.ts'

const SEEDS = process.env['SHADING'] === 'long' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [7]
const LEAST = 0.93
const ABOVE_FIXED = 0.25

for (const landscape of LANDSCAPES)
  for (const told of [false, true])
    test(`${landscape.name}, ${told ? 'least winning price told' : 'wins and losses only'}: ≥ 93% of the oracle`, () => {
      const scores = SEEDS.map(seed => scoreShading(landscape, seed, told))
      for (const { learnt, fixed } of scores) {
        assert.ok(learnt >= LEAST, `${learnt}`)
        assert.ok(learnt - fixed >= ABOVE_FIXED, `${learnt} against ${fixed}`)
      }
      const mean = (of: 'learnt' | 'fixed' | 'price') =>
        scores.reduce((sum, score) => sum + score[of], 0) / scores.length
      const figures = `${mean('learnt').toFixed(3)} of the oracle, fixed 0.7 ${mean('fixed').toFixed(3)}, price ${mean('price').toFixed(2)}`
      if (SEEDS.length > 1)
        process.stdout.write(`${landscape.name.padEnd(16)}${told ? 'told  ' : 'silent'} ${figures}\n`)
    })
