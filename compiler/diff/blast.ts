/** The blast radius of a change in money: what it moves at most, before anything is predicted. */
import { formatNano } from '@flightplan/contract/decimal.ts'
import type { LineItemNode, World } from '../resolve/world.ts'

/** Amounts as decimal text, of all active campaigns in this currency. Daily: campaigns without a daily limit count 0. */
export interface CurrencyBlast {
  currency: string
  daily_from: string
  daily_to: string
  total_from: string
  total_to: string
  /** Sums of what single campaigns gain and lose: they may cancel out above. */
  daily_raised: string
  daily_lowered: string
}

export interface BidMove {
  line_item: string
  /** New bid ÷ old bid; bids of one kind only. */
  factor: number
}

export interface Blast {
  currencies: CurrencyBlast[]
  bids: { raised: number; lowered: number; highest: BidMove | null; lowest: BidMove | null }
  line_items: { added: string[]; deleted: string[]; paused: string[]; resumed: string[] }
}

export function blastOf(base: World, head: World): Blast {
  const currencies = new Set([...base.campaigns.values(), ...head.campaigns.values()].map(c => c.order.value.currency))
  const [before, after] = [byId(base), byId(head)]
  const both = [...after.values()].flatMap(to => {
    const from = before.get(to.id)
    return from ? [{ from, to }] : []
  })
  return {
    currencies: [...currencies].sort().map(currency => currencyBlast(base, head, currency)),
    bids: bidsOf(both),
    line_items: {
      added: [...after.keys()].filter(id => !before.has(id)),
      deleted: [...before.keys()].filter(id => !after.has(id)),
      paused: both.filter(({ from, to }) => runs(from) && !runs(to)).map(({ to }) => to.id),
      resumed: both.filter(({ from, to }) => !runs(from) && runs(to)).map(({ to }) => to.id),
    },
  }
}

const byId = ({ line_items }: World) => new Map(line_items.map(item => [item.id, item]))
const runs = ({ active, campaign }: LineItemNode): boolean => active && campaign.active
const orNone = (nano: number): number => (Number.isNaN(nano) ? 0 : nano)

function currencyBlast(base: World, head: World, currency: string): CurrencyBlast {
  const limits = ({ campaigns }: World) =>
    [...campaigns.values()].filter(({ active, order }) => active && order.value.currency === currency)
  const [before, after] = [limits(base), limits(head)]
  const dailyOf = new Map(before.map(campaign => [campaign.id, orNone(campaign.daily_nano)]))
  const moves = after.map(({ id, daily_nano }) => orNone(daily_nano) - (dailyOf.get(id) ?? 0))
  const kept = new Set(after.map(({ id }) => id))
  moves.push(...before.filter(({ id }) => !kept.has(id)).map(({ daily_nano }) => -orNone(daily_nano)))
  const sum = (of: readonly number[]) => formatNano(of.reduce((total, nano) => total + BigInt(Math.round(nano)), 0n))
  return {
    currency,
    daily_from: sum(before.map(({ daily_nano }) => orNone(daily_nano))),
    daily_to: sum(after.map(({ daily_nano }) => orNone(daily_nano))),
    total_from: sum(before.map(({ total_nano }) => total_nano)),
    total_to: sum(after.map(({ total_nano }) => total_nano)),
    daily_raised: sum(moves.filter(move => move > 0)),
    daily_lowered: sum(moves.filter(move => move < 0).map(move => -move)),
  }
}

function bidsOf(both: readonly { from: LineItemNode; to: LineItemNode }[]): Blast['bids'] {
  const moves = both
    .filter(({ from, to }) => from.bidKind === to.bidKind && from.bid_nano !== to.bid_nano)
    .map(({ from, to }) => ({ line_item: to.id, factor: Math.round((1000 * to.bid_nano) / from.bid_nano) / 1000 }))
    .sort((a, b) => b.factor - a.factor || (a.line_item < b.line_item ? -1 : 1))
  const raised = moves.filter(({ factor }) => factor > 1)
  const lowered = moves.filter(({ factor }) => factor < 1)
  return { raised: raised.length, lowered: lowered.length, highest: raised[0] ?? null, lowest: lowered.at(-1) ?? null }
}
