/** Real mutants in real processes: of a file beside this one, and of one of the project in a copy of the project. */
import assert from 'node:assert/strict'
import { lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { type Mutant, mutantsOf } from '../../mutation/mutants.ts'
import { copyProject } from '../../mutation/project.ts'
import { baseline, type Outcome, runJob, runMutant } from '../../mutation/run.ts'

const ROOT = realpathSync(join(import.meta.dirname, '../../..'))
const copy = copyProject(ROOT)
after(() => rmSync(dirname(copy), { recursive: true, force: true }))

const SMALL = 'lab/test/mutation/small'
const LIMIT_MS = [4000]

function mutantThat(file: string, becomes: string): Mutant {
  const mutants = mutantsOf(file, readFileSync(join(copy, file), 'utf8'))
  const found = mutants.find(({ after }) => after === becomes)
  assert.ok(found, `no mutant of ${file} becomes: ${becomes}`)
  return found
}

const runSmall = (becomes: string): Promise<Outcome> =>
  runMutant(copy, [[`${SMALL}/test/larger.check.ts`]], mutantThat(`${SMALL}/larger.ts`, becomes), LIMIT_MS)

test('a mutant that a test sees is killed, by that test', async () => {
  const { state, by } = await runSmall('return a <= b ? a : b')
  assert.deepEqual([state, by], ['killed', 'the larger of two'])
})

test('a mutant that means the same survives', async () => {
  const { state } = await runSmall('return a >= b ? a : b')
  assert.equal(state, 'survived')
})

test('a mutant that never ends is stopped', async () => {
  const { state } = await runSmall('while (count !== n) count -= 1')
  assert.equal(state, 'timeout')
})

test('a copy runs its own code: a mutant of the compiler is killed by the first stage that can see it', async () => {
  const file = 'compiler/lower/daypart.ts'
  const stages = [['lab/test/mutation/small/test/larger.check.ts'], ['compiler/test/lower-units.test.ts']]
  assert.equal((await baseline(copy, stages)).length, 2)
  const seen = await runMutant(copy, stages, mutantThat(file, 'return end > WEEK_MIN'), [])
  assert.deepEqual([seen.state, seen.stages_ms.length], ['killed', 2])
})

test('packages of ours are links inside of the copy, and the checkout is as it was', () => {
  assert.equal(realpathSync(join(copy, 'node_modules/@flightplan/compiler')), join(copy, 'compiler'))
  assert.ok(!lstatSync(join(copy, 'node_modules')).isSymbolicLink())
  const path = 'compiler/lower/daypart.ts'
  assert.ok(readFileSync(join(ROOT, path)).equals(readFileSync(join(copy, path))))
})

test('tests that fail without any mutant are told', async () => {
  const stages = [[`${SMALL}/test/larger.check.ts`]]
  const edit = mutantThat(`${SMALL}/larger.ts`, 'return a <= b ? a : b')
  assert.equal((await runJob({ root: copy, stages, file: null, edit: null }, [])).state, 'survived')
  assert.equal((await runJob({ root: copy, stages, file: edit.file, edit }, [])).state, 'killed')
  await assert.rejects(baseline(copy, [['lab/test/mutation/small/none.ts']]), /the tests fail without any mutant/)
})
