import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createShed, openShedder } from '../../serve/shed.ts'

const START_MS = 1_800_000_000_000

test('two workers together let through max_qps and a burst of a tenth of a second, no more', () => {
  const memory = createShed()
  const workers = [openShedder(memory), openShedder(memory)]
  let admitted = 0
  for (let i = 0; i < 30_000; i++) if (workers[i % 2]?.admits(3, 500, START_MS + i / 10)) admitted++
  assert.ok(admitted >= 1500 && admitted <= 1500 + 52, `${admitted} of 10,000/s in 3 s at 500/s`)
})

test('a limit of one exchange is not another’s, and no limit is none', () => {
  const shedder = openShedder(createShed())
  while (shedder.admits(0, 10, START_MS)) {}
  assert.equal(shedder.admits(0, 10, START_MS), false)
  assert.equal(shedder.admits(1, 10, START_MS), true)
  assert.equal(shedder.admits(0, Number.POSITIVE_INFINITY, START_MS), true)
  assert.equal(shedder.admits(0, 10, START_MS + 200), true)
})
