/**
 * May a change merge? Two configurations → the findings of policies/admission, each on its line of YAML. The policy is
 * given as a function, so that this needs no WASM; `diff` and `plan` are data, whoever made them.
 */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { error, warning } from '../diagnostics.ts'
import { keySpanOf, type Place, spanOf, under, type World } from '../resolve/world.ts'
import { type ChangeFacts, compareWorlds } from './facts.ts'
import type { View } from './view.ts'

/** What a rule reads as `input`. */
export interface AdmissionInput {
  old: View
  new: View
  diff: ChangeFacts
  /** Summary of `flight plan`; null where none was made. */
  plan: unknown
  /** `limits` of flightplan.yaml. */
  limits: Record<string, unknown>
  /** Of the pull request. */
  labels: readonly string[]
  owners: { author: string | null; approved: readonly string[] }
  /** Time of the change: that of its commit. */
  now_ms: number
}

export type Circumstances = Pick<AdmissionInput, 'plan' | 'labels' | 'owners' | 'now_ms'>

export interface Finding {
  level: 'deny' | 'advise'
  rule: string
  message: string
  fix: string | null
  /** What it is about: a thing and a path within it. */
  at: { kind: string; id: string; path: (string | number)[] }
}

export function admissionInput(before: World, after: World, circumstances: Circumstances): AdmissionInput {
  const limits = after.flightplan.value.limits ?? {}
  return { ...compareWorlds(before, after), limits, ...circumstances }
}

/**
 * @param evaluate the policy: its entrypoint `findings` over the input
 * @throws Error where the policy fails or answers something else: a change is never admitted by a fault
 */
export function admit(input: AdmissionInput, evaluate: (input: unknown) => unknown): Finding[] {
  const answer = evaluate(input)
  if (!Array.isArray(answer)) throw new Error('the admission policy gave no list of findings')
  const findings = answer.map(readFinding)
  return findings.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

const sortKey = ({ level, at, rule, message }: Finding): string => [level, at.kind, at.id, rule, message].join('\0')

function readFinding(one: unknown): Finding {
  const { level, finding } = recordOf(one)
  const { rule, message, fix, at } = recordOf(finding)
  const { kind, id, path = [] } = recordOf(at)
  const isText = [rule, message, kind, id].every(part => typeof part === 'string')
  if ((level !== 'deny' && level !== 'advise') || !isText || !Array.isArray(path))
    throw new Error(`an admission rule made a finding without rule, message or place: ${JSON.stringify(one)}`)
  const steps = path.map(step => (typeof step === 'number' ? step : String(step)))
  const place = { kind: String(kind), id: String(id), path: steps }
  return { level, rule: String(rule), message: String(message), fix: typeof fix === 'string' ? fix : null, at: place }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** On its line of the new configuration, or of the old one for what is gone. */
export function findingDiagnostic(finding: Finding, before: World, after: World): Diagnostic {
  const { level, rule, message, at } = finding
  const now = placeOf(after, at.kind, at.id)
  const place = now ?? placeOf(before, at.kind, at.id)
  const from = place ?? { file: after.flightplan.file, path: [] }
  // a file as a whole is shown at the key of its kind
  const span =
    at.path.length > 0 || !place
      ? spanOf(under(from, ...at.path))
      : keySpanOf(place.path.length > 0 ? place : under(place, at.kind))
  const notes = now || !place ? [] : [{ message: `it is there in the base only: ${span.file}:${span.start.line}` }]
  const make = level === 'deny' ? error : warning
  const extra = { notes, fix: finding.fix ?? undefined }
  return make(level === 'deny' ? 'FP6101' : 'FP6102', span, `${rule}: ${message}`, extra)
}

function placeOf(world: World, kind: string, id: string): Place | null {
  if (kind === 'line_item') return world.line_items.find(item => item.id === id)?.place ?? null
  if (kind !== 'campaign' && kind !== 'order' && kind !== 'advertiser') return null
  const file = world.kinds[kind].get(id)?.file
  return file ? { file, path: [] } : null
}
