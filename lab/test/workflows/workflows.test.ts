/** The workflows: accepted by actionlint, pinned, with the least rights, and made of what also runs here. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '../../..')
const FOLDER = join(ROOT, '.github/workflows')
const NAMES = readdirSync(FOLDER)
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

interface Job {
  permissions?: Record<string, string>
  'timeout-minutes'?: number
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[]
}
interface Workflow {
  permissions?: unknown
  concurrency?: { group: string }
  jobs: Record<string, Job>
}
const read = (name: string) => parse(readFileSync(join(FOLDER, name), 'utf8')) as Workflow
const hasActionlint = spawnSync('actionlint', ['-version']).status === 0

test('actionlint finds nothing', {
  skip: hasActionlint || process.env['CI'] === 'true' ? false : 'no actionlint on the PATH',
}, () => {
  const { status, stdout, stderr } = spawnSync('actionlint', ['-no-color', ...NAMES.map(name => join(FOLDER, name))], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout + stderr)
})

for (const name of NAMES) {
  const workflow = read(name)
  const steps = Object.values(workflow.jobs).flatMap(job => job.steps)

  test(`${name}: rights are given job by job, time is bounded, runs do not overlap`, () => {
    assert.deepEqual(workflow.permissions, {})
    assert.ok(workflow.concurrency?.group)
    for (const job of Object.values(workflow.jobs)) {
      assert.ok(job.permissions && job['timeout-minutes'])
      assert.equal(job.permissions['contents'], 'read')
      assert.equal(job.permissions['id-token'], undefined)
    }
  })

  test(`${name}: every action is pinned to a commit, its version beside it, and leaves no token behind`, () => {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    const uses = [...text.matchAll(/uses: (\S+)(.*)/g)]
    assert.equal(uses.length, steps.filter(step => step.uses).length)
    for (const [, action, comment] of uses) {
      assert.match(action ?? '', /^[a-z-]+\/[a-z/-]+@[0-9a-f]{40}$/)
      assert.match(comment ?? '', /^ # v\d+\.\d+\.\d+$/)
    }
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      assert.equal(step.with?.['persist-credentials'], false)
  })

  test(`${name}: every step is a script of the repository, and takes nothing from the event but through the environment`, () => {
    for (const { run } of steps) {
      if (run === undefined) continue
      assert.doesNotMatch(run, /\$\{\{/, 'an expression in a script is an injection')
      const script = /^npm run (?:--silent )?(\S+)/.exec(run)?.[1]
      if (script !== undefined) assert.ok(scripts[script], `no script ${script}`)
      else if (run.startsWith('.ci/')) assert.ok(existsSync(join(ROOT, run)))
      else assert.match(run, /^(npm ci --no-audit --no-fund|gh pr comment .+)$/)
      const verb = /^npm run --silent flight -- (\S+)/.exec(run)?.[1]
      if (verb !== undefined) assert.match(helpOf(verb), new RegExp(`^Usage: flight ${verb}`), run)
    }
  })
}

const helps = new Map<string, string>()
function helpOf(verb: string): string {
  const known = helps.get(verb)
  if (known !== undefined) return known
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'cli/flight.mjs'), verb, '--help'], { encoding: 'utf8' })
  helps.set(verb, stdout)
  return stdout
}
