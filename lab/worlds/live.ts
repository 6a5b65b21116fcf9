/** One auction as it would really go: our decision, the market's hidden price, and what the exchange tells of it. */
import type { BidOutcome } from '@flightplan/contract/traffic.ts'
import type { Auction } from '@flightplan/engine/auction.ts'
import { decide, type Engine, select } from '@flightplan/engine/decide.ts'
import { cpmToNanoUp } from '@flightplan/engine/price/floor.ts'
import type { Answers, Bid, Decision, Policy, Selection } from '@flightplan/engine/types.ts'
import type { WorldLedger } from './ledger.ts'

export interface Bidder {
  engine: Engine
  policy: Policy
  ledger: WorldLedger
  predict(selection: Selection): Promise<Answers['predictions']> | Answers['predictions']
}

/** What an exchange says after the auction: the least winning price, the price paid, or only who won. */
export type Tells = 'minimum' | 'paid' | 'result'

export interface Market {
  /** CPM in the bid's currency at which our bid for this imp begins to win: hidden from the log. */
  leastWinning(imp: string, deal: string | null): number
  tells: Tells
}

export interface Ended {
  decision: Decision
  /** One for each bid. */
  outcomes: BidOutcome[]
}

export async function live(
  bidder: Bidder,
  exchange: string,
  auction: Auction,
  at_ms: number,
  market: Market,
): Promise<Ended> {
  const selection = select(bidder.engine, bidder.policy, exchange, auction, at_ms)
  const predictions = selection.lookups.models.length > 0 ? await bidder.predict(selection) : new Map()
  const decision = decide(bidder.engine, selection, { profile: null, predictions }, bidder.ledger.authority)
  const won = new Set<string>()
  const outcomes = decision.bids.map(bid => {
    const outcome = settle(bid, auction.at, market, won)
    if (outcome.won) bidder.ledger.book(bid.charge, (bid.charge.cost_nano * outcome.paid_nano) / bid.price_nano)
    return told(outcome, market.tells)
  })
  return { decision, outcomes }
}

type Whole = Required<BidOutcome>

function settle(bid: Bid, at: number, market: Market, won: Set<string>): Whole {
  const { imp } = bid.candidate
  const deal = bid.deal === null ? null : imp.deals[bid.deal]! // an index into them
  const min_nano = cpmToNanoUp(market.leastWinning(imp.id, deal?.id ?? null))
  const wins = bid.price_nano >= min_nano && !won.has(imp.id)
  if (wins) won.add(imp.id)
  const second = deal?.at != null ? deal.at === 2 : at !== 1
  const paid_nano = second ? Math.min(bid.price_nano, Math.max(min_nano, cpmToNanoUp(imp.floor))) : bid.price_nano
  return { won: wins, paid_nano, min_nano }
}

function told({ won, paid_nano, min_nano }: Whole, tells: Tells): BidOutcome {
  if (tells === 'minimum') return { won, min_nano, ...(won && { paid_nano }) }
  return { won, ...(won && tells === 'paid' && { paid_nano }) }
}
