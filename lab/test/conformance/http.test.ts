/** The corpus over real HTTP: the strict server on a loopback port, kept-alive connections, some requests gzipped. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { strictServer } from '@flightplan/runtime/http/strict-server.ts'
import { Pool } from 'undici'
import type { Answer } from '../../conformance/bidder.ts'
import {
  brokenRequests,
  generatedRequest,
  mutatedRequest,
  noCorpus,
  type Sent,
  wholeRequests,
} from '../../conformance/requests.ts'
import { faultsOf, NOW_MS, openWide } from './setup.ts'

const CONNECTIONS = 4
const GENERATED = 500
/** Every n-th body is sent packed. */
const GZIP_STEP = 3

const bidder = await openWide()
const errors: unknown[] = []
const server = strictServer({ handler: bidder.handler, onError: error => errors.push(error) })
const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS, pipelining: 1 })
after(async () => {
  await pool.close()
  await server.drain(1000)
})

async function post({ exchange, body }: Sent, isPacked: boolean): Promise<Answer> {
  const packed = isPacked ? { 'content-encoding': 'gzip' } : {}
  const { statusCode, body: answer } = await pool.request({
    ...{ method: 'POST', path: `/openrtb2/${exchange}`, body: isPacked ? gzipSync(body) : body },
    headers: { 'content-type': 'application/json', ...packed },
  })
  return { status: statusCode, body: await answer.text() }
}

/** All of them, some at a time; answers in the order of the requests. */
async function postAll(requests: readonly Sent[]): Promise<Answer[]> {
  const answers: Answer[] = []
  const next = requests.entries()
  const run = async () => {
    for (const [i, sent] of next) answers[i] = await post(sent, i % GZIP_STEP === 0)
  }
  await Promise.all(Array.from({ length: CONNECTIONS * 2 }, run))
  return answers
}

async function assertLegal(requests: readonly Sent[]): Promise<void> {
  const answers = await postAll(requests)
  assert.equal(answers.length, requests.length)
  assert.deepEqual(
    requests.flatMap((sent, i) => faultsOf(sent, answers[i] ?? { status: 0, body: '' })),
    [],
  )
  assert.deepEqual([errors, bidder.faults], [[], []])
}

test('the whole corpus over HTTP', { skip: noCorpus }, () => assertLegal([...wholeRequests(), ...brokenRequests()]))

test('generated requests over HTTP', () =>
  assertLegal(Array.from({ length: GENERATED }, (_, i) => generatedRequest(31, i, NOW_MS))))

test('damaged requests over HTTP get 200, 204 or 400, or 413 where they are too large', async () => {
  const requests = Array.from({ length: GENERATED }, (_, i) => mutatedRequest(37, i, NOW_MS))
  const answers = await postAll(requests)
  const odd = answers.filter(({ status }, i) => {
    const tooLarge = (requests[i]?.body.length ?? 0) > 256 * 1024
    return ![200, 204, 400].includes(status) && !(status === 413 && tooLarge)
  })
  assert.deepEqual(odd, [])
  assert.deepEqual([errors, bidder.faults], [[], []])
})
