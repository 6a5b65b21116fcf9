import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { select } from '@flightplan/engine/decide.ts'
import { NO_FACTS } from '@flightplan/engine/golden.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { explainWith } from '../../serve/explain.ts'
import { NOW_MS, shippedRelease, temporaryDirectory, verifyOptions } from '../release/shipped.ts'
import { goldensOf, loaded, served } from './one-thread.ts'

const built = await shippedRelease()
const options = verifyOptions()
const release = { ...(await loaded(built, options)), stopped: ['boreal'] }
const explained = { release, facts: NO_FACTS, counters: options.counters, profilesFile: null }
const { exchange, request } = goldensOf(built).find(({ expect }) => expect.bids.length > 0)! // the shipped ones have bids

test('nothing serves yet, a malformed request, a stopped exchange', async () => {
  assert.deepEqual(
    await explainWith(
      () => null,
      () => NOW_MS,
    )(exchange, request),
    {
      ...{ status: 503, text: 'no release serves yet' },
    },
  )
  const explain = explainWith(
    () => explained,
    () => NOW_MS,
  )
  assert.deepEqual(await explain(exchange, {}), { status: 200, json: '{"reason":"invalid_request"}' })
  assert.deepEqual(await explain('boreal', request), { status: 200, json: '{"reason":"exchange_stopped"}' })
})

test('what takes too long ends, and the next one is answered', async () => {
  const bounds = { timeout_ms: 1, heap_mb: 512 }
  const explain = explainWith(
    () => explained,
    () => NOW_MS,
    bounds,
  )
  assert.deepEqual(await explain(exchange, request), { status: 504, text: 'explaining it took more than 1 ms' })
  bounds.timeout_ms = 30_000
  assert.equal((await explain(exchange, request)).status, 200)
})

test('the answer of the profile store counts, as it does for a bid', async () => {
  const { engine, policy } = await served(release, options)
  const asked = goldensOf(built).flatMap(golden => {
    const exchange = golden.exchange
    const request = { ...(golden.request as object), user: { buyeruid: 'u-1' } } // a bid request is an object
    const auction = parseAuction(structuredClone(request))
    const key = auction && select(engine, policy, exchange, auction, NOW_MS).lookups.profile_key
    return key ? [{ exchange, request, key }] : []
  })
  assert.ok(asked.length > 0, 'some golden auction asks the profile store')
  const profilesFile = join(temporaryDirectory(), 'profiles.ndjson')
  const audiences = ['harvest-loyalty', 'lumen-subscribers']
  writeFileSync(profilesFile, asked.map(({ exchange, key }) => JSON.stringify({ exchange, key, audiences })).join('\n'))
  const explain = (file: string | null) =>
    explainWith(
      () => ({ ...explained, profilesFile: file }),
      () => NOW_MS,
    )
  const differ: boolean[] = []
  for (const { exchange, request } of asked) {
    const [without, within] = [await explain(null)(exchange, request), await explain(profilesFile)(exchange, request)]
    assert.deepEqual([without.status, within.status], [200, 200])
    differ.push(JSON.stringify(without) !== JSON.stringify(within))
  }
  assert.ok(differ.includes(true), 'being in an audience changes what becomes of some line item')
})
