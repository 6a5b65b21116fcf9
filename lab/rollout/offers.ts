/** Everything that a release would be willing to bid in an auction, before its own line items compete. */

import type { Facts } from '@flightplan/contract/facts.ts'
import { openEngine, select } from '@flightplan/engine/decide.ts'
import { bidCurrency } from '@flightplan/engine/exchange.ts'
import { passesResidual } from '@flightplan/engine/lookups.ts'
import { Losses } from '@flightplan/engine/losses.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { addOffers, type Offer } from '@flightplan/engine/price/offer.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Answers, Policy } from '@flightplan/engine/types.ts'
import type { Asked } from '../oracle/requests.ts'

/** By `imp line item`, its highest price in nano of the bid currency. */
export type Offers = ReadonlyMap<string, number>

export function openOffers(snapshot: Uint8Array, facts: Facts, policy: Policy): (asked: Asked) => Offers {
  const engine = openEngine(openSnapshot(Uint8Array.from(snapshot).buffer), facts)
  const { strings, line_item } = engine.snapshot
  return ({ exchange: name, request, now_ms, profiles }) => {
    const highest = new Map<string, number>()
    const auction = parseAuction(structuredClone(request)) // the engine keeps parts of what it is given
    const exchange = engine.snapshot.exchangeByName.get(name)
    const currency = auction && exchange && bidCurrency(exchange, auction.currencies)
    if (!auction || !exchange || !currency) return highest
    const selection = select(engine, policy, name, auction, now_ms)
    const answers: Answers = { profile: profiles, predictions: new Map() }
    const pricing = { engine, selection, exchange, currency, answers, losses: new Losses(false) }
    const offers: Offer[] = []
    selection.candidates.forEach((candidate, i) => {
      if (passesResidual(engine, candidate, answers)) addOffers(pricing, candidate, i, offers)
    })
    for (const { candidate, price_nano } of offers) {
      const key = `${candidate.imp.index} ${strings.get(line_item.id_str[candidate.line_item]!)}` // a row of the table
      highest.set(key, Math.max(highest.get(key) ?? 0, price_nano))
    }
    return highest
  }
}
