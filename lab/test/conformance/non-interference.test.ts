/**
 * Where personal data may not be used, it cannot be told from the answer: clock and ids fixed, whatever is personal in a
 * request is changed and no byte of the answer changes, nor does any of it reach the decision, the metrics or the log.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMetrics } from '@flightplan/runtime/serve/metrics.ts'
import { type Bidder, CAMPAIGNS_WIDE, openBidder, PERSONAL_CAMPAIGNS } from '../../conformance/bidder.ts'
import { ALLOWED, asPersona, PERSONAS, SIGNALS, tracesOf } from '../../conformance/persona.ts'
import { generatedRequest, type Sent, wholeRequests } from '../../conformance/requests.ts'
import { type Tree, tree } from '../../oracle/lenient.ts'
import { facts, NOW_MS } from './setup.ts'

const GENERATED = 200
/** Every n-th request of the corpus: some hundred of each kind of source. */
const CORPUS_STEP = 8

const bidder = await openBidder([CAMPAIGNS_WIDE, PERSONAL_CAMPAIGNS], { now_ms: NOW_MS, facts })
const vendorId = bidder.serving.engine.snapshot.meta.vendor_id

const generated = Array.from({ length: GENERATED }, (_, i) => generatedRequest(11, i, NOW_MS))
const bases: Sent[] = [...generated, ...wholeRequests().filter((_, i) => i % CORPUS_STEP === 0)]

const bytes = (request: Tree) => Buffer.from(JSON.stringify(request))
const requestOf = ({ body }: Sent) => tree(JSON.parse(body.toString())) // bases are whole requests

interface Seen {
  answer: string
  /** The decision as JSON: what a log or event may take from. */
  decision: string
}

async function see(of: Bidder, exchange: string, request: Tree): Promise<Seen> {
  const body = bytes(request)
  const { status, body: text } = await of.answer(exchange, body)
  return { answer: `${status} ${text}`, decision: JSON.stringify(of.decision(exchange, body)) }
}

/** What is written while something runs; the runner's own output is let through. */
async function captured(run: () => Promise<void>): Promise<string> {
  const written: string[] = []
  const streams = [process.stdout, process.stderr]
  const writes = streams.map(stream => stream.write)
  streams.forEach((stream, i) => {
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      written.push(Buffer.from(chunk as Uint8Array).toString('latin1')) // or text, which Buffer.from takes as well
      return Reflect.apply(writes[i] as typeof stream.write, stream, [chunk, ...rest]) // one for each stream
    }) as typeof stream.write // the overloads differ in what follows the chunk
  })
  try {
    await run()
  } finally {
    for (const [i, stream] of streams.entries()) stream.write = writes[i] as typeof stream.write // one for each stream
  }
  return written.join('')
}

const traces = PERSONAS.flatMap(tracesOf)
const traceIn = (text: string) => traces.find(trace => text.includes(trace))
const tracesSeen = ({ answer, decision }: Seen) => [answer, decision].flatMap(text => traceIn(text) ?? [])

for (const [name, { bids, apply }] of Object.entries(SIGNALS))
  test(`non-interference: ${name}`, async t => {
    let withBid = 0
    const output = await captured(async () => {
      for (const sent of bases) {
        const base = apply(requestOf(sent), NOW_MS, vendorId)
        const seen: Seen[] = []
        for (const persona of PERSONAS) seen.push(await see(bidder, sent.exchange, asPersona(base, persona)))
        const [first] = seen
        for (const other of seen) assert.deepEqual(other, first, sent.source)
        for (const one of seen) assert.deepEqual(tracesSeen(one), [], sent.source)
        if (first?.answer.includes('"seatbid":[{')) withBid++
      }
    })
    assert.equal(traceIn(output), undefined, 'written to a stream')
    t.diagnostic(`${bases.length} requests × ${PERSONAS.length} personas, ${withBid} with a bid`)
    if (bids) assert.ok(withBid > bases.length / 4, `only ${withBid} of ${bases.length} got a bid`)
    else assert.equal(withBid, 0)
  })

test('neither metrics nor the fault log holds a personal value', async () => {
  const figures = {
    workers: 1,
    ready: true,
    release: 'r',
    facts: 'f',
    loads: { ack: 1, nack: {} },
    load_ms: 1,
    withoutKeys: [],
  }
  assert.equal(traceIn(await openMetrics()(bidder.tally, figures, null)), undefined)
  assert.equal(traceIn(bidder.faults.join('\n')), undefined)
})

test('the method finds interference where personal data may be used', async t => {
  let differ = 0
  const matched = new Set<string>()
  for (const sent of generated) {
    const base = ALLOWED(requestOf(sent), NOW_MS, vendorId)
    const answers: string[] = []
    for (const persona of PERSONAS) {
      const request = asPersona(base, persona)
      answers.push((await see(bidder, sent.exchange, request)).answer)
      const decision = bidder.decision(sent.exchange, bytes(request))
      for (const { line_item } of decision?.selection.candidates ?? []) matched.add(bidder.lineItem(line_item))
    }
    if (new Set(answers).size > 1) differ++
  }
  const personal = [...matched].filter(id => id.startsWith('personal/')).sort()
  t.diagnostic(`${differ} of ${generated.length} answers differ; ${personal.join(', ')}`)
  assert.ok(differ > generated.length / 4)
  // Each of them asks for one personal field: had that field leaked above, the line item would have won.
  const fields = ['age', 'eid', 'gender', 'near', 'no-segment', 'segment', 'zip']
  assert.deepEqual(
    personal,
    fields.map(field => `personal/${field}`),
  )
})
