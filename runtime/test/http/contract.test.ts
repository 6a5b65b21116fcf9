import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { BidCall } from '../../http/server.ts'
import { answersOf, echo, type Post, post, SERVERS, talk, Wire, withServer } from './wire.ts'

const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status)
const seed = 20260611

/** One request each, its status, and whether the socket then closes. */
const TABLE: readonly [string, Post, number][] = [
  ['a bid request', {}, 200],
  ['a query string is ignored', { path: '/openrtb2/example?x=1' }, 200],
  ['the longest exchange name', { path: `/openrtb2/${'a'.repeat(64)}` }, 200],
  ['a name too long', { path: `/openrtb2/${'a'.repeat(65)}` }, 404],
  ['an empty name', { path: '/openrtb2/' }, 404],
  ['an upper-case name', { path: '/openrtb2/Example' }, 404],
  ['a name with a slash', { path: '/openrtb2/a/b' }, 404],
  ['another path', { path: '/', method: 'GET', body: '' }, 404],
  ['another method', { method: 'GET', body: '' }, 405],
  ['another method with a body', { method: 'PUT' }, 405],
  ['gzip', { headers: ['Content-Encoding: gzip'], body: gzipSync('{}') }, 200],
  ['x-gzip', { headers: ['content-encoding:X-GZIP'], body: gzipSync('{}') }, 200],
  ['identity', { headers: ['Content-Encoding: identity'] }, 200],
  ['an unknown encoding', { headers: ['Content-Encoding: br'] }, 415],
  ['an encoding twice', { headers: ['Content-Encoding: gzip', 'Content-Encoding: gzip'], body: gzipSync('{}') }, 415],
  ['bad gzip', { headers: ['Content-Encoding: gzip'], body: 'no gzip at all' }, 400],
  ['truncated gzip', { headers: ['Content-Encoding: gzip'], body: gzipSync('{}'.repeat(99)).subarray(0, 20) }, 400],
  ['a gzip bomb', { headers: ['Content-Encoding: gzip'], body: gzipSync(Buffer.alloc(2 << 20)) }, 413],
  ['the longest body', { body: 'x'.repeat(256 * 1024) }, 200],
]

/** Each is refused and the socket closed, so that a second request behind it is never read. */
const REFUSED: readonly [string, Buffer | string, number][] = [
  ['a body too long', post({ body: 'x'.repeat(256 * 1024 + 1) }), 413],
  ['a head too long', post({ headers: [`x: ${'y'.repeat(9000)}`] }), 431],
  ['no Host', 'POST /openrtb2/example HTTP/1.1\r\nContent-Length: 0\r\n\r\n', 400],
  ['two lengths', post({ headers: ['Content-Length: 3'] }), 400],
  ['a signed length', 'POST /openrtb2/example HTTP/1.1\r\nHost: h\r\nContent-Length: +2\r\n\r\n{}', 400],
  ['length and chunks', post({ headers: ['Transfer-Encoding: identity, chunked'] }), 0],
  ['a folded header', post({ headers: ['a: b', ' Content-Length: 1'] }), 400],
  ['a bare LF', 'POST /openrtb2/example HTTP/1.1\nHost: h\nContent-Length: 0\n\n', 400],
  ['a NUL', post({ headers: ['a: b\0c'] }), 400],
  ['a blank before the colon', post({ headers: ['Content-Length : 1'] }), 400],
  ['a made-up method', post({ method: 'BID' }), 400],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
]

