import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CompileResult, compileTree, nothingKept } from '@flightplan/compiler/compile.ts'
import { notReducing } from '@flightplan/compiler/diff/reducing.ts'
import type { PolicyMeta } from '@flightplan/contract/release.ts'
import { loadPolicy } from '@flightplan/runtime/policy/policy.ts'
import { treeOf } from '../../oracle/build.ts'
import { generatedRequests } from '../../oracle/requests.ts'
import { MONDAY_MS, randomScenario } from '../../oracle/run.ts'
import type { SourceFile } from '../../oracle/world.ts'
import { EDITS, edited } from '../../rollout/edits.ts'
import { type Offers, openOffers } from '../../rollout/offers.ts'
import { Random } from '../../traffic/random.ts'

const SEED = Number(process.env['SEED'] ?? 20_270_304)
const LONG = process.env['FLEET'] === 'long'
const [WORLDS, ROUNDS, REQUESTS] = LONG ? [10, 20, 400] : [3, 4, 200]

test(`what the compiler says can only reduce does: ${WORLDS} worlds, ${EDITS.length} kinds of change (seed ${SEED})`, async t => {
  const told = new Map(EDITS.map(({ name }) => [name, { proved: 0, refused: 0, grew: 0 }]))
  for (let world = 0; world < WORLDS; world++) {
    const { sources, facts } = await randomScenario(SEED + world)
    const requests = generatedRequests(SEED + world, REQUESTS, MONDAY_MS)
    const kept = nothingKept()
    const build = (files: readonly SourceFile[]) => compileTree(treeOf(files), { now_ms: MONDAY_MS }, kept)
    const offersOf = async ({ release }: CompileResult): Promise<Offers[]> => {
      const file = (name: string): Uint8Array => release?.files.get(name) ?? new Uint8Array()
      const meta = JSON.parse(Buffer.from(file('policy.json')).toString()) as PolicyMeta // the compiler wrote it
      const policy = await loadPolicy(file('policy.wasm'), meta, { fault: assert.fail })
      return requests.map(openOffers(file('snapshot.bin'), facts, policy))
    }
    const base = await build(sources)
    assert.ok(base.world)
    const before = await offersOf(base)
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, edit] of EDITS.entries()) {
        const random = new Random(SEED + world, round * EDITS.length + i)
        const files = edited(random, sources, edit)
        const head = files && (await build(files))
        if (!head?.world) continue // it does not apply there, or makes a fault
        const refused = notReducing(base.world, head.world)
        const grown = growth(before, await offersOf(head))
        const counts = told.get(edit.name)! // made of the same list
        if (edit.reduces === true) assert.deepEqual(refused, [], edit.name)
        if (edit.reduces === false) assert.notDeepEqual(refused, [], edit.name)
        if (refused.length === 0) assert.deepEqual(grown, [], `${edit.name} in world ${world}, round ${round}`)
        refused.length === 0 ? counts.proved++ : counts.refused++
        if (grown.length > 0) counts.grew++
      }
  }
  for (const [name, { proved, refused, grew }] of told)
    t.diagnostic(`${name}: proved ${proved}, refused ${refused}, more offers in ${grew}`)
  const sum = (of: 'proved' | 'grew') => [...told.values()].reduce((total, counts) => total + counts[of], 0)
  assert.ok(sum('proved') >= 8 * WORLDS * ROUNDS, 'changes that reduce are proved')
  assert.ok(
    [...told].every(([, { proved, refused }]) => proved + refused > 0),
    'each kind of change was tried',
  )
  assert.ok(sum('grew') >= WORLDS * ROUNDS, 'and such as do not were among those refused')
})

/** Offers that were not there before, or lower. */
function growth(before: readonly Offers[], after: readonly Offers[]): string[] {
  return after.flatMap((offers, i) =>
    [...offers].flatMap(([key, price]) =>
      price > (before[i]?.get(key) ?? 0) ? [`request ${i}: ${key} at ${price}`] : [],
    ),
  )
}
