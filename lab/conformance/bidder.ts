/**
 * A whole bidder in this process, out of a repository of YAML: compiled, signed, verified and opened as the runtime does
 * it, behind the runtime's own request handler. The clock stands still and ids are counted from a seed, so that equal
 * requests must get equal bytes.
 */
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { type LoadResult, loadTree } from '@flightplan/compiler/load.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { decide, select } from '@flightplan/engine/decide.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import type { Decision } from '@flightplan/engine/types.ts'
import { createCounters } from '@flightplan/runtime/authority/counters.ts'
import type { BidCall, BidHandler } from '@flightplan/runtime/http/server.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { keyIdOf } from '@flightplan/runtime/release/keys.ts'
import { type LoadedRelease, verifyRelease } from '@flightplan/runtime/release/verify.ts'
import { createBidder } from '@flightplan/runtime/serve/bidder.ts'
import { openServing, type Serving } from '@flightplan/runtime/serve/serving.ts'
import { createShed, openShedder } from '@flightplan/runtime/serve/shed.ts'
import { newTally, type Tally } from '@flightplan/runtime/serve/tally.ts'

/** The project itself: its shipped campaigns, with deals. */
export const REPOSITORY = new URL('../../', import.meta.url).pathname
/** The campaigns made for tests: wide targeting in three currencies, bids on most of what is well-formed. */
export const CAMPAIGNS_WIDE = new URL('../fixtures/campaigns-wide/', import.meta.url).pathname
/** Line items that ask for what is personal, beside the wide ones. */
export const PERSONAL_CAMPAIGNS = new URL('personal-campaigns/', import.meta.url).pathname
const BUDGET_BYTES = 256 * 1024 * 1024
const SEED = 1n << 40n

export interface Answer {
  status: number
  body: string
}
export interface Bidder {
  serving: Serving
  handler: BidHandler
  tally: Tally
  /** What was told to the log: faults, each with its kind. */
  faults: string[]
  answer(exchange: string, body: Buffer): Promise<Answer>
  /** What the engine decides, without answer and charge; null: malformed. For what may be logged. */
  decision(exchange: string, body: Buffer): Decision | null
  /** `campaign/line_item` by its row in the snapshot. */
  lineItem(row: number): string
}

/** The shipped example facts, taken at this moment. */
export function factsAt(now_ms: number): Facts {
  const facts = JSON.parse(readFileSync(join(REPOSITORY, 'facts/example.json'), 'utf8')) as Facts // checked by its own test
  return { ...facts, made_at_ms: now_ms, rates: { ...facts.rates, at_ms: now_ms } }
}

/**
 * @param roots folders of YAML that make one repository together
 * @throws Error with the diagnostics, or the loader's reason, when the repository gives no release
 */
export async function openBidder(
  roots: readonly string[],
  { now_ms, facts }: { now_ms: number; facts: Facts },
): Promise<Bidder> {
  const faults: string[] = []
  const tell = (kind: string, error: unknown) =>
    void faults.push(`${kind}: ${error instanceof Error ? error.stack : error}`)
  const counters = createCounters(1 << 12)
  const release = await releaseOf(repository(roots), now_ms, counters)
  const serving = await openServing({ ...release, stopped: [] }, facts, counters, tell)
  const { snapshot } = serving.engine
  const tally = newTally()
  let id = SEED
  const handler = createBidder({
    ...{ tally, fault: tell, profiles: null, serving: () => serving, trial: () => null },
    clock: { now_ms: () => now_ms, elapsed_ms: () => 0 },
    nextId: () => id++,
    shedder: openShedder(createShed()),
    notice: { url: 'https://notice.example', key: createSecretKey(Buffer.alloc(32, 7)) },
  })
  return {
    ...{ serving, handler, tally, faults },
    answer(exchange, body) {
      id = SEED
      return call(handler, exchange, body)
    },
    decision: (exchange, body) => decisionOf(serving, exchange, body, now_ms),
    lineItem: row => snapshot.strings.get(snapshot.line_item.id_str[row]!), // callers take rows from decisions
  }
}

async function releaseOf(tree: LoadResult, now_ms: number, counters: SharedArrayBuffer): Promise<LoadedRelease> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const channel = mkdtempSync(join(tmpdir(), 'flightplan-conformance-'))
  try {
    const { release, diagnostics } = await compileTree(tree, {
      ...{ now_ms, out: channel, sign: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      openPolicy: (wasm, meta) => loadPolicy(wasm, meta, { fault: failed }),
    })
    if (!release) throw new Error(diagnostics.map(({ span, message }) => `${span.file}: ${message}`).join('\n'))
    const trusted = new Map([[keyIdOf(publicKey), publicKey]])
    const options = { trusted, counters, budget_bytes: BUDGET_BYTES }
    const loaded = await verifyRelease(join(channel, release.digest), release.digest, options)
    if (!loaded.ok) throw new Error(`${loaded.code}: ${loaded.text}`)
    return loaded
  } finally {
    rmSync(channel, { recursive: true, force: true })
  }
}

const failed = (text: string): never => {
  throw new Error(text)
}

/** Test campaigns are judged by the policies that the project ships. */
function repository(roots: readonly string[]): LoadResult {
  const trees = roots.map(root => loadTree(root))
  const policies = [...loadTree(REPOSITORY).side].filter(([path]) => path.startsWith('policies/'))
  return {
    yaml: trees.flatMap(({ yaml }) => yaml),
    side: new Map([...policies, ...trees.flatMap(({ side }) => [...side])]),
    diagnostics: trees.flatMap(({ diagnostics }) => diagnostics),
  }
}

/** One call of the handler as the HTTP seam makes it. */
export function call(handler: BidHandler, exchange: string, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const made: BidCall = {
      ...{ exchange, body, remoteAddress: '' },
      reply: (status, text) => resolve({ status, body: text?.toString() ?? '' }),
    }
    Promise.resolve(handler(made)).catch(reject)
  })
}

function decisionOf({ engine, policy }: Serving, exchange: string, body: Buffer, now_ms: number): Decision | null {
  const auction = parseAuction(JSON.parse(body.toString()))
  if (!auction) return null
  const selection = select(engine, policy, exchange, auction, now_ms)
  return decide(engine, selection, { profile: null, predictions: new Map() }, UNLIMITED)
}

const UNLIMITED = {
  lineItemDaily_nano: () => Number.POSITIVE_INFINITY,
  lineItemTotal_nano: () => Number.POSITIVE_INFINITY,
  lineItemImpressions: () => Number.POSITIVE_INFINITY,
  campaignDaily_nano: () => Number.POSITIVE_INFINITY,
  campaignTotal_nano: () => Number.POSITIVE_INFINITY,
}