for (const kind of Object.keys(SERVERS) as (keyof typeof SERVERS)[]) {
  describe(`${kind} server`, () => {
    test('answers by the table, on one connection', () =>
      withServer(kind, echo, {}, async ({ port, errors }) => {
        const wire = new Wire(port)
        for (const [index, [name, request, status]] of TABLE.entries()) {
          wire.socket.write(post(request))
          const answer = (await wire.answers(index + 1))[index]
          assert.equal(answer?.status, status, name)
          assert.equal(answer.headers.get('x-openrtb-version'), '2.6', name)
          assert.equal(answer.headers.get('content-type'), status === 200 ? 'application/json' : undefined, name)
          if (status !== 200) assert.equal(answer.body.length, 0, name)
        }
        wire.socket.destroy()
        assert.deepEqual(errors, [])
      }))

    test('refuses what cannot be framed, and closes', () =>
      withServer(kind, echo, {}, async ({ port }) => {
        for (const [name, bytes, status] of REFUSED) {
          const wire = new Wire(port)
          wire.socket.write(Buffer.concat([Buffer.from(bytes as string), post()]))
          await wire.closed
          const seen = statuses(answersOf(wire.received))
          // node:http writes its own 400 without a length and may be cut by a reset: what counts is that nothing is served.
          assert.ok(!seen.includes(200), `${name}: ${seen}`)
          if (kind === 'strict' && status > 0) assert.deepEqual(seen, [status], name)
        }
      }))

    test('hands over exchange and body, and 204 has none', () =>
      withServer(
        kind,
        call => call.reply(call.body.length > 0 ? 200 : 204, call.exchange),
        {},
        async ({ port }) => {
          const [full, empty] = await talk(port, Buffer.concat([post(), post({ body: '' })]), 2)
          assert.deepEqual([full?.status, full?.body.toString()], [200, 'example'])
          assert.deepEqual([empty?.status, empty?.body.length, empty?.headers.has('content-length')], [204, 0, false])
        },
      ))

    test('pipelined answers keep the order of the requests, whenever they come', async () => {
      const calls: BidCall[] = []
      const handler = (call: BidCall) => {
        calls.push(call)
        if (calls.length === 5) for (const late of calls.toReversed()) late.reply(200, late.body)
      }
      await withServer(kind, handler, {}, async ({ port }) => {
        const bodies = ['a', 'bb', 'ccc', 'é', 'e']
        const answers = await talk(port, Buffer.concat(bodies.map(body => post({ body }))), 5)
        assert.deepEqual(
          answers.map(({ body }) => body.toString()),
          bodies,
        )
      })
    })

    test('text that is not ASCII arrives as UTF-8', () =>
      withServer(
        kind,
        call => call.reply(200, '{"adm":"é€😀"}'),
        {},
        async ({ port }) => {
          assert.equal((await talk(port, post()))[0]?.body.toString(), '{"adm":"é€😀"}')
        },
      ))

    test('Connection: close is obeyed', () =>
      withServer(kind, echo, {}, async ({ port }) => {
        const wire = new Wire(port)
        wire.socket.write(post({ headers: ['Connection: close'] }))
        await wire.closed
        const [answer] = answersOf(wire.received)
        assert.deepEqual([answer?.status, answer?.headers.get('connection')], [200, 'close'])
      }))

    test('Expect: 100-continue is told to go on', () =>
      withServer(kind, echo, {}, async ({ port }) => {
        const wire = new Wire(port)
        wire.socket.write(post({ headers: ['Expect: 100-continue'], body: '{}' }).subarray(0, -2))
        while (!wire.received.includes('100 Continue')) await sleep(2)
        wire.socket.write('{}')
        assert.deepEqual(statuses(await wire.answers(1)), [200])
        wire.socket.destroy()
      }))

    test('any chunking gives the same answers', async () => {
      const stream = Buffer.concat([
        post(),
        post({ path: '/else', body: '\r\n\r\n' }),
        post({ headers: ['Content-Encoding: gzip'], body: gzipSync('{"id":"2"}') }),
        post({ body: '' }),
        post({ method: 'PUT' }),
      ])
      await withServer(kind, echo, {}, async ({ port }) => {
        const whole = await talk(port, stream, 5)
        assert.deepEqual(statuses(whole), [200, 404, 200, 200, 405])
        const inParts = async (cuts: readonly number[]) => {
          const wire = new Wire(port)
          for (const [index, from] of [0, ...cuts].entries()) {
            wire.socket.write(stream.subarray(from, cuts[index] ?? stream.length))
            await new Promise(resolve => setImmediate(resolve))
          }
          assert.deepEqual(await wire.answers(5), whole)
          wire.socket.destroy()
        }
        const everyByte = Array.from({ length: stream.length - 1 }, (_, index) => index + 1)
        for (let from = 0; from < everyByte.length; from += 32)
          await Promise.all(everyByte.slice(from, from + 32).map(cut => inParts([cut])))
        await inParts(everyByte)
        const cuts = fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 8 })
        await fc.assert(
          fc.asyncProperty(cuts, list => inParts(list.sort((a, b) => a - b))),
          { seed, numRuns: 50 },
        )
      })
    })

    test('a long body in many parts arrives intact', () =>
      withServer(
        kind,
        call => call.reply(200, call.body),
        {},
        async ({ port }) => {
          const body = Buffer.from(Array.from({ length: 30_000 }, (_, at) => at).join())
          const wire = new Wire(port)
          wire.socket.write(post({ body }).subarray(0, -body.length))
          for (let from = 0; from < body.length; from += 5_000) {
            wire.socket.write(body.subarray(from, from + 5_000))
            await new Promise(resolve => setImmediate(resolve))
          }
          assert.ok((await wire.answers(1))[0]?.body.equals(body))
          wire.socket.destroy()
        },
      ))

    test('the time of a request counts from its first byte, not from the last answer', () =>
      withServer(kind, echo, { request_ms: 150 }, async ({ port }) => {
        const wire = new Wire(port)
        wire.socket.write(post())
        await wire.answers(1)
        await sleep(250)
        wire.socket.write(post().subarray(0, 20))
        await sleep(50)
        wire.socket.write(post().subarray(20))
        assert.equal((await wire.answers(2))[1]?.status, 200)
        wire.socket.destroy()
      }))

    test('gzip answers only where asked, allowed and worth it', async () => {
      const long = JSON.stringify({ adm: 'markup '.repeat(500) })
      const handler = (call: BidCall) =>
        call.reply(200, call.exchange === 'short' ? '{}' : long, call.exchange !== 'plain')
      const cases: readonly [string, string[], boolean][] = [
        ['example', ['Accept-Encoding: gzip'], true],
        ['example', ['accept-encoding: br;q=1, GZIP;q=0.5'], true],
        ['example', ['Accept-Encoding: *'], true],
        ['example', ['Accept-Encoding: br', 'Accept-Encoding: gzip'], true],
        ['example', [], false],
        ['example', ['Accept-Encoding: br'], false],
        ['example', ['Accept-Encoding: gzip;q=0, *'], false],
        ['example', ['Accept-Encoding: gzip; q=0.000'], false],
        ['plain', ['Accept-Encoding: gzip'], false],
        ['short', ['Accept-Encoding: gzip'], false],
      ]
      await withServer(kind, handler, {}, async ({ port }) => {
        for (const [exchange, headers, isPacked] of cases) {
          const [answer] = await talk(port, post({ path: `/openrtb2/${exchange}`, headers }))
          assert.equal(answer?.headers.get('content-encoding'), isPacked ? 'gzip' : undefined, `${exchange} ${headers}`)
          const text = isPacked ? gunzipSync(answer?.body ?? '') : answer?.body
          assert.equal(text?.toString(), exchange === 'short' ? '{}' : long)
        }
      })
    })

    test('a handler that fails answers 204 and is told', async () => {
      const handler = (call: BidCall) => {
        if (call.exchange === 'late') return Promise.reject(new Error('late'))
        if (call.exchange === 'after') call.reply(200, '{}')
        throw new Error(call.exchange)
      }
      await withServer(kind, handler, {}, async ({ port, errors }) => {
        const stream = ['now', 'late', 'after', 'now'].map(name => post({ path: `/openrtb2/${name}` }))
        assert.deepEqual(statuses(await talk(port, Buffer.concat(stream), 4)), [204, 204, 200, 204])
        assert.deepEqual(errors.map(String).sort(), ['Error: after', 'Error: late', 'Error: now', 'Error: now'])
      })
    })

    test('a second answer is dropped and told', () =>
      withServer(
        kind,
        call => {
          call.reply(200, '{}')
          call.reply(204, null)
        },
        {},
        async ({ port, errors }) => {
          assert.deepEqual(statuses(await talk(port, Buffer.concat([post(), post()]), 2)), [200, 200])
          assert.equal(errors.length, 2)
        },
      ))

    test('a slow client gets 408, in the head or in the body', () =>
      withServer(kind, echo, { request_ms: 120 }, async ({ port }) => {
        for (const cut of [20, post().length - 2]) {
          const wire = new Wire(port)
          wire.socket.write(post().subarray(0, cut))
          const dripping = setInterval(() => wire.socket.write(cut === 20 ? 'x' : ''), 20)
          await wire.closed
          clearInterval(dripping)
          assert.match(wire.received.toString(), /^HTTP\/1.1 408 /)
        }
      }))

    test('an idle socket is closed', () =>
      withServer(kind, echo, { idle_ms: 60 }, async ({ port }) => {
        const wire = new Wire(port)
        wire.socket.write(post())
        await wire.closed
        assert.deepEqual(statuses(answersOf(wire.received)), [200])
      }))

    test('connections beyond the limit are dropped', () =>
      withServer(kind, echo, { connections: 2 }, async ({ port }) => {
        const wires = [new Wire(port), new Wire(port)]
        for (const wire of wires) wire.socket.write(post())
        for (const wire of wires) assert.equal((await wire.answers(1)).length, 1)
        assert.deepEqual(await talk(port, post()), [])
        for (const wire of wires) wire.socket.destroy()
      }))

    test('a client that leaves before its answer harms nobody', async () => {
      const calls: BidCall[] = []
      await withServer(
        kind,
        call => void calls.push(call),
        {},
        async ({ port, errors }) => {
          const wire = new Wire(port)
          wire.socket.write(post())
          while (calls.length === 0) await sleep(2)
          wire.socket.resetAndDestroy()
          await sleep(20)
          calls[0]?.reply(200, '{}')
          assert.deepEqual(errors, [])
        },
      )
    })

    test('drain answers what has begun, closes the idle, refuses the new', async () => {
      const calls: BidCall[] = []
      const handler = (call: BidCall) => (call.exchange === 'slow' ? void calls.push(call) : call.reply(200, '{}'))
      await withServer(kind, handler, {}, async ({ port, server }) => {
        const [idle, busy] = [new Wire(port), new Wire(port)]
        idle.socket.write(post())
        await idle.answers(1)
        busy.socket.write(post({ path: '/openrtb2/slow' }))
        while (calls.length === 0) await sleep(2)
        const drained = server.drain(5_000)
        await idle.closed
        assert.deepEqual(await talk(port, post()), [])
        calls[0]?.reply(200, '{"late":1}')
        await drained
        const [answer] = await busy.answers(1)
        assert.deepEqual([answer?.body.toString(), answer?.headers.get('connection')], ['{"late":1}', 'close'])
      })
    })

    test('drain cuts at its deadline', () =>
      withServer(
        kind,
        () => {},
        {},
        async ({ port, server }) => {
          const wire = new Wire(port)
          wire.socket.write(post())
          await sleep(20)
          const before_ms = performance.now()
          await server.drain(60)
          assert.ok(performance.now() - before_ms >= 55)
          await wire.closed
        },
      ))
  })
}
