import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openEmbeddedBooks } from '../../budget/embedded.ts'
import { temporaryDirectory } from '../release/shipped.ts'
import { booksContract } from './contract.ts'

booksContract('embedded', false, () => openEmbeddedBooks(null, () => 0))

test('what was booked is there after a restart, and so is the memory of bids', async () => {
  const file = join(temporaryDirectory(), 'books.json')
  const booking = {
    ...{ campaign: 'a', bid: '1', remember_ms: 1000 },
    entries: [{ account: 'campaign', day: 3, charged_nano: 0, cost_nano: 7, lost_nano: 1 }],
  }
  const first = await openEmbeddedBooks(file, () => 0)
  await first.rebuild('a', [], [], 0)
  assert.equal(await first.settle(booking), 'booked')
  await first.close()
  const second = await openEmbeddedBooks(file, () => 0)
  assert.equal((await second.balance('a', 'campaign', 3))?.settled_nano, 7)
  assert.equal(await second.settle(booking), 'duplicate')
  await second.close()
})
