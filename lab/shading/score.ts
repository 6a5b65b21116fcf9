/** How much of the surplus that an oracle makes is made by what was learnt, and by a fixed share of the value. */
import { winCurve } from '@flightplan/engine/shading/curve.ts'
import { fade, nothingObserved, observe, observeMinToWin } from '@flightplan/engine/shading/observed.ts'
import { type ShadeTable, shade, shadedBid, shadeTable } from '@flightplan/engine/shading/table.ts'
import { stream } from '../simulate/market.ts'
import { drawValue, type Landscape } from './landscapes.ts'

/** The second half is judged; learning goes on in it, as it does in the field. */
const AUCTIONS = 40_000
const HOURS = 20
const PER_HOUR = AUCTIONS / HOURS
/** The table is compiled anew each hour, and what is older fades. */
const KEEP = 0.8
const LOW_NANO = 50_000
const RULES = { least: 0.05, most: 1, explore: 0.02, holdout: 0.02 }
const FIXED = 0.7
const SAMPLE = 4000
const GRID = 200

export interface Score {
  landscape: string
  /** Shares of the oracle's surplus. */
  learnt: number
  fixed: number
  /** What an impression costs, over what it costs unshaded. */
  price: number
}

interface Tally {
  surplus: number
  cost: number
  wins: number
}
const tally = (): Tally => ({ surplus: 0, cost: 0, wins: 0 })

/** @param told whether the exchange says the least price that would have won */
export function scoreShading(landscape: Landscape, seed: number, told: boolean): Score {
  const random = stream(seed, 1)
  const seen = nothingObserved(LOW_NANO)
  const [learnt, fixed, unshaded] = [tally(), tally(), tally()]
  let [oracle, table] = [0, null as ShadeTable | null]
  for (let hour = 0; hour < HOURS; hour++) {
    const isJudged = hour >= HOURS / 2
    const prices = isJudged ? pricesOf(landscape, seed, (hour + 0.5) * PER_HOUR) : null
    for (let n = hour * PER_HOUR; n < (hour + 1) * PER_HOUR; n++) {
      const value = drawValue(random)
      const price = landscape.price(random, n, AUCTIONS)
      const bid = shadedBid(table, RULES, value, random() / 0x1_0000_0000)
      if (told) observeMinToWin(seen, price)
      else observe(seen, bid, bid >= price)
      if (!prices || !table) continue
      count(learnt, value, shade(table, value), price)
      count(fixed, value, FIXED * value, price)
      count(unshaded, value, value, price)
      oracle += mostSurplus(prices, value)
    }
    table = shadeTable(LOW_NANO, winCurve(seen))
    fade(seen, KEEP)
  }
  const price = learnt.cost / learnt.wins / (unshaded.cost / unshaded.wins)
  return { landscape: landscape.name, learnt: learnt.surplus / oracle, fixed: fixed.surplus / oracle, price }
}

function count(of: Tally, value: number, bid: number, price: number): void {
  if (bid < price) return
  of.surplus += value - bid
  of.cost += bid
  of.wins++
}

/** A sample of the true prices at that moment, rising. */
function pricesOf(landscape: Landscape, seed: number, at: number): Float64Array {
  const random = stream(seed, 2)
  return Float64Array.from({ length: SAMPLE }, () => landscape.price(random, at, AUCTIONS)).sort()
}

/** Expected surplus of the best bid of one who knows the prices: a best bid is one of them. */
function mostSurplus(prices: Float64Array, value: number): number {
  let best = 0
  for (let step = 1; step <= GRID; step++) {
    const rank = Math.round((step / GRID) * SAMPLE) - 1
    best = Math.max(best, ((value - prices[rank]!) * (rank + 1)) / SAMPLE) // a rank of the sample
  }
  return best
}
