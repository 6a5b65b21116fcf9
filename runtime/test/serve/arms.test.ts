import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arm } from '@flightplan/contract/rollout.ts'
import { armOf } from '../../serve/arms.ts'

const IDS: readonly [string, (n: number) => string][] = [
  ['counted', n => `${n}`],
  ['of one prefix', n => `auction-${1e9 + n}`],
  ['hexadecimal', n => (n * 0x9e3779b1).toString(16).padStart(32, '0')],
]
const AUCTIONS = 100_000

function shares(share_ppm: number, salt: string, id: (n: number) => string): Record<Arm, number> {
  const count = { canary: 0, control: 0 }
  for (let n = 0; n < AUCTIONS; n++) {
    const arm = armOf(salt, share_ppm, 'alpha', id(n))
    if (arm !== null) count[arm]++
  }
  return { canary: count.canary / AUCTIONS, control: count.control / AUCTIONS }
}

for (const [style, id] of IDS)
  test(`ids ${style}: both arms have their share, within 0.4 points`, () => {
    for (const share of [0.01, 0.05, 0.25, 0.5]) {
      const { canary, control } = shares(share * 1e6, 'salt', id)
      assert.ok(Math.abs(canary - share) < 0.004 && Math.abs(control - share) < 0.004, `${canary} ${control}`)
    }
  })

test('an auction stays in its arm as the share grows, and a canary has other auctions than the one before', () => {
  let same = 0
  for (let n = 0; n < 10_000; n++) {
    const small = armOf('a', 10_000, 'alpha', `${n}`)
    if (small === 'canary') assert.equal(armOf('a', 250_000, 'alpha', `${n}`), 'canary')
    if (armOf('a', 500_000, 'alpha', `${n}`) === armOf('b', 500_000, 'alpha', `${n}`)) same++
  }
  assert.ok(Math.abs(same / 10_000 - 0.5) < 0.03)
})

test('a canary of all has no control, one of nothing no auction', () => {
  assert.deepEqual(shares(1e6, 'a', String), { canary: 1, control: 0 })
  assert.deepEqual(shares(0, 'a', String), { canary: 0, control: 0 })
})
