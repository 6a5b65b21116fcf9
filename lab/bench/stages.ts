/**
 * `node lab/bench/stages.ts [--line-items 1000] [--requests 20000]`: CPU of a request in process, stage by stage: the path
 * is run up to each stage over the same requests, and a stage costs the difference to the run before it. Without HTTP.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { decide, type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { policyInput } from '@flightplan/engine/judge/policy-input.ts'
import { readRequest } from '@flightplan/engine/parse/bytes.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { respond } from '@flightplan/engine/respond.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Answers, Authority, Policy, Selection } from '@flightplan/engine/types.ts'
import { mintFacts } from '@flightplan/runtime/facts/facts.ts'
import { idText } from '@flightplan/runtime/notice/mint.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { build, writeRepository } from './repository.ts'
import { benchTraffic } from './requests.ts'
import { median } from './statistics.ts'

const ROUNDS = 5
const NO_ANSWERS: Answers = { profile: null, predictions: new Map() }
const RICH: Authority = {
  lineItemDaily_nano: () => Number.POSITIVE_INFINITY,
  lineItemTotal_nano: () => Number.POSITIVE_INFINITY,
  lineItemImpressions: () => Number.POSITIVE_INFINITY,
  campaignDaily_nano: () => Number.POSITIVE_INFINITY,
  campaignTotal_nano: () => Number.POSITIVE_INFINITY,
}

interface Wire {
  exchange: string
  body: Buffer
}

/** The path of runtime/serve/bidder.ts up to each stage. */
function stagesOf(engine: Engine, policy: Policy, now_ms: number): Record<string, (wire: Wire) => unknown> {
  const read = ({ body }: Wire): unknown => readRequest(body) ?? JSON.parse(body.toString('utf8'))
  const parse = (wire: Wire) => parseAuction(read(wire))! // bench traffic is well-formed
  const selected = (wire: Wire): Selection => select(engine, policy, wire.exchange, parse(wire), now_ms)
  const decided = (wire: Wire) => decide(engine, selected(wire), NO_ANSWERS, RICH)
  const links = {
    nurl: null,
    burl: null,
    lurl: null,
    clickUrl: 'https://n.example/c',
    billingUrl: 'https://n.example/b',
  }
  const { compiledFacts, memo, snapshot } = engine
  return {
    read,
    parse,
    judge: wire =>
      policy(policyInput(parse(wire), wire.exchange, snapshot.meta.vendor_id, compiledFacts, now_ms, memo)),
    select: selected,
    decide: decided,
    respond: wire => {
      const decision = decided(wire)
      if (decision.bids.length > 0) respond(engine, decision, idText(1n), () => ({ bidId: idText(2n), ...links }))
    },
  }
}

function cpu_us(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const used = process.cpuUsage(before)
  return used.user + used.system
}

async function open(lineItems: number, at_ms: number): Promise<{ engine: Engine; policy: Policy }> {
  const repository = writeRepository(lineItems)
  const { dir } = build(repository, repository.channel)
  const bytes = readFileSync(join(dir, 'snapshot.bin'))
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  const template = JSON.parse(readFileSync(new URL('../../facts/example.json', import.meta.url), 'utf8')) as Facts // checked by its own test
  const meta = JSON.parse(readFileSync(join(dir, 'policy.json'), 'utf8')) as PolicyMeta // of the compiler
  const policy = await loadPolicy(readFileSync(join(dir, 'policy.wasm')), meta, { fault: text => console.error(text) })
  return { engine: openEngine(openSnapshot(shared), mintFacts(template, at_ms)), policy }
}

const { values } = parseArgs({
  options: { 'line-items': { type: 'string', default: '1000' }, requests: { type: 'string', default: '20000' } },
})
const at_ms = Date.now()
const { engine, policy } = await open(Number(values['line-items']), at_ms)
const wires = benchTraffic(Number(values.requests), at_ms).map(({ exchange, request }) => ({
  exchange,
  body: Buffer.from(JSON.stringify(request)),
}))
const stages = Object.entries(stagesOf(engine, policy, at_ms))
const rounds = Array.from({ length: ROUNDS + 1 }, () =>
  stages.map(([, run]) => cpu_us(() => wires.forEach(run)) / wires.length),
).slice(1)
let before = 0
for (const [i, [name]] of stages.entries()) {
  const upTo = median(rounds.map(round => round[i]!)) // every round ran every stage
  console.log(
    `${name.padEnd(8)} ${(upTo - before).toFixed(1).padStart(6)} µs   up to here ${upTo.toFixed(1).padStart(6)} µs`,
  )
  before = upTo
}
