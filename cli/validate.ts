/** `flight validate`: every fault that the compiler finds without running the release. */
import { compile } from '@flightplan/compiler/compile.ts'
import { summary } from '@flightplan/compiler/render/pretty.ts'
import type { ExitCode } from './exit.ts'
import { type Format, type Output, report } from './output.ts'
import { below, openRoot } from './root.ts'

interface Options {
  root: string
  format: Format
}

export async function validate(output: Output, paths: readonly string[], options: Options): Promise<ExitCode> {
  const root = openRoot(options.root)
  const chosen = below(root, paths)
  const began = performance.now()
  const { diagnostics, counts } = await compile(root, { now_ms: 0 }) // the release is not kept, so its time does not matter
  const found = diagnostics.filter(({ span }) => chosen(span.file))
  const code = report(output, found, options.format, root)
  const others = diagnostics.length - found.length
  const elsewhere = others > 0 ? `; ${others} more outside of ${paths.join(' ')}` : ''
  const items = counts['line_items'] === undefined ? '' : `, ${counts['line_items']} line items`
  output.progress(`${summary(found)}${elsewhere}${items}, ${Math.round(performance.now() - began)} ms`)
  return code
}
