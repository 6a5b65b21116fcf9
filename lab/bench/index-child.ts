/**
 * `node lab/bench/index-child.ts DIR REQUESTS AT_MS`: the targeting index of a release, in process and warm. Each slot is
 * walked just as deep as serving walks it (until 64 line items fit), without the cost of the fit itself. Prints JSON.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { MAX_CANDIDATES } from '@flightplan/contract/snapshot.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import { type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { requestTerms, slotTerms } from '@flightplan/engine/event/event.ts'
import type { Reading } from '@flightplan/engine/event/reader.ts'
import { blocksOf } from '@flightplan/engine/fit/blocks.ts'
import { verdictsOf } from '@flightplan/engine/fit/creative.ts'
import { fit, slotFit } from '@flightplan/engine/fit/fit.ts'
import { match } from '@flightplan/engine/index/match.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy, Selection } from '@flightplan/engine/types.ts'
import { mintFacts } from '@flightplan/runtime/facts/facts.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { benchTraffic } from './requests.ts'
import { quantile } from './statistics.ts'

export interface IndexFigures {
  slot_p50_us: number
  slot_p99_us: number
  /** All slots of a request together. */
  request_p50_us: number
  request_p99_us: number
  candidates_p50: number
}

const WARM_ROUNDS = 3

interface Walk {
  terms: readonly (readonly number[])[]
  /** Conjunctions to visit; Infinity: the walk goes to the end of the index. */
  visits: number
}

function readShared(file: string): SharedArrayBuffer {
  const bytes = readFileSync(file)
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}

/** The slots that get to the index: those of requests that privacy, policy and currency let through. */
function walksOf(engine: Engine, selection: Selection, exchange: string): Walk[] {
  const { snapshot, facts } = engine
  const { auction, now_ms, verdict } = selection
  const rules = snapshot.exchangeByName.get(exchange)
  if (!rules || (selection.reason && selection.reason !== 'no_candidate')) return []
  const reading: Reading = { snapshot, auction, exchange, facts, now_ms, verdict }
  const ofRequest = requestTerms(engine.readers, reading)
  const context = {
    ...{ snapshot, facts, exchange: rules, auction, now_ms },
    ...{ blocks: blocksOf(snapshot, auction, rules), verdicts: verdictsOf(facts, exchange) },
  }
  return auction.imps.flatMap(imp =>
    imp.slots.map(slot => {
      const terms = slotTerms(engine.readers, reading, ofRequest, imp, slot)
      const of = slotFit(context, imp, slot, terms as number[][])
      let [visits, fitting] = [0, 0]
      match(snapshot, terms, null, conjunction => {
        visits++
        if (typeof fit(of, snapshot.conjunction_line_item[conjunction]!) !== 'string') fitting++ // the index's own number
        return fitting < MAX_CANDIDATES
      })
      return { terms, visits: fitting < MAX_CANDIDATES ? Number.POSITIVE_INFINITY : visits }
    }),
  )
}

function time_us({ snapshot }: Engine, { terms, visits }: Walk): number {
  const began_ms = performance.now()
  let left = visits
  match(snapshot, terms, null, () => --left > 0)
  return (performance.now() - began_ms) * 1000
}

function auctionOf(request: unknown): Auction {
  const auction = parseAuction(request)
  if (!auction) throw new Error('bench traffic is well-formed')
  return auction
}

async function main(dir: string, count: number, at_ms: number): Promise<IndexFigures> {
  const template = JSON.parse(readFileSync(new URL('../../facts/example.json', import.meta.url), 'utf8')) as Facts // checked by its own test
  const engine = openEngine(openSnapshot(readShared(join(dir, 'snapshot.bin'))), mintFacts(template, at_ms))
  const meta = JSON.parse(readFileSync(join(dir, 'policy.json'), 'utf8')) as PolicyMeta // of the compiler
  const policy: Policy = await loadPolicy(readFileSync(join(dir, 'policy.wasm')), meta, {
    fault: text => console.error(text),
  })
  const traffic = benchTraffic(count, at_ms).map(({ exchange, request }) => ({ exchange, auction: auctionOf(request) }))
  const selections = traffic.map(({ exchange, auction }) => select(engine, policy, exchange, auction, at_ms))
  const walks = selections.map(selection => walksOf(engine, selection, selection.exchange)).filter(of => of.length > 0)
  for (let round = 0; round < WARM_ROUNDS; round++) for (const of of walks) for (const walk of of) time_us(engine, walk)
  const timed = walks.map(of => of.map(walk => time_us(engine, walk)))
  const slots = timed.flat()
  const requests = timed.map(of => of.reduce((sum, us) => sum + us, 0))
  return {
    slot_p50_us: quantile(slots, 0.5),
    slot_p99_us: quantile(slots, 0.99),
    request_p50_us: quantile(requests, 0.5),
    request_p99_us: quantile(requests, 0.99),
    candidates_p50: quantile(
      selections.map(({ candidates }) => candidates.length),
      0.5,
    ),
  }
}

const [dir = '', count = '5000', at = '0'] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await main(dir, Number(count), Number(at))))
