import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemo, remembered, scopeMemo } from '../../judge/memo.ts'
import { factsOf } from './inputs.ts'

test('a value is worked out once, null too', () => {
  const { tcf } = createMemo()
  let made = 0
  const make = () => {
    made += 1
    return null
  }
  assert.deepEqual([remembered(tcf, 'a', make), remembered(tcf, 'a', make), made], [null, null, 1])
  assert.deepEqual([remembered(undefined, 'a', make), made], [null, 2])
})

test('entries and characters are bounded; what is asked for often stays', () => {
  const { agents } = createMemo()
  let made = 0
  const ask = (key: string) =>
    remembered(agents, key, () => {
      made += key === 'often' ? 1 : 0
      return true
    })
  for (let at = 0; at < 120_000; at++) {
    ask(`rare ${at}`)
    if (at % 1_000 === 0) ask('often')
    assert.ok(agents.young.size <= 25_000 && agents.old.size <= 25_000)
  }
  assert.equal(made, 1)
  for (let at = 0; at < 10_000; at++) ask(`${at}`.padEnd(4_000))
  assert.ok(agents.young_chars <= 8_000_000)
  const before = agents.young.size
  ask('long'.repeat(10_000))
  assert.equal(agents.young.size, before)
})

test('another vendor id or other facts start anew', () => {
  const memo = createMemo()
  const facts = factsOf()
  scopeMemo(memo, 1, facts)
  remembered(memo.tcf, 'x', () => null)
  remembered(memo.agents, 'x', () => true)
  scopeMemo(memo, 1, facts)
  assert.deepEqual([memo.tcf.young.size, memo.agents.young.size], [1, 1])
  scopeMemo(memo, 2, factsOf())
  assert.deepEqual([memo.tcf.young.size, memo.agents.young.size], [0, 0])
})
