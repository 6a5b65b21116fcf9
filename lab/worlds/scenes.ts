/** What is changed in each world, and what each hides. */
import type { Random } from '../traffic/random.ts'
import type { Plans } from './worlds.ts'

export interface Scene {
  name: string
  hides: string
  base: Plans
  head: Plans
  /** Drawn once a day: a factor on prices by the share of the day that is over. */
  prices(day: Random): (share: number) => number
}

/** Of what nobody in the logs comes from. */
const ABROAD = { cpm: 2, countries: ['NZ'] }
const AMPLE = 1000

const base = (daily: number): Plans => ({
  brand: { daily, items: { wide: { cpm: 1.2 }, states: { cpm: 2.1, countries: ['US'] } } },
  shop: {
    daily: AMPLE,
    items: { boards: { cpm: 1.4, size: '728x90' }, north: { cpm: 1.1, countries: ['CA'], exchange: 'alpha' } },
  },
})

/** Bids up and down, targeting widened, one new line item, and one for traffic that the log has not. */
const head = (daily: number): Plans => ({
  brand: { daily, items: { wide: { cpm: 1.2 }, states: { cpm: 2.5, countries: ['US'] }, abroad: ABROAD } },
  shop: {
    daily: AMPLE,
    items: {
      boards: { cpm: 1.2, size: '728x90' },
      north: { cpm: 1.1, countries: ['CA'] },
      south: { cpm: 1.6, countries: ['AU'] },
    },
  },
})

export const SCENES: readonly Scene[] = [
  {
    name: 'stable',
    hides: 'how much rivals want each user',
    base: base(AMPLE),
    head: head(AMPLE),
    prices: () => () => 1,
  },
  {
    name: 'burn-out',
    hides: 'a rival whose own budget ends at some time in the evening',
    base: base(2.2),
    head: head(3),
    prices: day => {
      const ends = 0.6 + 0.35 * day.unit()
      return share => (share < ends ? 1 : 0.7)
    },
  },
  {
    name: 'drift',
    hides: 'a trend of prices over the day',
    base: base(AMPLE),
    head: head(AMPLE),
    prices: day => {
      const slope = 0.2 + 0.6 * day.unit()
      return share => 0.8 + slope * share
    },
  },
]
