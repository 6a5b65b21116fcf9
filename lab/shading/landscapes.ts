/** First-price markets with a known price distribution: the least bid that wins, nano. */
import { unit } from '../simulate/market.ts'

export interface Landscape {
  name: string
  /** The `at`-th auction of `of`: markets may move in between. */
  price(random: () => number, at: number, of: number): number
}

const gauss = (random: () => number) => Math.sqrt(-2 * Math.log(unit(random))) * Math.cos(2 * Math.PI * unit(random))
const lognormal = (median: number, spread: number) => (random: () => number) =>
  median * Math.exp(spread * gauss(random))
const K = 1000

export const LANDSCAPES: readonly Landscape[] = [
  { name: 'one hump', price: lognormal(900 * K, 0.6) },
  { name: 'long tail', price: lognormal(700 * K, 1.2) },
  { name: 'narrow', price: lognormal(1200 * K, 0.25) },
  { name: 'flat', price: random => (200 + 2300 * unit(random)) * K },
  { name: 'hardly anyone', price: random => 300 * K * -Math.log(unit(random)) },
  {
    name: 'two humps',
    price: random => (unit(random) < 0.55 ? lognormal(450 * K, 0.25)(random) : lognormal(2200 * K, 0.25)(random)),
  },
  {
    name: 'floors',
    price: random => Math.max([300, 800, 1500][Math.floor(3 * unit(random))]! * K, lognormal(500 * K, 0.7)(random)), // one of three
  },
  {
    name: 'round prices',
    price: random => Math.ceil(lognormal(1000 * K, 0.6)(random) / (250 * K)) * 250 * K,
  },
  {
    name: 'drift',
    price: (random, at, of) => lognormal(700 * K * (1 + (0.8 * at) / of), 0.5)(random),
  },
]

export const drawValue = lognormal(1500 * K, 0.7)
