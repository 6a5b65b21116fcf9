/** `flight test`: the campaigns' own tests, run through the release that these files make. */
import { compileTree } from '@flightplan/compiler/compile.ts'
import { loadTree } from '@flightplan/compiler/load.ts'
import { readTree } from '@flightplan/compiler/read-tree.ts'
import { runTests, type TestResult } from './campaign-test/run.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { counted, type Format, type Output, pathFromHere, report } from './output.ts'
import { below, openRoot } from './root.ts'

interface Options {
  root: string
  format: Format
}
const TEST_VERSION = 1

export async function testCampaigns(output: Output, paths: readonly string[], options: Options): Promise<ExitCode> {
  const root = openRoot(options.root)
  const chosen = below(root, paths)
  const loaded = loadTree(root)
  const { world, files, diagnostics } = readTree(loaded)
  const { release, diagnostics: found } = await compileTree(loaded, { now_ms: 0 }) // its time does not matter
  if (!world || !release) return report(output, found.length > 0 ? found : diagnostics, options.format, root)
  const tests = files.flatMap(file => (file.kind === 'test' && chosen(file.file.path) ? [file] : []))
  const results = await runTests(output, { root, release, world, side: loaded.side }, tests)
  const failed = results.filter(result => result.diagnostics.length > 0)
  tell(output, results, options, root)
  const from = `${counted(results.length, 'test')} in ${counted(tests.length, 'file')}`
  output.progress(`${from}: ${results.length - failed.length} passed, ${failed.length} failed`)
  if (results.length === 0) output.progress('write one: a file that begins with `test: <id>`; see docs/yaml.md')
  return failed.length > 0 ? EXIT.findings : EXIT.ok
}

function tell(output: Output, results: readonly TestResult[], { format }: Options, root: string): void {
  const diagnostics = results.flatMap(result => result.diagnostics)
  if (format === 'json') return void output.result(asJson(results))
  if (format === 'pretty')
    for (const { file, line, name, diagnostics: faults } of results)
      output.result(`${faults.length > 0 ? 'FAIL' : 'ok  '} ${name}  ${pathFromHere(root, file)}:${line}\n`)
  if (format !== 'pretty' || diagnostics.length > 0) report(output, diagnostics, format, root)
}

function asJson(results: readonly TestResult[]): string {
  const tests = results.map(({ diagnostics, ...test }) => ({ ...test, passed: diagnostics.length === 0 }))
  const failed = tests.filter(({ passed }) => !passed).length
  const diagnostics = results.flatMap(result => result.diagnostics)
  const all = { schemaVersion: TEST_VERSION, passed: tests.length - failed, failed, tests, diagnostics }
  return `${JSON.stringify(all, null, 2)}\n`
}
