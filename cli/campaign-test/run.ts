/** All tests of the chosen files, one after the other; what fails becomes diagnostics on the line of the expectation. */

import type { LoadResult } from '@flightplan/compiler/load.ts'
import type { Release } from '@flightplan/compiler/release.ts'
import type { World } from '@flightplan/compiler/resolve/world.ts'
import type { ValidFileOf } from '@flightplan/compiler/validate.ts'
import type { Diagnostic, Span } from '@flightplan/contract/diagnostic.ts'
import type { Output } from '../output.ts'
import { type Bench, openBench } from './bench.ts'
import { questionOf } from './fixture.ts'
import { type Failure, judge } from './judge.ts'

type TestFile = ValidFileOf<'test'>

/** One test, for reports. */
export interface TestResult {
  file: string
  line: number
  name: string
  /** Empty: it passed. */
  diagnostics: Diagnostic[]
}

export interface Subject {
  root: string
  release: Release
  world: World
  side: LoadResult['side']
}

export async function runTests(output: Output, subject: Subject, files: readonly TestFile[]): Promise<TestResult[]> {
  const bench = await openBench(output, subject.root, subject.release)
  const known = new Set(subject.world.line_items.map(({ id }) => id))
  const results: TestResult[] = []
  try {
    for (const file of files)
      for (const name of Object.keys(file.value.cases)) {
        const failures = await runCase(bench, subject, known, file, name)
        results.push(resultOf(file, name, failures))
      }
  } finally {
    await bench.close()
  }
  return results
}

async function runCase(
  bench: Bench,
  { side, world }: Subject,
  known: ReadonlySet<string>,
  file: TestFile,
  name: string,
): Promise<Failure[]> {
  const { campaign, cases } = file.value
  if (campaign !== undefined && !world.campaigns.has(campaign))
    return [{ code: 'FP6002', path: ['campaign'], message: `there is no campaign "${campaign}"` }]
  const asked = questionOf(file, name, bench, side)
  if ('code' in asked) return [asked]
  const seen = { ...(await bench.ask(asked)), debug: bench.debug, rows: bench.rows, known }
  const full = (item: string) => (item.includes('/') || campaign === undefined ? item : `${campaign}/${item}`)
  return judge(cases[name]!.expect, ['cases', name, 'expect'], seen, full) // the caller goes through its keys
}

function resultOf({ file, value }: TestFile, name: string, failures: readonly Failure[]): TestResult {
  const diagnostics = failures.map(({ code, path, message, notes = [], fix }): Diagnostic => {
    // a case as a whole is shown at its name, not at what it begins with
    const span: Span = path.length === 2 ? file.keyAt(path) : file.at(path)
    const texts = notes.map(text => ({ message: text }))
    const shown = `${value.test}/${name}: ${message}`
    return { code, severity: 'error', span, message: shown, notes: texts, ...(fix === undefined ? {} : { fix }) }
  })
  return { file: file.path, line: file.keyAt(['cases', name]).start.line, name: `${value.test}/${name}`, diagnostics }
}
