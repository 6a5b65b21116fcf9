import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Generations } from '../generations.ts'

it('keeps what is in use and forgets the rest', () => {
  const memo = new Generations<number>(10, 1_000)
  for (let i = 0; i < 1_000; i++) {
    memo.set(`k${i}`, i)
    assert.equal(memo.get('k0'), 0)
  }
  assert.equal(memo.get('k1'), undefined)
  assert.equal(memo.get('k999'), 999)
})

it('holds at most two generations', () => {
  const memo = new Generations<number>(10, 1_000)
  for (let i = 0; i < 1_000; i++) memo.set(`k${i}`, i)
  const kept = Array.from({ length: 1_000 }, (_, i) => i).filter(i => memo.get(`k${i}`) !== undefined)
  assert.ok(kept.length <= 20 && kept.length >= 10, `${kept.length} entries`)
})
