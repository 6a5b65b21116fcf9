/** `node lab/oracle/main.ts --worlds 20 --requests 300 --seed 7`: random worlds through compiler, engine and oracle. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Facts } from '@flightplan/contract/facts.ts'
import { DEFAULT_VENDOR_ID } from '../traffic/generate.ts'
import { compareRequest, newTally, type Tally } from './compare.ts'
import { judge } from './oracle.ts'
import { randomWorld, writeSources } from './random-world.ts'
import { type Asked, corpusRequests, generatedRequests } from './requests.ts'
import { readSources, readWorld, type World } from './world.ts'

/** Monday, 2027-06-14 00:00 UTC. */
const MONDAY_MS = Date.UTC(2027, 5, 14)
const SHOWN = 40
/** The share of the oracle's eligible line items that the engine must find. */
const LEAST_FOUND = 0.99

const FACTS: Facts = {
  digest: '',
  made_at_ms: MONDAY_MS,
  rates: {
    base: 'EUR',
    at_ms: MONDAY_MS,
    max_age_ms: 30 * 86_400_000,
    source: 'oracle',
    per_unit: { USD: '0.9137', GBP: '1.1713', JPY: '0.0061' },
  },
  audits: { alpha: { 'acme-cr-0': 'rejected' } },
  deals: { 'alpha/alpha-deal-03': 'paused' },
  sellers: {},
  invalid_traffic: { networks: ['203.0.113.0/24'], agents: ['examplebot'] },
}

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '200' },
    seed: { type: 'string', default: '7' },
    corpus: { type: 'boolean', default: false },
  },
})

/** The oracle alone: how much of the traffic the random campaigns reach. A world that matches nothing proves nothing. */
function survey(world: World, asked: readonly Asked[]): string {
  const judged = asked.map(({ exchange, request, now_ms }) => judge(world, FACTS, exchange, request, now_ms))
  const imps = judged.flatMap(({ imps }) => imps)
  const eligible = imps.reduce((sum, imp) => sum + imp.eligible.length, 0)
  const won = imps.filter(({ winners }) => winners.length > 0).length
  const refused = judged.filter(({ reason }) => reason !== null).length
  return `${world.line_items.length} line items, ${asked.length} requests (${refused} refused), ${imps.length} imps, ${eligible} eligible, ${won} imps with a winner`
}

function print(seed: number, tally: Tally): void {
  const { requests, refused, candidates, eligible, winners, ties, mismatches } = tally
  console.log(
    `world ${seed}: ${requests} requests (${refused} refused), ${eligible} eligible, ${candidates} candidates, ` +
      `${winners} winners (${ties} by hash), ${mismatches.length} mismatches`,
  )
  for (const { kind, exchange, request, imp, line_item, oracle, engine } of mismatches.slice(0, SHOWN))
    console.log(
      `  ${kind} ${exchange} ${request} imp ${imp ?? '-'} ${line_item ?? '-'}: oracle ${oracle}; engine ${engine}`,
    )
}

const agrees = ({ eligible, mismatches }: Tally): boolean => {
  const missing = mismatches.filter(({ kind }) => kind === 'missing').length
  return missing <= eligible * (1 - LEAST_FOUND) && mismatches.every(({ kind }) => kind === 'missing')
}

/** What main needs of compiler/compile.ts: builds the tree at `root` into the release directory `out`. */
type CompileInto = (root: string, out: string, now_ms: number) => Promise<void>

async function compiler(): Promise<CompileInto | null> {
  const entry = new URL('../../compiler/compile.ts', import.meta.url)
  if (!existsSync(entry)) return null
  const loaded = (await import(entry.href)) as { compileInto?: CompileInto } // checked on the next line
  return loaded.compileInto ?? null
}

async function run(compile: CompileInto | null, seed: number, asked: readonly Asked[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'))
  try {
    writeSources(join(folder, 'tree'), randomWorld(seed, DEFAULT_VENDOR_ID))
    const world = readWorld(readSources(join(folder, 'tree')))
    if (!compile) {
      console.log(`world ${seed}: ${survey(world, asked)}`)
      return true
    }
    await compile(join(folder, 'tree'), join(folder, 'release'), MONDAY_MS)
    // only here: without a release the oracle runs alone, and needs no engine
    const { openSubject } = await import('./subject.ts')
    const subject = await openSubject(join(folder, 'release'), FACTS)
    const tally = newTally()
    for (const one of asked) compareRequest(world, FACTS, one, subject(one.exchange, one.request, one.now_ms), tally)
    print(seed, tally)
    return agrees(tally)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const compile = await compiler()
if (!compile) console.log('compiler/compile.ts exports no compileInto: the oracle runs alone, nothing is compared')
const [first, worlds, count] = [Number(values.seed), Number(values.worlds), Number(values.requests)]
for (let seed = first; seed < first + worlds; seed++) {
  const asked = [...generatedRequests(seed, count, MONDAY_MS), ...(values.corpus ? corpusRequests(MONDAY_MS) : [])]
  if (!(await run(compile, seed, asked))) process.exitCode = 1
}
