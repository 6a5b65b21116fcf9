/** The generated Rego agrees: real OPA names the same line items for a slot as index and program do. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseFile } from '@flightplan/compiler/parse.ts'
import { targetingRego } from '@flightplan/compiler/rego.ts'
import { resolve } from '@flightplan/compiler/resolve/resolve.ts'
import { validateFile } from '@flightplan/compiler/validate.ts'
import { RESIDUAL } from '@flightplan/contract/snapshot.ts'
import { type Engine, openEngine, select } from '@flightplan/engine/decide.ts'
import { holds, type Terms } from '@flightplan/engine/index/program.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { openSnapshot, type Snapshot } from '@flightplan/engine/snapshot.ts'
import { PERSONAL_FIELDS, type Verdict } from '@flightplan/engine/types.ts'
import { findOpa, runOpa } from '../../../policies/opa.ts'
import { build, type Tree, treeOf } from '../../oracle/build.ts'
import { matched, termsOfSlots } from '../../oracle/index-check.ts'
import { generatedRequests } from '../../oracle/requests.ts'
import { randomScenario, type Scenario, shippedScenario } from '../../oracle/run.ts'

const SEED = 5
const REQUESTS = 300
const inCi = process.env['CI'] === 'true'
const opa = findOpa({ install: inCi })

/** Everything may be used, every second rule is true: the Rego is asked about all that a slot can hold. */
function verdictFor({ meta }: Snapshot, i: number): Verdict {
  const rules = Object.fromEntries(meta.rules.map((name, n) => [name, (n + i) % 2 === 0]))
  return { allow: true, reason: null, use: [...PERSONAL_FIELDS], rules }
}

async function openScenario({ tree, facts, now_ms }: Scenario): Promise<Engine> {
  const bytes = (await build(tree, now_ms)).get('snapshot.bin') ?? new Uint8Array()
  return openEngine(openSnapshot(Uint8Array.from(bytes).buffer), facts)
}

/** Values of a slot by attribute: the texts of its terms, and for intervals a number of the piece that it lies in. */
function valuesOf({ meta, strings, term, bounds }: Snapshot, terms: Terms): Record<string, (string | number)[]> {
  const valueAt = ({ first_term, bounds_at, bounds_n }: (typeof meta.attributes)[number], at: number) => {
    if (bounds_n === 0) return strings.get(term.value_str[at] ?? 0)
    const piece = at - first_term
    return piece === 0 ? (bounds[bounds_at] ?? 0) - 1 : (bounds[bounds_at + piece - 1] ?? 0)
  }
  return Object.fromEntries(meta.attributes.map((one, i) => [one.name, (terms[i] ?? []).map(at => valueAt(one, at))]))
}

function slotsOf(engine: Engine, from_ms: number): Terms[] {
  return generatedRequests(SEED, REQUESTS, from_ms).flatMap(({ exchange, request, now_ms }, i) => {
    const auction = parseAuction(request)
    if (!auction) return []
    return termsOfSlots(
      engine,
      select(engine, () => verdictFor(engine.snapshot, i), exchange, auction, now_ms),
    )
  })
}

/** Ids by the index, where it is exact; by the program where decide would run it too. */
function namesOf(snapshot: Snapshot, terms: Terms): string[] {
  const { residual, program, id_str } = snapshot.line_item
  const inIndex = matched(snapshot, terms)
  const rows = Array.from(program, (at, row) =>
    residual[row] === RESIDUAL.EXACT ? inIndex.has(row) : holds(snapshot, at, terms),
  )
  return rows.flatMap((is, row) => (is ? [snapshot.strings.get(id_str[row] ?? 0)] : [])).sort()
}

function regoOf(tree: Tree): string {
  const { yaml, side } = treeOf(tree)
  const files = yaml.flatMap(source => validateFile(parseFile(source).file).valid ?? [])
  const { world } = resolve({ files, side, rules: null, whole: true })
  assert.ok(world, 'the tree resolves')
  return targetingRego(world)
}

/** One run of OPA for all slots. */
function askOpa(path: string, rego: string, slots: readonly unknown[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'rego-'))
  try {
    writeFileSync(join(folder, 'targeting.rego'), rego)
    writeFileSync(join(folder, 'input.json'), JSON.stringify({ slots }))
    runOpa(path, ['check', '--strict', 'targeting.rego'], folder)
    const query = '[found | some slot in input.slots; found := data.flightplan.targeting.matches with input as slot]'
    const args = ['eval', '--format', 'raw', '--data', 'targeting.rego', '--input', 'input.json', query]
    return JSON.parse(runOpa(path, args, folder)) as string[][] // sets of line item ids
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const skip = !opa && !inCi && 'no OPA: see policies/opa.ts'

async function check(scenario: Scenario): Promise<void> {
  assert.ok(opa, 'CI must have OPA')
  const engine = await openScenario(scenario)
  const slots = slotsOf(engine, scenario.now_ms)
  const inputs = slots.map(terms => ({ values: valuesOf(engine.snapshot, terms) }))
  const found = askOpa(opa, regoOf(scenario.tree), inputs)
  assert.equal(found.length, slots.length)
  const expected = slots.map(terms => namesOf(engine.snapshot, terms))
  assert.ok(expected.flat().length > REQUESTS, 'the campaigns reach too little of the traffic')
  for (const [i, names] of expected.entries()) assert.deepEqual([...(found[i] ?? [])].sort(), names, `slot ${i}`)
}

test(`the generated Rego agrees: campaigns/ (seed ${SEED})`, { skip }, () => check(shippedScenario()))
test(`the generated Rego agrees: a random world (seed ${SEED})`, { skip }, async () =>
  check(await randomScenario(SEED)),
)
