/** `flight explain --request`: compiles the repository in memory and asks the engine about one request. */
import { readFileSync } from 'node:fs'
import { compile } from '@flightplan/compiler/compile.ts'
import { didYouMean } from '@flightplan/compiler/did-you-mean.ts'
import type { Release } from '@flightplan/compiler/release.ts'
import { readDebug } from '@flightplan/contract/debug.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import { type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { explain } from '@flightplan/engine/explain.ts'
import { type Description, describe } from '@flightplan/engine/explanation.ts'
import { UNLIMITED } from '@flightplan/engine/golden.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { loadModels } from '@flightplan/runtime/model/models.ts'
import { badInput, EXIT, type ExitCode, usage } from './exit.ts'
import { funnel } from './explain-text.ts'
import { factsFor } from './facts/read.ts'
import { type Output, report } from './output.ts'
import { openPolicy } from './policy.ts'
import { openRoot } from './root.ts'

export interface RequestOptions {
  request: string
  exchange?: string
  facts?: string
  now: number
  root: string
  format: 'pretty' | 'json'
}

/** Larger than any exchange sends. */
const MAX_REQUEST_BYTES = 16 << 20
/** Nobody waits for this answer but a person. */
export const MODEL_WAIT_MS = 5_000
const STDIN = 0

export async function explainRequest(output: Output, options: RequestOptions): Promise<ExitCode> {
  const { now, format } = options
  const root = openRoot(options.root)
  const auction = readRequest(options.request)
  const { release, diagnostics } = await compile(root, { now_ms: now })
  if (!release) return report(output, diagnostics, format, root)
  const facts = factsFor(output, root, options)
  const engine = openEngine(openSnapshot(Uint8Array.from(fileOf(release, 'snapshot.bin')).buffer), facts)
  const exchange = exchangeOf(engine, options.exchange)
  const policy = await policyOf(output, release)
  const description = await ask(output, { engine, release, exchange, auction, now, policy })
  output.result(
    format === 'json' ? `${JSON.stringify(description, null, 2)}\n` : funnel(description, root, output.color),
  )
  return EXIT.ok
}

interface Question {
  engine: Engine
  release: Release
  exchange: string
  /** Makes it anew each time: the engine may keep parts of what it is given. */
  auction: () => Auction
  now: number
  policy: Policy
}

async function ask(
  output: Output,
  { engine, release, exchange, auction, now, policy }: Question,
): Promise<Description> {
  const selection = select(engine, policy, exchange, auction(), now)
  const models = await loadModels(engine.snapshot, artifactsOf(release), {
    fallback: (model, why) => output.progress(`model ${model}: the prior is used (${why})`),
  })
  const answers = { profile: null, predictions: await models.predict(selection, MODEL_WAIT_MS) }
  await models.close()
  const debug = readDebug(fileOf(release, 'debug.json'))
  const explanation = explain(engine, policy, exchange, auction(), now, answers, UNLIMITED) // spend is no part of the repository
  return describe(engine, explanation, debug, answers)
}

function readRequest(file: string): () => Auction {
  const bytes = readFileSync(file === '-' ? STDIN : file)
  const name = file === '-' ? 'stdin' : file
  if (bytes.length > MAX_REQUEST_BYTES) throw badInput(`${name} has ${bytes.length} bytes: that is no bid request`)
  const read = () => parseAuction(parseJson(bytes, name))
  if (!read()) throw badInput(`${name} is no bid request (an exchange would get 400): it needs an id and a list of imp`)
  return () => read()! // just checked: the same bytes give the same
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(textOf(bytes))
  } catch (error) {
    throw badInput(`${name} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

export function fileOf({ files }: Release, name: string): Uint8Array {
  const bytes = files.get(name)
  if (!bytes) throw badInput(`the release has no ${name}: is there a compiled policy in policies/request?`)
  return bytes
}

export function artifactsOf({ files }: Release): Map<string, Uint8Array> {
  const models = [...files].filter(([name]) => name.startsWith('models/') && name.endsWith('.onnx'))
  return new Map(models.map(([name, bytes]) => [name.slice('models/'.length, -'.onnx'.length), bytes]))
}

export function policyOf(output: Output, release: Release): Promise<Policy> {
  const meta = JSON.parse(textOf(fileOf(release, 'policy.json'))) as PolicyMeta // the compiler has read it
  const fault = (message: string) => output.progress(`the policy fails, so it denies the bid: ${message}`)
  return openPolicy(fileOf(release, 'policy.wasm'), meta, fault)
}

function exchangeOf({ snapshot }: Engine, asked: string | undefined): string {
  const known = [...snapshot.exchangeByName.keys()]
  if (asked === undefined && known.length === 1) return known[0]! // one entry
  if (asked === undefined) throw usage(`--exchange is needed: one of ${known.join(', ')}`)
  if (snapshot.exchangeByName.has(asked)) return asked
  const near = didYouMean(asked, known)
  throw usage(`there is no exchange "${asked}"; ${near ? `did you mean "${near}"?` : `there are ${known.join(', ')}`}`)
}
