/**
 * Targeting of every line item, in rank order: its program, and the conjunctions that the index holds for it. Lowering
 * one costs 20 µs, so what was lowered is kept as numbers of a pool for as long as its node stays the same object.
 */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { RESIDUAL } from '@flightplan/contract/snapshot.ts'
import { error, warning } from '../diagnostics.ts'
import { keySpanOf, type LineItemNode, spanOf, under, type World } from '../resolve/world.ts'
import { type Conjunction, type Contradiction, isContradiction, toConjunction } from './conjunction.ts'
import type { CreativeSink } from './creatives.ts'
import { toDnf } from './dnf.ts'
import { type Expression, isLate } from './expression.ts'
import { StringPool, Words } from './pools.ts'
import { Predicates } from './predicates.ts'
import { eachList, encode } from './program.ts'
import { rankedLineItems } from './rank.ts'
import { contradictionOf } from './reachable.ts'
import { dealValues, Targeting } from './targeting.ts'
import { Vocabulary } from './vocabulary.ts'
import { WantedPool } from './wanted.ts'

/** A line item's slices of the pool. */
export interface TargetedItem {
  item: LineItemNode
  /** Of `code`: its program. */
  code_at: number
  code_n: number
  /** Of `asked`: its conjunctions, each `[ins, list × ins, nots, list × nots]`. */
  asked_at: number
  conjunctions: number
  /** Of `sources`: `[file, line, col, text]` of each predicate; the first is the line item's own. */
  source_at: number
  predicates: number
  /** List of the deals that it buys, or -1. */
  deals: number
  /** A value of RESIDUAL. */
  residual: number
  diagnostics: readonly Diagnostic[]
}

/** Numbers in it stay what they are; what line items of the past left behind stays too, so it is begun anew at times. */
export class TargetPool {
  readonly vocabulary = new Vocabulary()
  readonly wanted = new WantedPool(this.vocabulary)
  readonly code = new Words()
  readonly asked = new Words()
  readonly sources = new Words()
  readonly texts = new StringPool()
  readonly items = new WeakMap<LineItemNode, TargetedItem>()
  readonly contents: CreativeSink['contents'] = new WeakMap()
}

export interface Targeted {
  items: readonly TargetedItem[]
  /** Of all items together. */
  conjunctions: number
  pool: TargetPool
  diagnostics: Diagnostic[]
}

/** What a resident compiler keeps. */
export class Targets {
  #pool = new TargetPool()
  #ranked: readonly LineItemNode[] = []

  all(world: World): Targeted {
    const pool = this.#pool
    this.#ranked = rankedLineItems(world, this.#ranked)
    const items = this.#ranked.map(item => pool.items.get(item) ?? lowerItem(item, world, pool))
    const live = items.reduce((sum, { code_n }) => sum + code_n, 0)
    if (pool.code.length > 2 * live + LEAST_POOL) this.#pool = new TargetPool() // the next run lowers all anew
    const conjunctions = items.reduce((sum, item) => sum + item.conjunctions, 0)
    return { items, conjunctions, pool, diagnostics: items.flatMap(item => item.diagnostics) }
  }
}

/** Words below which nothing is thrown away. */
const LEAST_POOL = 1 << 12

/** Calls back with every list that a line item asks about or buys deals by, in rank order; a list comes many times. */
export function eachUse({ items, pool }: Targeted, visit: (list: number) => void): void {
  const code = pool.code.view()
  for (const { code_at, code_n, deals } of items) {
    eachList(code, code_at, code_at + code_n, visit)
    if (deals >= 0) visit(deals)
  }
  eachAsked({ items, pool }, (_, list) => visit(list))
}

/** Calls back with every list that a conjunction asks about, conjunctions in rising order. */
export function eachAsked(
  { items, pool }: Pick<Targeted, 'items' | 'pool'>,
  visit: (conjunction: number, list: number, excluded: boolean) => void,
): void {
  const asked = pool.asked.view()
  let conjunction = 0
  for (const { asked_at, conjunctions } of items) {
    let at = asked_at
    for (const last = conjunction + conjunctions; conjunction < last; conjunction++)
      for (const excluded of [false, true])
        for (let left = asked[at++]!; left > 0; left--) visit(conjunction, asked[at++]!, excluded) // write() wrote it whole
  }
}

