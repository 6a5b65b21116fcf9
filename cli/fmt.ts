/** `flight fmt`: rewrites YAML in the one form; `--check` only names the files that differ. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from '@flightplan/compiler/fmt.ts'
import { loadTree, type SourceFile } from '@flightplan/compiler/load.ts'
import { parseFile } from '@flightplan/compiler/parse.ts'
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { counted, type Output, pathFromHere, report } from './output.ts'
import { below, openRoot } from './root.ts'

interface Options {
  root: string
  check?: boolean
}

export function fmt(output: Output, paths: readonly string[], options: Options): ExitCode {
  const root = openRoot(options.root)
  const { yaml, diagnostics } = loadTree(root)
  const chosen = below(root, paths)
  const files = yaml.filter(file => chosen(file.path))
  const faults = diagnostics.filter(({ span }) => chosen(span.file))
  const changed = files.filter(file => reformat(root, file, options.check === true, faults))
  for (const file of changed) output.result(`${pathFromHere(root, file.path)}\n`)
  const done = options.check ? 'to be formatted' : 'formatted'
  output.progress(`${counted(changed.length, 'file')} of ${files.length} ${done}`)
  if (faults.length > 0) return report(output, faults, 'pretty', root)
  return options.check && changed.length > 0 ? EXIT.findings : EXIT.ok
}

/** True when the file is not in the one form. Faults of its text are added to `faults`. */
function reformat(root: string, file: SourceFile, check: boolean, faults: Diagnostic[]): boolean {
  const parsed = parseFile(file)
  faults.push(...parsed.diagnostics)
  if (parsed.diagnostics.length > 0) return false
  const text = format(parsed.file.text)
  if (text === null || text === parsed.file.text) return false
  if (!check) replace(join(root, file.path), text)
  return true
}

/** By rename: an interrupt leaves the old file or the new one, never half of it. */
function replace(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, text)
  renameSync(draft, path)
}
