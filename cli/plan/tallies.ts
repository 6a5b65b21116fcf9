/** What a replay counts for each line item, by block of time: the blocks are what the intervals are made of. */
import type { Snapshot } from '@flightplan/engine/snapshot.ts'

/** Blocks of equal numbers of auctions, in the order of time. */
export const BLOCKS = 200

/** Cells are `line item × BLOCKS + block`. Money is in nano of the order's currency, of the sample. */
export interface Tallies {
  /** Imps that the line item was a candidate for. */
  eligible: Float64Array
  bids: Float64Array
  /** Expected. */
  wins: Float64Array
  /** Expected. */
  spend_nano: Float64Array
  /** Bids that only the budget prevented. */
  refused: Float64Array
  /** Bids of which something in the log tells how they would end. */
  known: Float64Array
  /** Per line item, by curve: money and wins that one standard deviation of the curve is worth. */
  doubts: Map<number, { spend_nano: number; wins: number }>[]
  /** Per line item: how often another line item of ours was better. */
  outbid: Float64Array
  /** Per line item: who was better last. -1: nobody. */
  outbidBy: Int32Array
}

export function openTallies({ line_item }: Snapshot): Tallies {
  const items = line_item.id_str.length
  const cells = () => new Float64Array(items * BLOCKS)
  return {
    ...{ eligible: cells(), bids: cells(), wins: cells(), spend_nano: cells(), refused: cells(), known: cells() },
    doubts: Array.from({ length: items }, () => new Map()),
    outbid: new Float64Array(items),
    outbidBy: new Int32Array(items).fill(-1),
  }
}

/** Adds what a bid hangs on a curve. */
export function addDoubt({ doubts }: Tallies, item: number, curve: number, spend_nano: number, wins: number): void {
  const known = doubts[item]!.get(curve)
  if (!known) return void doubts[item]!.set(curve, { spend_nano, wins })
  known.spend_nano += spend_nano
  known.wins += wins
}

/** Sum over all blocks. */
export function sumOf(cells: Float64Array, item: number): number {
  let sum = 0
  for (let at = item * BLOCKS; at < (item + 1) * BLOCKS; at++) sum += cells[at]!
  return sum
}
