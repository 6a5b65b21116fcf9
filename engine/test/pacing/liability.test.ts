import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addOpen, fits, liability_nano, openBids, turnTo } from '../../pacing/liability.ts'

test('the claim of a bid fades with its age, and ends where bills end', () => {
  const open = openBids(4)
  const delays = { late: Float64Array.of(1, 0.5, 0.25, 0.1) }
  const seen: number[] = []
  addOpen(open, 0, 1000)
  for (let now_s = 0; now_s < 6; now_s++) {
    turnTo(open, now_s)
    seen.push(liability_nano(open, delays))
  }
  assert.deepEqual(seen, [1000, 500, 250, 100, 0, 0])
})

test('bids of several seconds add up, also around the ring', () => {
  const open = openBids(3)
  for (let at_s = 0; at_s < 100; at_s++) {
    turnTo(open, at_s)
    addOpen(open, at_s, 10)
  }
  assert.equal(liability_nano(open, { late: Float64Array.of(1, 0.5, 0.2) }), 17)
})

test('near the end of a budget what is open counts with five deviations', () => {
  const of = { limit_nano: 1_000_000, settled_nano: 900_000, perBid_nano: 100, perWin_nano: 1000 }
  // √(40,000 × 1000) is 6,325: 900,000 + 40,000 + 31,623 + 1,100 fits; of 75,000 it is 8,660: 1,019,401 does not.
  assert.equal(fits({ ...of, open_nano: 40_000 }), true)
  assert.equal(fits({ ...of, open_nano: 75_000 }), false)
  assert.equal(fits({ ...of, settled_nano: 998_901, open_nano: 0 }), false)
})
