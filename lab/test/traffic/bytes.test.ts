import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRequest } from '@flightplan/engine/parse/bytes.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { generateRequest } from '../../traffic/generate.ts'
import { mutate } from '../../traffic/mutate.ts'

const AT_MS = Date.UTC(2027, 2, 10, 12)
const REQUESTS = 3000
const MUTANTS_OF_EACH = 3

function auctionOf(read: () => unknown): unknown {
  try {
    return parseAuction(read())
  } catch {
    return 'no JSON'
  }
}

test('generated requests and mutants of them read from bytes as through JSON.parse', () => {
  let sure = 0
  for (let index = 0; index < REQUESTS; index++) {
    const request = generateRequest(11, index, { at_ms: AT_MS })
    const whole = Buffer.from(JSON.stringify(request))
    if (readRequest(whole) !== null) sure++
    const mutants = Array.from({ length: MUTANTS_OF_EACH }, (_, n) => mutate(index * MUTANTS_OF_EACH + n, request))
    for (const bytes of [whole, ...mutants]) {
      const json = auctionOf(() => JSON.parse(bytes.toString('utf8')))
      assert.deepEqual(
        auctionOf(() => readRequest(bytes) ?? JSON.parse(bytes.toString('utf8'))),
        json,
      )
    }
  }
  assert.equal(sure, REQUESTS, 'JSON.parse was asked about a request as exchanges send them')
})
