/**
 * World → snapshot: targeting to an index, creatives to templates, the rest to columns. No I/O; the same world gives
 * the same bytes.
 */
import { writeSections } from '@flightplan/contract/columns.ts'
import type { DebugColumns } from '@flightplan/contract/debug.ts'
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import {
  LIST_MEMBER,
  type ModelMeta,
  RESIDUAL,
  SNAPSHOT_FORMAT,
  type SnapshotMeta,
} from '@flightplan/contract/snapshot.ts'
import type { World } from '../resolve/world.ts'
import { debugColumns } from './debug.ts'
import { buildDictionary } from './dictionary.ts'
import { attributesMeta, layOut } from './layout.ts'
import { membersOf, writeMembers } from './lists.ts'
import {
  audiencesMeta,
  circlesMeta,
  dealsMeta,
  limitsMeta,
  listsMeta,
  type Named,
  planningRatesMeta,
  valuesOf,
} from './meta.ts'
import { StringPool } from './pools.ts'
import { buildIndex, type Index } from './postings.ts'
import { Rows } from './rows.ts'
import { sectionsOf } from './sections.ts'
import { type Targeted, Targets } from './target-all.ts'

/** Models as the snapshot names them, with the weights of those that are lowered. */
export interface LoweredModels {
  metas: ModelMeta[]
  weights: ReadonlyMap<string, Float32Array>
}
export interface Lowered {
  bytes: Uint8Array
  meta: SnapshotMeta
  /** Places of predicates and rows: a file of its own, so that a comment's edit leaves the snapshot as it is. */
  debug(commit: string): DebugColumns
  diagnostics: Diagnostic[]
  counts: Record<string, number>
}

/** @param targets what a resident compiler keeps of its line items */
export function lower(world: World, models: LoweredModels, targets = new Targets()): Lowered {
  const targeted = targets.all(world)
  const layout = layOut(targeted, membersOf(world, targeted))
  const { vocabulary } = targeted.pool
  const attributes = attributesMeta(vocabulary, layout)
  const index = buildIndex(targeted, layout, attributes)
  const named = { vocabulary, layout }
  writeMembers(world, named, index)
  const strings = new StringPool()
  const texts = nameTerms(index, named, attributes, strings)
  const rows = new Rows(targeted, layout, strings, models.metas)
  const meta = metaOf(world, named, rows, index, targeted, attributes, models.metas)
  const sections = new Map<string, ArrayBufferView>([
    ['meta', new TextEncoder().encode(JSON.stringify(meta))],
    ...Object.entries(strings.sections()),
    ['dictionary', buildDictionary(attributes, texts)],
    ['bounds', joined(layout.order.map(attribute => layout.bounds[attribute]!))], // order holds numbers of the layout
    ...rows.sections(),
    ['conjunction_line_item', lineItemsOf(targeted)],
    ['postings', index.postings.view()],
    ['bitmaps', index.bitmaps.view()],
    ['open_blocks', index.open_blocks],
    ...sectionsOf('term', index.terms),
    ...models.metas.flatMap(({ id }) => weightSection(id, models.weights)),
  ])
  return {
    bytes: writeSections(sections),
    meta,
    debug: commit => debugColumns(commit, targeted, rows.places),
    diagnostics: targeted.diagnostics,
    counts: countsOf(world, targeted, index, attributes),
  }
}

/** Fills in the text of each term; returns them all, null for pieces of intervals. */
function nameTerms({ terms }: Index, named: Named, attributes: SnapshotMeta['attributes'], strings: StringPool) {
  const texts = new Array<string | null>(terms.value_str.length).fill(null)
  for (const { name } of attributes)
    for (const { text, term } of valuesOf(named, name)) {
      texts[term] = text
      terms.value_str[term] = strings.id(text)
    }
  return texts
}

function metaOf(
  world: World,
  named: Named,
  rows: Rows,
  index: Index,
  targeted: Targeted,
  attributes: SnapshotMeta['attributes'],
  models: ModelMeta[],
): SnapshotMeta {
  return {
    format: SNAPSHOT_FORMAT,
    vendor_id: world.flightplan.value.vendor_id,
    attributes,
    conjunctions: targeted.conjunctions,
    words: index.words,
    zones: rows.zones,
    orders: rows.orders,
    advertisers: rows.advertisers,
    deals: dealsMeta(world, named),
    audiences: audiencesMeta(world, named),
    circles: circlesMeta(named),
    lists: listsMeta(named),
    exchanges: [...world.kinds.exchange.values()].map(exchange => exchange.value),
    models,
    rules: valuesOf(named, 'rule').map(({ text }) => text),
    limits: limitsMeta(world),
    planning_rates: planningRatesMeta(world),
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

function weightSection(id: string, weights: LoweredModels['weights']): [string, ArrayBufferView][] {
  const found = weights.get(id)
  return found ? [[`model.${id}.weights`, found]] : []
}

/** Line item by conjunction. */
function lineItemsOf({ items, conjunctions }: Targeted): Uint32Array {
  const out = new Uint32Array(conjunctions)
  let next = 0
  items.forEach(({ conjunctions: n }, i) => {
    out.fill(i, next, next + n)
    next += n
  })
  return out
}

function countsOf(
  world: World,
  targeted: Targeted,
  index: Index,
  attributes: SnapshotMeta['attributes'],
): Record<string, number> {
  return {
    campaigns: world.campaigns.size,
    line_items: world.line_items.length,
    line_items_active: targeted.items.length,
    line_items_residual: targeted.items.filter(item => item.residual !== RESIDUAL.EXACT).length,
    creatives: world.creatives.size,
    deals: world.kinds.deal.size,
    exchanges: world.kinds.exchange.size,
    attributes: attributes.filter(({ name }) => name !== LIST_MEMBER).length,
    conjunctions: targeted.conjunctions,
    terms: index.terms.value_str.length,
    postings: index.postings.length,
  }
}
