/** The first 64 (line item, slot) pairs of an imp are its candidates, over all of its slots (docs/bid-rules.md "Fit" 6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { select } from '@flightplan/engine/decide.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { openBench } from '../../auction/bench.ts'

const MOST = 64
const BANNER = { format: [{ w: 300, h: 250 }] }
const VIDEO = { mimes: ['video/mp4'], maxduration: 30 }

/** `place slot` of the candidates by rank, of line items that each have a banner and a video. */
async function candidates(count: number, ...media: Record<string, unknown>[]): Promise<string[]> {
  const name = (i: number) => `l${String(i).padStart(3, '0')}`
  const files = Array.from({ length: count }, (_, i) => {
    const item = `{line_item: ${name(i)}, campaign: usd, bid: {cpm: ${count - i}}, creatives: {b300: 1, v20: 1}}`
    return [`campaigns/acme/${name(i)}.yaml`, item]
  })
  const request = { id: 'r1', imp: media.map((one, i) => ({ id: `${i}`, ...one })) }
  const bench = await openBench({ world: Object.fromEntries(files), request, expect: {} })
  try {
    const auction = parseAuction(request)
    assert.ok(auction)
    const found = select(bench.engine, bench.policy, 'alpha', auction, bench.now_ms).candidates
    return found.map(({ line_item, slot }) => `${line_item} ${slot.format}`)
  } finally {
    await bench.predictor.close()
  }
}

test('of two slots the best 64 pairs are left, by line item, then banner before video', async () => {
  const wanted = Array.from({ length: MOST }, (_, i) => `${i >> 1} ${i % 2 === 0 ? 'banner' : 'video'}`)
  assert.deepEqual(await candidates(40, { banner: BANNER, video: VIDEO }), wanted)
})

test('every imp has 64 of its own', async () => {
  const one = await candidates(40, { banner: BANNER, video: VIDEO })
  const video = await candidates(40, { video: VIDEO })
  const both = { banner: BANNER, video: VIDEO }
  assert.deepEqual(await candidates(40, { video: VIDEO }, both, both), [...video, ...one, ...one])
})

test('of one slot the best 64', async () => {
  const wanted = Array.from({ length: MOST }, (_, i) => `${i} video`)
  assert.deepEqual(await candidates(MOST + 1, { video: VIDEO }), wanted)
  assert.deepEqual(await candidates(MOST, { video: VIDEO }), wanted)
  assert.equal((await candidates(MOST - 1, { video: VIDEO })).length, MOST - 1)
})
