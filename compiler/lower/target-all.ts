/** Targeting of every line item, in rank order: its expression, and the conjunctions that the index holds for it. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { RESIDUAL } from '@flightplan/contract/snapshot.ts'
import { error, warning } from '../diagnostics.ts'
import { keySpanOf, type LineItemNode, spanOf, under, type World } from '../resolve/world.ts'
import { type Conjunction, type Contradiction, isContradiction, toConjunction } from './conjunction.ts'
import { toDnf } from './dnf.ts'
import { type Expression, isLate } from './expression.ts'
import type { Predicates } from './predicates.ts'
import { contradictionOf } from './reachable.ts'
import { Targeting } from './targeting.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface TargetedItem {
  item: LineItemNode
  expression: Expression
  /** A value of RESIDUAL. */
  residual: number
}
export interface Targeted {
  items: TargetedItem[]
  conjunctions: Conjunction[]
  /** Index in `items` by conjunction. */
  conjunctionItem: Uint32Array
  diagnostics: Diagnostic[]
}

export function targetAll(
  ranked: readonly LineItemNode[],
  world: World,
  vocabulary: Vocabulary,
  predicates: Predicates,
): Targeted {
  const targeting = new Targeting(world, vocabulary, predicates)
  const conjunctionItem: number[] = []
  const out: Omit<Targeted, 'conjunctionItem'> = { items: [], conjunctions: [], diagnostics: [] }
  ranked.forEach((item, i) => {
    const expression = targeting.ofLineItem(item)
    const { alternatives, kept, impossible, exact, wide } = alternativesOf(expression, vocabulary)
    if (impossible.length === alternatives) out.diagnostics.push(neverMatches(item, impossible, predicates))
    else if (wide) out.diagnostics.push(tooWide(item))
    out.items.push({
      item,
      expression,
      residual: isLate(expression) ? RESIDUAL.LATE : exact ? RESIDUAL.EXACT : RESIDUAL.WIDE,
    })
    for (const conjunction of kept) {
      out.conjunctions.push(conjunction)
      conjunctionItem.push(i)
    }
  })
  return { ...out, conjunctionItem: Uint32Array.from(conjunctionItem) }
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
