/** The request policies with a rule that burns time, compiled as a pull request would: a release that decides slowly. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildPolicies } from '../../policies/build.ts'

const rule = (steps: number): string => `package flightplan.rules

default slow := false

# Reads a field that differs from request to request, so that no memo helps.
slow if {
	count([x | some x in numbers.range(1, ${steps}); x % 7 == count(input.device.os) % 7]) < 0
}
`

/** @param steps of the loop @throws Error where it does not build */
export function slowPolicies(from: string, to: string, steps: number, opa: string): string {
  cpSync(from, to, { recursive: true })
  writeFileSync(join(to, 'slow.rego'), rule(steps))
  const { files, faults } = buildPolicies(to, opa)
  if (faults[0]) throw new Error(JSON.stringify(faults[0]))
  rmSync(join(to, 'compiled'), { recursive: true, force: true })
  for (const [name, bytes] of files) {
    const path = join(to, 'compiled', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
  return to
}
