/** Valid files → World: every reference followed, every default filled in, and every fault that needs more than one file. */
import { compareDiagnostics, type Diagnostic, hasErrors } from '@flightplan/contract/diagnostic.ts'
import type { SourceFile } from '../load.ts'
import { lineItemsFrom } from '../sheet/line-items-from.ts'
import type { ValidFile } from '../validate.ts'
import { checkAdvertisers } from './advertisers.ts'
import { resolveCampaigns } from './campaigns.ts'
import { checkWheres } from './check-where.ts'
import { collect } from './collect.ts'
import type { Context } from './context.ts'
import { resolveCreatives } from './creatives.ts'
import { checkDeals } from './deals.ts'
import { checkExchanges } from './exchanges.ts'
import { KeptParts, type Resolved } from './kept.ts'
import { resolveLineItems } from './line-items.ts'
import { resolveLists } from './lists.ts'
import type { World } from './world.ts'

export interface ResolveInput {
  files: readonly ValidFile[]
  side: ReadonlyMap<string, SourceFile>
  /** Rego rules that YAML may name; null when no policy is compiled. */
  rules: ReadonlySet<string> | null
  /** False when some file could not be read: what refers to it would be blamed for its fault. */
  whole: boolean
  /** Of a resident compiler. */
  resolved?: Resolved
}

/** @returns world: null when there is an error */
export function resolve({ files, side, rules, whole, resolved }: ResolveInput): {
  world: World | null
  diagnostics: Diagnostic[]
} {
  const sheets = lineItemsFrom(files, side)
  const collected = collect([...files, ...sheets.files])
  const { kinds, flightplan } = collected
  const diagnostics = [...sheets.diagnostics, ...collected.diagnostics]
  const context: Context = { kinds, flightplan, side, rules, whole, kept: new KeptParts(), diagnostics }
  if (resolved) context.kept = resolved.partsFor(context)
  if (!flightplan && whole) context.diagnostics.push(noFlightplan())
  checkAdvertisers(context)
  checkExchanges(context)
  checkDeals(context)
  checkWheres(context, collected.lineItems.values())
  const campaigns = resolveCampaigns(context)
  const creatives = resolveCreatives(context)
  const lists = resolveLists(context)
  const line_items = resolveLineItems(context, { campaigns, creatives }, collected.lineItems)
  diagnostics.sort(compareDiagnostics)
  const complete = flightplan !== null && !hasErrors(diagnostics)
  return { world: complete ? { flightplan, kinds, campaigns, creatives, line_items, lists } : null, diagnostics }
}

function noFlightplan(): Diagnostic {
  const start = { line: 1, col: 1, offset: 0 }
  return {
    code: 'FP3028',
    severity: 'error',
    span: { file: 'flightplan.yaml', start, end: start },
    message: 'the root has no flightplan.yaml',
    notes: [],
    fix: 'add one: `flightplan: 1` and `vendor_id: …`',
  }
}
