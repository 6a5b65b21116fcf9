/**
 * One mutant in a process of its own: its file is changed as it is loaded, and test files are imported stage by stage
 * into this one process (a process per file would spend its time on start-up). The reporter ends it at the first failure.
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { applied } from './mutants.ts'
import type { Job } from './run.ts'

const { root, stages, file, edit } = JSON.parse(process.argv[2] ?? '') as Job // run.ts wrote it
const urlOf = (path: string) => pathToFileURL(join(root, path)).href

if (file !== null && edit !== null) {
  const mutated = urlOf(file)
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      return url === mutated ? { ...loaded, source: applied(String(loaded.source), edit) } : loaded
    },
  })
}

// which input fails first is enough: nobody reads the smallest
fc.configureGlobal({ endOnFailure: true })

for (const [stage, files] of stages.entries()) {
  process.send?.({ stage })
  for (const path of files) await import(urlOf(path))
  await new Promise<void>(resolve => void test('end of the stage', () => resolve()))
}
