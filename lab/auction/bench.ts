/** A compiled case, opened as a serving thread opens a release: engine, policy, models, and counters with what is spent. */
import { parseNano } from '@flightplan/contract/decimal.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { type Engine, openEngine } from '@flightplan/engine/decide.ts'
import { openSnapshot, type Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Policy } from '@flightplan/engine/types.ts'
import { claimEntries, openAuthority, type ProcessAuthority } from '@flightplan/runtime/authority/authority.ts'
import { type CounterMemory, Counters, claimEntry, createCounters } from '@flightplan/runtime/authority/counters.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { openPredictor, type Predictor } from '@flightplan/runtime/serve/predictor.ts'
import { type Case, NOW, type Spent } from './case.ts'
import { compileCase, factsOf } from './world.ts'

export interface Bench {
  engine: Engine
  policy: Policy
  predictor: Predictor
  authority: ProcessAuthority
  now_ms: number
}

export async function openBench(given: Case): Promise<Bench> {
  const now_ms = Date.parse(given.now ?? NOW)
  const files = await compileCase(given, now_ms)
  const snapshot = openSnapshot(Uint8Array.from(fileOf(files, 'snapshot.bin')).buffer)
  const memory = createCounters(1 << 10)
  const authority = openAuthority(snapshot, memory, claimEntries(memory, snapshot))
  authority.at(now_ms)
  for (const [id, spent] of Object.entries(given.spent ?? {})) spend(memory, snapshot, authority, id, spent)
  return {
    engine: openEngine(snapshot, factsOf(given, now_ms)),
    policy: await policyOf(files),
    predictor: await openPredictor(snapshot, artifactsOf(files), unheard),
    authority,
    now_ms,
  }
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name)
  if (!bytes) throw new Error(`the release has no ${name}`)
  return bytes
}

const failed = (text: string): never => {
  throw new Error(text)
}

/** A model that is late or broken shows in the price: its prior. */
const unheard = (): void => {}

/** All cases are judged by one policy, the shipped one: its WASM is opened once. */
let opened: Promise<Policy> | undefined
function policyOf(files: ReadonlyMap<string, Uint8Array>): Promise<Policy> {
  const meta = JSON.parse(new TextDecoder().decode(fileOf(files, 'policy.json'))) as PolicyMeta // a file of the release
  opened ??= loadPolicy(fileOf(files, 'policy.wasm'), meta, { fault: failed })
  return opened
}

function artifactsOf(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const named = [...files].filter(([name]) => name.endsWith('.onnx'))
  return new Map(named.map(([name, bytes]) => [name.replace(/^models\/|\.onnx$/g, ''), bytes]))
}

const UNLIMITED = { daily_nano: Number.NaN, total_nano: Number.NaN, impressions: Number.NaN }
/** Before any day of a case: what was spent then counts in no daily budget of today. */
const DAYS_BEFORE = 30

/** Books what a case says is gone, through the counters' own door. `total` is beside `today`. */
function spend(
  memory: CounterMemory,
  { line_item, campaign, strings }: Snapshot,
  authority: ProcessAuthority,
  id: string,
  { today = '0', total = '0', impressions = 0 }: Spent,
): void {
  const counters = new Counters(memory)
  const rowOf = (ids: Uint32Array, wanted: string) => ids.findIndex(text => strings.get(text) === wanted)
  const isLineItem = id.includes('/')
  const owner = rowOf(campaign.id_str, isLineItem ? id.slice(0, id.indexOf('/')) : id)
  if (owner < 0 || (isLineItem && rowOf(line_item.id_str, id) < 0)) throw new Error(`spent: there is no ${id}`)
  const entry = claimEntry(memory, `${isLineItem ? 'line_item' : 'campaign'}:${id}`)
  const day = authority.day(owner)
  const takes: [number, string][] = [
    [day - DAYS_BEFORE, total],
    [day, today],
  ]
  const made = takes.filter(([, amount]) => amount !== '0')
  for (const [at, amount] of made) counters.take(entry, at, Number(parseNano(amount)), UNLIMITED)
  // Each take counts as an impression.
  for (let taken = made.length; taken < impressions; taken++) counters.take(entry, day, 0, UNLIMITED)
}
