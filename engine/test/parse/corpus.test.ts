import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAuction } from '../../parse/parse.ts'
import { corpusFiles, corpusLines, skipCorpus } from './requests.ts'
import { shapeFaults } from './shape.ts'

/** The body of a line: `raw` is text that may be no JSON at all, which the HTTP edge refuses before the parse. */
function bodyOf(line: { request?: unknown; raw?: unknown }): unknown {
  if (typeof line.raw !== 'string') return line.request
  try {
    return JSON.parse(line.raw)
  } catch {
    return undefined
  }
}

test('every real request is read or refused, never thrown at, and no wrong type reaches a field', {
  skip: skipCorpus,
}, t => {
  for (const file of corpusFiles()) {
    const counts = { lines: 0, auctions: 0, imps: 0, slots: 0 }
    for (const line of corpusLines(file)) {
      counts.lines += 1
      const body = bodyOf(line)
      const written = body === undefined ? '' : JSON.stringify(body)
      const auction = parseAuction(body)
      if (auction === null) continue
      assert.deepEqual(shapeFaults(auction), [], `${file} ${line.id}`)
      // The lists it takes over are not changed.
      assert.equal(JSON.stringify(body), written)
      counts.auctions += 1
      counts.imps += auction.imps.length
      for (const imp of auction.imps) counts.slots += imp.slots.length
    }
    t.diagnostic(`${file} ${JSON.stringify(counts)}`)
    assert.ok(file.includes('fragment') || counts.auctions > 0, file)
  }
})

test('requests without a fault are read whole: each imp, each medium', { skip: skipCorpus }, t => {
  let compared = 0
  for (const file of corpusFiles()) {
    for (const line of corpusLines(file).filter(({ tags }) => tags?.includes('strict26'))) {
      const request = line.request as { imp: Record<string, unknown>[] } // strict26: nothing is mistyped
      // Native is apart: in examples its request is a placeholder, as `...encoded string...`.
      const media = request.imp.map(imp => ['banner', 'video', 'audio'].filter(name => imp[name]))
      const imps = parseAuction(request)?.imps
      const slots = imps?.map(imp => imp.slots.map(slot => slot.format).filter(format => format !== 'native'))
      assert.deepEqual(slots, media, `${file} ${line.id}`)
      compared += 1
    }
  }
  t.diagnostic(`${compared} requests compared`)
  assert.ok(compared > 100)
})
