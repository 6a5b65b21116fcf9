/** Why candidates got no bid. Serving needs the first reason only, `explain` and funnels all of them. */
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import type { Candidate, Loser } from './types.ts'

export class Losses {
  /** The first. */
  reason: ReasonName | null = null
  /** Null: not asked for. A request has dozens of losers. */
  readonly losers: Loser[] | null

  constructor(areAskedFor: boolean) {
    this.losers = areAskedFor ? [] : null
  }

  /** @param needed_nano floor or price that it missed, in nano of the bid currency, and what it offered */
  add({ imp, slot, line_item }: Candidate, reason: ReasonName, needed_nano?: number, offered_nano?: number): void {
    this.reason ??= reason
    if (this.losers === null) return
    const loser: Loser = { imp: imp.id, slot: slot.format, line_item, reason }
    this.losers.push(
      needed_nano === undefined || offered_nano === undefined ? loser : { ...loser, needed_nano, offered_nano },
    )
  }
}
