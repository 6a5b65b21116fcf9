/**
 * What the resolver keeps between the runs of a resident compiler. Files that did not change are the same objects in the
 * next run, so what was made of them holds as long as everything else that it was made of does.
 */
import { type Diagnostic, hasErrors } from '@flightplan/contract/diagnostic.ts'
import { dealTerm } from '../lower/targeting.ts'
import type { ValidFile } from '../validate.ts'
import type { Context } from './context.ts'
import type { CampaignNode, CreativeNode, LineItemNode } from './world.ts'

/** Sound results by the file that they were made of. Faults are found anew each time: their advice names other files. */
export class Memo<V> {
  readonly #known = new WeakMap<ValidFile, { value: V; diagnostics: readonly Diagnostic[] }>()

  /** @param isCurrent whether what the value was made of, beside the file and {@link facesOf}, is still there */
  of(context: Context, file: ValidFile, isCurrent: (value: V) => boolean, make: (context: Context) => V): V {
    const known = this.#known.get(file)
    if (known && isCurrent(known.value)) {
      context.diagnostics.push(...known.diagnostics)
      return known.value
    }
    const diagnostics: Diagnostic[] = []
    const value = make({ ...context, diagnostics })
    context.diagnostics.push(...diagnostics)
    if (!hasErrors(diagnostics)) this.#known.set(file, { value, diagnostics })
    return value
  }
}

/** Line items of one file with all that they refer to. */
export interface KeptItems {
  nodes: readonly LineItemNode[]
  campaign: CampaignNode
  creatives: ReadonlySet<CreativeNode>
  deals: ReadonlySet<LineItemNode['deals'][number]>
}

/** `tag` and `source` are blob ids of files that are no YAML. */
export class KeptParts {
  readonly wheres = new Memo<null>()
  readonly campaigns = new Memo<CampaignNode | null>()
  readonly creatives = new Memo<{ node: CreativeNode | null; tag: string | undefined }>()
  readonly lists = new Memo<{ members: string[]; source: string | undefined }>()
  readonly lineItems = new Memo<KeptItems | null>()
}

/** All that a resident compiler keeps of resolving. */
export class Resolved {
  #faces: ReadonlySet<string> = new Set()
  #parts = new KeptParts()

  /**
   * A tree that cannot be read whole leaves references unjudged: nothing of it is kept. What is added to the rest of the
   * tree takes nothing from what was sound without it.
   */
  partsFor(context: Context): KeptParts {
    if (!context.whole) return new KeptParts()
    const faces = facesOf(context)
    if (!this.#faces.isSubsetOf(faces)) this.#parts = new KeptParts()
    this.#faces = faces
    return this.#parts
  }
}

/** What campaigns, line items and creatives can see of the files that they only name: a change of it drops all parts. */
function facesOf({ kinds, flightplan, rules }: Context): ReadonlySet<string> {
  const ids = ['conversion', 'exchange', 'inventory_list'] as const
  const models = [...kinds.model.values()].map(({ id, value }) => [id, value.predicts, value.used_by])
  return new Set([
    ...ids.flatMap(kind => [...kinds[kind].keys()].map(id => `${kind} ${id}`)),
    ...kinds.audience.values().map(({ id, value }) => `audience ${id} ${value.from.profile !== undefined}`),
    ...kinds.deal.values().map(({ id, value }) => `deal ${id} ${dealTerm(value)}`),
    ...(rules ? [...rules].map(rule => `rule ${rule}`) : ['any rule']),
    `models ${JSON.stringify(models)}`,
    `flightplan ${JSON.stringify([flightplan?.value.limits, flightplan?.value.planning_rates])}`,
  ])
}
