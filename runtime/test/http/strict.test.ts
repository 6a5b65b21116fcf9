import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BidCall } from '../../http/server.ts'
import { answersOf, echo, post, talk, Wire, withServer } from './wire.ts'

/** What the strict server refuses although node:http would take it. */
const REFUSED: readonly [string, Buffer | string, number][] = [
  ['HTTP/1.0', 'POST /openrtb2/example HTTP/1.0\r\nHost: h\r\nContent-Length: 0\r\n\r\n', 505],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['chunks', 'POST /openrtb2/example HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 501],
  ['absolute form', post({ path: 'http://h/openrtb2/example' }), 400],
  ['asterisk form', post({ path: '*', method: 'OPTIONS' }), 400],
  ['the same length twice', post({ headers: ['Content-Length: 10'] }), 400],
  ['two hosts', post({ headers: ['Host: other.example'] }), 400],
  ['another expectation', post({ headers: ['Expect: 200-ok'] }), 417],
  ['too many headers', post({ headers: Array.from({ length: 100 }, () => 'a:b') }), 431],
  ['an empty line in front', `\r\n${post()}`, 400],
]

test('refuses more than node:http, and closes', () =>
  withServer('strict', echo, {}, async ({ port }) => {
    for (const [name, bytes, status] of REFUSED) {
      const wire = new Wire(port)
      wire.socket.write(bytes)
      wire.socket.write(post())
      await wire.closed
      assert.deepEqual(
        answersOf(wire.received).map(answer => answer.status),
        [status],
        name,
      )
    }
  }))

test('a refusal waits for the answers before it', async () => {
  const calls: BidCall[] = []
  await withServer(
    'strict',
    call => void calls.push(call),
    {},
    async ({ port }) => {
      const wire = new Wire(port)
      wire.socket.write(Buffer.concat([post(), post(), Buffer.from('rubbish\r\n\r\n')]))
      while (calls.length < 2) await sleep(2)
      calls[1]?.reply(204, null)
      await sleep(10)
      assert.equal(wire.received.length, 0)
      calls[0]?.reply(200, '{}')
      await wire.closed
      assert.deepEqual(
        answersOf(wire.received).map(answer => answer.status),
        [200, 204, 400],
      )
    },
  )
})

test('a head that differs only in its length is read anew, one that differs elsewhere too', () =>
  withServer('strict', echo, {}, async ({ port }) => {
    const posts = ['a', 'bb', 'c'.repeat(10), '', 'd'.repeat(100)].map(body => post({ body }))
    const other = post({ path: '/openrtb2/another', body: 'e' })
    const answers = await talk(port, Buffer.concat([...posts, other, ...posts]), 11)
    const bodies = [...['a', 'bb', 'c'.repeat(10), '', 'd'.repeat(100)].map(body => ['example', body])]
    assert.deepEqual(
      answers.map(({ body }) => JSON.parse(body.toString())),
      [...bodies, ['another', 'e'], ...bodies],
    )
  }))

test('a repeated head announces too long a body: 413', () =>
  withServer('strict', echo, { body_bytes: 100 }, async ({ port }) => {
    const stream = Buffer.concat([post({ body: 'x'.repeat(100) }), post({ body: 'x'.repeat(101) }), post()])
    assert.deepEqual(
      (await talk(port, stream, 3)).map(({ status }) => status),
      [200, 413],
    )
  }))

test('reads no more than the pipelining limit until answers leave', async () => {
  const calls: BidCall[] = []
  await withServer(
    'strict',
    call => void calls.push(call),
    { pipelined: 4 },
    async ({ port }) => {
      const wire = new Wire(port)
      wire.socket.write(Buffer.concat(Array.from({ length: 11 }, (_, at) => post({ body: String(at) }))))
      for (const seen of [4, 8, 11]) {
        while (calls.length < seen) await sleep(2)
        await sleep(10)
        assert.equal(calls.length, seen)
        for (const call of calls.slice(seen === 11 ? 8 : seen - 4)) call.reply(200, call.body)
      }
      assert.deepEqual(
        (await wire.answers(11)).map(({ body }) => Number(body)),
        Array.from({ length: 11 }, (_, at) => at),
      )
      wire.socket.destroy()
    },
  )
})

test('a client that reads nothing is cut once its answers exceed the limit', async () => {
  const long = 'x'.repeat(256 * 1024)
  let served = 0
  const handler = (call: BidCall) => {
    served++
    call.reply(200, long)
  }
  await withServer('strict', handler, { unsent_bytes: 1 << 20 }, async ({ port }) => {
    const wire = new Wire(port)
    wire.socket.pause()
    const flooding = setInterval(() => wire.socket.write(post()), 1)
    await new Promise(resolve => wire.socket.on('error', resolve)) // the reset of the cut, met by the next write
    clearInterval(flooding)
    assert.ok(served * long.length > 1 << 20 && served < 200, `${served} answers of 256 kB`)
  })
})

test('a client that half-closes gets the answers it waits for', async () => {
  const calls: BidCall[] = []
  await withServer(
    'strict',
    call => void calls.push(call),
    {},
    async ({ port }) => {
      const wire = new Wire(port)
      wire.socket.end(post())
      while (calls.length === 0) await sleep(2)
      await sleep(10)
      calls[0]?.reply(200, '{}')
      await wire.closed
      assert.equal(answersOf(wire.received)[0]?.status, 200)
    },
  )
})
