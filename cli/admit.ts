/** `flight admit`: what policies/admission say of a change. */
import { admissionInput, admit as askPolicy, findingDiagnostic } from '@flightplan/compiler/admit/admit.ts'
import { admissionPolicyOf } from '@flightplan/compiler/admit/policy.ts'
import { loadTree } from '@flightplan/compiler/load.ts'
import { ReadFiles } from '@flightplan/compiler/read-files.ts'
import { readTree } from '@flightplan/compiler/read-tree.ts'
import { hasErrors } from '@flightplan/contract/diagnostic.ts'
import { openRego } from '@flightplan/runtime/policy/rego.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { headOf } from './git.ts'
import { treeAt } from './git-tree.ts'
import { counted, type Format, type Output, report } from './output.ts'
import { openRoot } from './root.ts'

export interface AdmitOptions {
  root: string
  base: string
  label: string[]
  author?: string
  approvedBy: string[]
  now?: number
  format: Format
}

export async function admit(output: Output, options: AdmitOptions): Promise<ExitCode> {
  const { format } = options
  const root = openRoot(options.root)
  const base = treeAt(root, options.base)
  const read = new ReadFiles() // what is the same in both trees is read once
  const loaded = loadTree(root)
  const before = readTree(base.loaded, read)
  const after = readTree(loaded, read)
  if (!after.world) return report(output, after.diagnostics, format, root)
  if (!before.world) throw usage(`${options.base} has errors itself, so nothing can be compared with it`)
  // The base judges: a change cannot lift the rule that forbids it. Where the base has none, the new ones do.
  const ofBase = admissionPolicyOf(base.loaded.side)
  const { policy, diagnostics } = ofBase.policy ? ofBase : admissionPolicyOf(loaded.side)
  if (hasErrors(diagnostics)) return report(output, diagnostics, format, root)
  if (!policy) throw usage(`neither ${options.base} nor ${root} has compiled rules in policies/admission`)
  const input = admissionInput(before.world, after.world, {
    plan: null,
    labels: options.label,
    owners: { author: options.author ?? null, approved: options.approvedBy },
    now_ms: options.now ?? headOf(root)?.time_ms ?? base.time_ms,
  })
  const findings = askPolicy(input, await openRego(policy.wasm, policy.entrypoint))
  const worlds = [before.world, after.world] as const
  const found = findings.map(finding => findingDiagnostic(finding, ...worlds))
  report(output, found, format, root)
  const denied = findings.filter(({ level }) => level === 'deny').length
  const { added, removed, changed } = input.diff.line_items
  const change = `line items: ${added.length} added, ${removed.length} removed, ${changed.length} changed`
  output.progress(`${denied > 0 ? 'denied' : 'admitted'}: ${counted(findings.length, 'finding')}; ${change}`)
  return denied > 0 ? EXIT.denied : EXIT.ok
}