function lowerItem(item: LineItemNode, world: World, pool: TargetPool): TargetedItem {
  const { vocabulary, wanted, code, asked, sources, texts } = pool
  const predicates = new Predicates()
  const expression = new Targeting(world, vocabulary, predicates).ofLineItem(item)
  const found = alternativesOf(expression, vocabulary)
  const at = { code_at: code.length, asked_at: asked.length, source_at: sources.length }
  encode(expression, wanted, code)
  for (const conjunction of found.kept) write(conjunction, wanted, asked)
  predicates.write(texts, sources)
  const deals = dealValues(item.deals, vocabulary)
  const out: TargetedItem = {
    ...{ item, ...at, code_n: code.length - at.code_at },
    conjunctions: found.kept.length,
    predicates: predicates.size,
    deals: deals.length > 0 ? wanted.id(vocabulary.attribute('deal'), deals) : -1,
    residual: isLate(expression) ? RESIDUAL.LATE : found.exact ? RESIDUAL.EXACT : RESIDUAL.WIDE,
    diagnostics: findingsOf(item, found, predicates),
  }
  pool.items.set(item, out)
  return out
}

function write({ ins, nots }: Conjunction, wanted: WantedPool, asked: Words): void {
  for (const side of [ins, nots]) {
    asked.add(side.length)
    for (const constraint of side) asked.add(wanted.id(constraint.attribute, constraint.wanted))
  }
}

interface Alternatives {
  alternatives: number
  /** What the index holds. */
  kept: Conjunction[]
  /** What nobody can mean; a line item of these alone is a fault. */
  impossible: Contradiction[]
  exact: boolean
  /** Too many alternatives for the index. */
  wide: boolean
}

function alternativesOf(expression: Expression, vocabulary: Vocabulary): Alternatives {
  const dnf = toDnf(expression)
  const { exact, wide } = dnf
  const out: Alternatives = { alternatives: dnf.alternatives.length, kept: [], impossible: [], exact, wide }
  for (const literals of dnf.alternatives) {
    const result = toConjunction(literals, vocabulary)
    const contradiction = isContradiction(result) ? result : contradictionOf(result, vocabulary)
    if (contradiction) out.impossible.push(contradiction)
    if (isContradiction(result) || contradiction?.certain) continue
    out.kept.push(result)
    out.exact &&= result.exact
  }
  return out
}

const NOTHING_FOUND: readonly Diagnostic[] = []

function findingsOf(item: LineItemNode, found: Alternatives, predicates: Predicates): readonly Diagnostic[] {
  if (found.impossible.length === found.alternatives) return [neverMatches(item, found.impossible, predicates)]
  return found.wide ? [tooWide(item)] : NOTHING_FOUND
}

const MOST_NOTES = 6

function neverMatches(item: LineItemNode, causes: readonly Contradiction[], predicates: Predicates): Diagnostic {
  const ids = [...new Set(causes.flatMap(cause => cause.predicates))]
  const notes = ids.slice(0, MOST_NOTES).map(id => {
    const place = predicates.place(id)
    return { message: `\`${predicates.text(id)}\``, span: spanOf(place) }
  })
  const own = item.wheres.at(-1)?.place ?? item.place
  const fix = 'remove or widen one of the lines named'
  if (causes.every(cause => cause.size))
    return error('FP3003', keySpanOf(own), `no creative of ${item.id} has a size that it asks for`, { notes, fix })
  const message = `line item ${item.id} can never match: ${causes.length > 1 ? 'every alternative' : 'what it asks for'} excludes itself`
  return error('FP4001', keySpanOf(own), message, { notes, fix })
}

function tooWide(item: LineItemNode): Diagnostic {
  const message = `targeting of ${item.id} has more alternatives than the index holds; the rest is checked bid by bid`
  const span = keySpanOf(under(item.place, 'where'))
  return warning('FP4003', span, message, { fix: 'split the line item, or use an inventory list instead of `any`' })
}
