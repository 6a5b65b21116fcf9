/**
 * `npm run nightly`: the long forms, one after the other, each with its own output; the last lines say what passed.
 * `npm run nightly -- oracle bench` runs some of them.
 */
import { spawnSync } from 'node:child_process'

interface Suite {
  name: string
  args: string[]
  environment?: Record<string, string>
}

/** Another sample every day; the seed is printed, so that a run can be repeated. */
const MUTATION_SEED = String(Math.floor(Date.now() / 86_400_000))

const SUITES: Suite[] = [
  { name: 'policies', args: ['policies/build.ts', '--check'] },
  { name: 'oracle', args: ['--test', 'lab/test/oracle/agreement.test.ts'], environment: { ORACLE: 'long' } },
  { name: 'conformance', args: ['--test', 'lab/test/conformance/*.test.ts'], environment: { CONFORMANCE: 'long' } },
  { name: 'backtests', args: ['--test', 'lab/test/worlds/backtest.test.ts'], environment: { BACKTESTS: '200' } },
  { name: 'yaml', args: ['--test', 'compiler/test/yaml.test.ts'], environment: { FUZZ_RUNS: '300000' } },
  { name: 'http', args: ['--test', 'runtime/test/http/smuggling.test.ts'], environment: { FUZZ_CASES: '30000' } },
  {
    name: 'mutation',
    args: ['lab/mutation/main.ts', '--mutants', '300', '--minutes', '30', '--seed', MUTATION_SEED],
  },
  { name: 'plan', args: ['lab/bench/plan.ts'] },
  { name: 'pacing', args: ['--test', 'lab/test/simulate/scenario.test.ts'], environment: { SIMULATE: 'long' } },
  { name: 'shading', args: ['--test', 'lab/test/shading/landscapes.test.ts'], environment: { SHADING: 'long' } },
  { name: 'fleet', args: ['--test', 'lab/test/fleet/*.test.ts'], environment: { FLEET: 'long' } },
  { name: 'rollout', args: ['--test', 'lab/test/rollout/*.test.ts'], environment: { FLEET: 'long' } },
  { name: 'reports', args: ['--test', 'lab/test/events/speed.test.ts'], environment: { EVENTS: '50000000' } },
  { name: 'curves', args: ['lab/rollout/curves.ts'] },
  { name: 'bench', args: ['lab/bench/main.ts', '--write'] },
]

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !SUITES.some(suite => suite.name === name))
if (unknown.length > 0) {
  process.stderr.write(`no such suite: ${unknown.join(', ')}; there are ${SUITES.map(({ name }) => name).join(', ')}\n`)
  process.exit(64)
}

const failed = SUITES.filter(({ name }) => asked.length === 0 || asked.includes(name)).filter(run)
const passed = (asked.length || SUITES.length) - failed.length
process.stdout.write(`\nnightly: ${passed} passed, ${failed.length} failed\n`)
for (const { name } of failed) process.stdout.write(`  failed: ${name}\n`)
process.exit(failed.length > 0 ? 1 : 0)

/** True when it failed. */
function run({ name, args, environment }: Suite): boolean {
  process.stdout.write(`\n== ${name}: node ${args.join(' ')}\n`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
  return status !== 0
}
