/** `flight synth`: what a cluster needs, from the same repository. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { synthesise } from '@flightplan/cdk8s/app.ts'
import type { EnvironmentName } from '@flightplan/cdk8s/environment.ts'
import { readWorld } from '@flightplan/cdk8s/world.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { counted, type Output } from './output.ts'
import { openRoot } from './root.ts'

export interface SynthOptions {
  root: string
  env: EnvironmentName
  out?: string
  check?: boolean
}

/** Writes a file a chart; with `check` only says which would differ (exit 2). */
export function synth(output: Output, { root: folder, env, out, check }: SynthOptions): ExitCode {
  const root = openRoot(folder)
  const to = out ?? join(root, '.flight/cluster', env)
  const files = synthesise(readWorld(root, env))
  const differing = [...files].filter(([name, text]) => text !== readIfThere(join(to, name)))
  if (check) {
    output.result(differing.map(([name]) => `${join(to, name)}\n`).join(''))
    output.progress(differing.length === 0 ? 'no difference' : `${counted(differing.length, 'file')} would differ`)
    return differing.length === 0 ? EXIT.ok : EXIT.changes
  }
  mkdirSync(to, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(to, name), text)
  output.result([...files.keys()].map(name => `${join(to, name)}\n`).join(''))
  output.progress(`${counted(differing.length, 'file')} of ${files.size} changed; kubectl apply -f ${to}`)
  return EXIT.ok
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
