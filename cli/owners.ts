/** `flight owners`: CODEOWNERS from `owner:`; `--check` only compares. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadTree } from '@flightplan/compiler/load.ts'
import { CODEOWNERS, codeowners } from '@flightplan/compiler/owners.ts'
import { readTree } from '@flightplan/compiler/read-tree.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Output, pathFromHere, report } from './output.ts'
import { openRoot } from './root.ts'

export function owners(output: Output, options: { root: string; check?: boolean }): ExitCode {
  const root = openRoot(options.root)
  const { world, diagnostics } = readTree(loadTree(root))
  if (!world) return report(output, diagnostics, 'pretty', root)
  const path = join(root, CODEOWNERS)
  const present = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const wanted = codeowners(world, present)
  if (wanted === present) return EXIT.ok
  output.result(`${pathFromHere(root, CODEOWNERS)}\n`)
  if (options.check) {
    output.progress('not what `owner:` says: run `flight owners` and commit the result')
    return EXIT.findings
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, wanted)
  return EXIT.ok
}
