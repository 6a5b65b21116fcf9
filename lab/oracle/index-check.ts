/** Index and program are two lowerings of one expression: for every slot of a request they must name the same line items. */
import { RESIDUAL } from '@flightplan/contract/snapshot.ts'
import type { Engine } from '@flightplan/engine/decide.ts'
import { requestTerms, slotTerms } from '@flightplan/engine/event/event.ts'
import { match } from '@flightplan/engine/index/match.ts'
import { holds, type Terms } from '@flightplan/engine/index/program.ts'
import type { Snapshot } from '@flightplan/engine/snapshot.ts'
import type { Selection } from '@flightplan/engine/types.ts'

/** Terms of every slot of a selection's auction, in the order of imps and slots. */
export function termsOfSlots(engine: Engine, { auction, exchange, now_ms, verdict }: Selection): Terms[] {
  const { snapshot, facts, readers } = engine
  const reading = { snapshot, auction, exchange, facts, now_ms, verdict }
  const ofRequest = requestTerms(readers, reading)
  return auction.imps.flatMap(imp => imp.slots.map(slot => slotTerms(readers, reading, ofRequest, imp, slot)))
}

/** Rows of the line items that the index names for a slot. */
export function matched(snapshot: Snapshot, terms: Terms): Set<number> {
  const rows = new Set<number>()
  match(snapshot, terms, null, conjunction => {
    rows.add(snapshot.conjunction_line_item[conjunction] ?? -1)
    return true
  })
  return rows
}

/** Where they differ. Of a residual line item the index may name more, as decide runs its program again. */
export function indexFaults(engine: Engine, selection: Selection): string[] {
  const { snapshot } = engine
  const { program, residual, id_str } = snapshot.line_item
  return termsOfSlots(engine, selection).flatMap((terms, slot) => {
    const inIndex = matched(snapshot, terms)
    return Array.from(program).flatMap((at, row) => {
      const holding = holds(snapshot, at, terms)
      const agrees = inIndex.has(row) === holding || (residual[row] !== RESIDUAL.EXACT && inIndex.has(row))
      return agrees
        ? []
        : [`${snapshot.strings.get(id_str[row] ?? 0)} slot ${slot}: index ${!holding}, program ${holding}`]
    })
  })
}
