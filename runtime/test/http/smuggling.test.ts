import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { inflate } from '../../http/gzip.ts'
import { routeOf } from '../../http/route.ts'
import type { BidServer } from '../../http/server.ts'
import { strictServer } from '../../http/strict-server.ts'
import { randomOf, rawStream } from './bytes.ts'
import { type Answer, answersOf, Wire } from './wire.ts'

/**
 * Whatever the strict server takes, node:http must read as the same method, path and body: then no parser in front of it
 * can be led to see other requests than it does. It may refuse more. FUZZ_SEED and FUZZ_CASES widen a run.
 */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20260611)
const CASES = Number(process.env['FUZZ_CASES'] ?? 2000)
const AT_ONCE = 25

// The oracle is bare node:http, not our wrapping of it. Each stream carries its number in the port it came from.
const read = new Map<number, { method: string; path: string; encoding: string | undefined; body: string }[]>()
const oracle = createServer({ maxHeaderSize: 8192 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method = '', url: path = '', socket, headers } = request
    const list = read.get(socket.remotePort ?? 0)
    list?.push({ method, path, encoding: headers['content-encoding'], body: Buffer.concat(chunks).toString('latin1') })
    response.end()
  })
})
// By default an error destroys the socket at once, and the requests it had read before it never end.
oracle.on('clientError', (_error, socket) => setImmediate(() => socket.destroy()))
oracle.on('connect', (_request, socket) => setImmediate(() => socket.destroy()))
let strict: BidServer
let strictPort = 0
let oraclePort = 0

before(async () => {
  const handler = (call: { exchange: string; body: Buffer; reply(status: 200, body: string): void }) =>
    call.reply(200, JSON.stringify([call.exchange, call.body.toString('latin1')]))
  strict = strictServer({ handler, onError: error => assert.fail(String(error)) })
  strictPort = (await strict.listen({ host: '127.0.0.1', port: 0 })).port
  await new Promise<void>(resolve => oracle.listen(0, '127.0.0.1', resolve))
  oraclePort = (oracle.address() as AddressInfo).port // a TCP server's address
})

after(async () => {
  oracle.closeAllConnections()
  oracle.close()
  await strict.drain(0)
})

async function sent(port: number, stream: string): Promise<{ answers: Answer[]; localPort: number }> {
  const wire = new Wire(port)
  await new Promise(resolve => wire.socket.on('connect', resolve))
  const localPort = wire.socket.localPort ?? 0
  if (port === oraclePort) read.set(localPort, [])
  wire.socket.end(stream, 'latin1')
  await wire.closed
  return { answers: answersOf(wire.received), localPort }
}

/** What the strict server must have answered to what node:http read: `status` and, for 200, the exchange and body. */
function expected(localPort: number): string[] {
  return (read.get(localPort) ?? []).map(({ method, path, encoding, body }) => {
    const route = routeOf(method, path, encoding)
    if (route.status !== 0) return String(route.status)
    const plain = route.gzip ? inflate(Buffer.from(body, 'latin1'), 1 << 20) : Buffer.from(body, 'latin1')
    return typeof plain === 'number'
      ? String(plain)
      : `200 ${JSON.stringify([route.exchange, plain.toString('latin1')])}`
  })
}

const REFUSALS = new Set([400, 408, 413, 417, 431, 501, 505])
const isRefusal = (answer: Answer | undefined) =>
  answer !== undefined && REFUSALS.has(answer.status) && answer.headers.get('connection') === 'close'

async function compare(stream: string): Promise<number> {
  const [{ answers }, { localPort }] = await Promise.all([sent(strictPort, stream), sent(oraclePort, stream)])
  const taken = isRefusal(answers.at(-1)) ? answers.slice(0, -1) : answers
  const got = taken.map(({ status, body }) => (status === 200 ? `200 ${body}` : String(status)))
  const wanted = expected(localPort)
  assert.deepEqual(got, wanted.slice(0, got.length), `seed ${SEED}: ${JSON.stringify(stream)}`)
  read.delete(localPort)
  return got.length
}

test(`strict takes nothing that node:http reads otherwise (seed ${SEED}, ${CASES} streams)`, async t => {
  const random = randomOf(SEED)
  let taken = 0
  for (let done = 0; done < CASES; done += AT_ONCE) {
    const streams = Array.from({ length: AT_ONCE }, () => rawStream(random))
    for (const count of await Promise.all(streams.map(compare))) taken += count
  }
  t.diagnostic(`${taken} requests taken by both`)
  assert.ok(taken > CASES / 2, 'the generator makes too few streams that the strict server takes')
})
