/**
 * The plan on trial: a day is run under the old release, one auction in `ONE_IN` is logged, the plan predicts the new
 * release from that log alone, and the new release is run on the whole day: what it spends there is the truth.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Log, openLogOf } from '@flightplan/cli/plan/log.ts'
import { type Prediction, predict } from '@flightplan/cli/plan/prediction.ts'
import { openSubjects, type Subject } from '@flightplan/cli/plan/subject.ts'
import { compileTree } from '@flightplan/compiler/compile.ts'
import { type LoadResult, loadTree, sourceFile } from '@flightplan/compiler/load.ts'
import type { Release } from '@flightplan/compiler/release.ts'
import type { RecordedAuction } from '@flightplan/contract/traffic.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { mintFacts, readFacts } from '@flightplan/runtime/facts/facts.ts'
import { DayKeys, lineOf } from '@flightplan/runtime/record/recorder.ts'
import { Random } from '../traffic/random.ts'
import { openWorldLedger } from './ledger.ts'
import { live } from './live.ts'
import type { Scene } from './scenes.ts'
import { auctionAt, filesOf, isEligible, type Plans, requestOf, TELLS, type WorldAuction } from './worlds.ts'

export const ONE_IN = 8
export const AUCTIONS = 12_000
const ROOT = join(import.meta.dirname, '../..')

export interface Stage {
  scene: Scene
  base: Subject
  head: Subject
  close(): Promise<void>
}

/** Amounts in nano of the order's currency. */
export interface Trial {
  prediction: Prediction
  /** What the new release spends on the whole day, by campaign. */
  truth: Map<string, number>
  /** Imps of the log that each line item of the new release may take, by the world's own rules. */
  eligible: Map<string, number>
}

/** Compiles both releases of a world, once for all of its days. */
export async function openStage(scene: Scene): Promise<Stage> {
  const { facts } = readFacts(readFileSync(join(ROOT, 'facts/example.json')))
  if (!facts) throw new Error('facts/example.json cannot be read')
  const releases = { base: await releaseOf(scene.base), head: await releaseOf(scene.head) }
  const subjects = await openSubjects(releases, mintFacts(facts, Date.UTC(2027, 2, 10)), text => {
    throw new Error(text)
  })
  return {
    scene,
    ...subjects,
    close: async () => void (await Promise.all([subjects.base.close(), subjects.head.close()])),
  }
}

export async function tryDay({ scene, base, head }: Stage, seed: number): Promise<Trial> {
  const day = Array.from(
    { length: AUCTIONS },
    (
      (price: (share: number) => number) => (_: unknown, i: number) =>
        auctionAt(seed, i, AUCTIONS, price)
    )(scene.prices(new Random(seed, -1))),
  )
  const logged = (await run(base, day, true)).log
  const { spent } = await run(head, day, false)
  const changed = new Set(head.lineItems.filter(id => id.endsWith('/abroad')))
  const prediction = await predict(logOf(logged), { base, head }, changed, seed)
  return { prediction, truth: spent, eligible: eligibleIn(scene.head, day) }
}

async function run(subject: Subject, day: readonly WorldAuction[], logs: boolean) {
  const ledger = openWorldLedger(subject.engine.snapshot)
  const keys = new DayKeys(() => Buffer.from('world'))
  const log: RecordedAuction[] = []
  for (const [i, world] of day.entries()) {
    const request = requestOf(world, i)
    const auction = parseAuction(structuredCloneOf(request))
    if (!auction) throw new Error('a world sends valid requests')
    const market = { tells: TELLS[world.exchange], leastWinning: () => world.least }
    const { decision, outcomes } = await live({ ...subject, ledger }, world.exchange, auction, world.at_ms, market)
    if (!logs || i % ONE_IN !== 0) continue
    const served = {
      body: Buffer.from(JSON.stringify(request)),
      snapshot: subject.engine.snapshot,
      decision,
      profile: null,
    }
    const line = lineOf(served, log.length, keys)
    log.push({ ...line, bids: line.bids.map((bid, n) => ({ ...bid, outcome: outcomes[n]! })) }) // one for each bid
  }
  return { log, spent: new Map(subject.campaigns.map((id, c) => [id, ledger.spent[c]!])) } // indexes of it
}

const structuredCloneOf = (request: object): unknown => JSON.parse(JSON.stringify(request))

const logOf = (auctions: RecordedAuction[]): Log => openLogOf(auctions, { one_in: ONE_IN, source: 'world' })

function eligibleIn(plans: Plans, day: readonly WorldAuction[]): Map<string, number> {
  const logged = day.filter((_, i) => i % ONE_IN === 0)
  const items = Object.entries(plans).flatMap(([campaign, { items: own }]) =>
    Object.entries(own).map(([name, item]) => [`${campaign}/${name}`, item] as const),
  )
  return new Map(items.map(([id, item]) => [id, ONE_IN * logged.filter(auction => isEligible(item, auction)).length]))
}

const exchange = (id: string): string => `exchange: ${id}
status: live
default_seat: "1"
currencies: {request: [USD], bid: USD}
price: {codec: plain, unit: cpm}
notices: {bill_on: {banner: pixel}}
`
const banner = (size: string): string => `creative: b-${size}
advertiser: acme
format: {banner: {size: ${size}, type: image, image: "https://cdn.acme.example/${size}.png"}}
landing_page: https://www.acme.example/
`
const COMMON: Record<string, string> = {
  'flightplan.yaml': 'flightplan: 1\nvendor_id: 9999\n',
  'exchanges/alpha.yaml': exchange('alpha'),
  'exchanges/beta.yaml': exchange('beta'),
  'campaigns/acme/advertiser.yaml': 'advertiser: acme\nname: Acme\ndomain: acme.example\ncategories: [IAB18-5]\n',
  'campaigns/acme/order.yaml': 'order: io-1\nadvertiser: acme\ncurrency: USD\nsigned: {amount: 400000}\n',
  'campaigns/acme/b-300x250.yaml': banner('300x250'),
  'campaigns/acme/b-728x90.yaml': banner('728x90'),
}

/** The campaigns under the policies that the project ships. */
async function releaseOf(plans: Plans): Promise<Release> {
  const files = Object.entries({ ...COMMON, ...filesOf(plans) }).map(([path, text]) => sourceFile(path, text))
  const shipped = [...loadTree(ROOT).side.values()].filter(({ path }) => path.startsWith('policies/'))
  const tree: LoadResult = {
    yaml: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    side: new Map(shipped.map(file => [file.path, file])),
    diagnostics: [],
  }
  const { release, diagnostics } = await compileTree(tree, { now_ms: 0 })
  if (release) return release
  throw new Error(diagnostics.map(({ code, span, message }) => `${code} ${span.file}: ${message}`).join('\n'))
}
