/** `npm test`: style, types, then every test of the workspaces, two files at a time. `npm test -- engine` runs a part. */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const WORKSPACES = ['contract', 'engine', 'compiler', 'runtime', 'cli', 'lab', 'policies', 'models', 'cdk8s']
/** No file takes two minutes: one that takes ten hangs, and is to fail with its name. */
const FILE_MS = 600_000
const asked = process.argv.slice(2)

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const folders = asked.length > 0 ? asked : WORKSPACES
const files = folders.flatMap(folder =>
  globSync(`${folder}/**/test/**/*.test.ts`, { exclude: path => path === 'node_modules' }),
)
if (files.length === 0) {
  process.stderr.write(`no test files under ${folders.join(', ')}\n`)
  process.exit(1)
}
if (asked.length === 0) {
  run('biome', ['ci', '--error-on-warnings', '.'])
  run('tsc', ['--noEmit'])
}
run(process.execPath, [
  '--test',
  '--test-concurrency=2',
  `--test-timeout=${FILE_MS}`,
  '--test-reporter=spec',
  ...files.sort(),
])
