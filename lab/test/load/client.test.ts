import assert from 'node:assert/strict'
import { test } from 'node:test'
import { strictServer } from '@flightplan/runtime/http/strict-server.ts'
import fc from 'fast-check'
import { closedLoop, encodeRequest, openLoop } from '../../load/client.ts'
import { Histogram } from '../../load/histogram.ts'

const requests = ['{}', ''].map(body => encodeRequest('/openrtb2/example', body))

/** A server that answers `delay_ms` late: 200 to a body, 204 to none. */
async function withServer(delay_ms: number, body: (at: { host: string; port: number }) => Promise<void>) {
  const server = strictServer({
    handler: call => void setTimeout(() => call.reply(call.body.length > 0 ? 200 : 204, '{}'), delay_ms),
    onError: error => assert.fail(String(error)),
  })
  const host = '127.0.0.1'
  const { port } = await server.listen({ host, port: 0 })
  await body({ host, port })
  await server.drain(0)
}

test('closed loop: counts answers by status, one request in flight per connection', () =>
  withServer(10, async at => {
    const result = await closedLoop({ ...at, connections: 2, requests, duration_ms: 200 })
    const [full = 0, empty = 0] = [result.statuses.get(200), result.statuses.get(204)]
    assert.equal(full + empty, result.answered)
    assert.ok(Math.abs(full - empty) <= 1 && result.answered <= 42, `${full} + ${empty}`)
    assert.equal(result.latency.count, result.answered)
    assert.ok(result.latency.quantile_us(0.5) >= 9_000)
  }))

test('open loop: a server too slow for the rate shows in the latency, which counts from the due time', () =>
  withServer(20, async at => {
    // Two connections at 20 ms serve at most 100 per second: of 120 due in 300 ms, 50 are answered within the grace.
    const result = await openLoop({ ...at, connections: 2, requests, duration_ms: 300, rate_per_s: 400, grace_ms: 200 })
    assert.equal(result.answered + result.unanswered, 120)
    assert.ok(result.unanswered > 40, `${result.unanswered} unanswered`)
    assert.equal(result.latency.count, 120)
    assert.ok(result.latency.quantile_us(0.99) > 200_000)
  }))

test('open loop: a fast server is offered exactly the rate', () =>
  withServer(0, async at => {
    const result = await openLoop({ ...at, connections: 8, requests, duration_ms: 300, rate_per_s: 500 })
    assert.deepEqual([result.answered, result.unanswered], [150, 0])
    assert.ok(result.wall_ms >= 295)
  }))

test('lost connections count as status 0 and come back', async () => {
  const server = strictServer({
    handler: () => {},
    onError: error => assert.fail(String(error)),
    limits: { body_bytes: 1 },
  })
  const at = { host: '127.0.0.1', ...(await server.listen({ host: '127.0.0.1', port: 0 })) }
  // 413 closes the socket each time: the next request needs a new one.
  const result = await openLoop({
    ...at,
    connections: 4,
    requests: requests.slice(0, 1),
    duration_ms: 200,
    rate_per_s: 100,
  })
  assert.ok((result.statuses.get(413) ?? 0) >= 15, JSON.stringify([...result.statuses]))
  assert.equal(result.answered, 20)
  await server.drain(0)
})

test('histogram: every quantile is at most 1.6 % above the exact one and never below', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 })
  const property = fc.property(samples, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, share) => {
    const histogram = new Histogram()
    for (const value of values) histogram.add(value)
    const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0
    const seen = histogram.quantile_us(share)
    assert.ok(seen >= exact && seen <= exact * 1.016 + 1, `${seen} for ${exact}`)
  })
  fc.assert(property, { seed: 20260611 })
})
