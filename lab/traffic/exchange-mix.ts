import { type Weighted, weights } from './random.ts'

/** The three shipped example exchanges, each with its own way of writing OpenRTB. */
export type ExchangeName = 'alpha' | 'boreal' | 'cascade'
export const EXCHANGE_NAMES: readonly ExchangeName[] = ['alpha', 'boreal', 'cascade']

/** What is sold; decides the device, the channel and the media objects. */
export type Kind = 'web-banner' | 'app-banner' | 'video' | 'ctv' | 'native' | 'audio' | 'dooh'

export type Dialect = {
  version: '2.5' | '2.6'
  /** The currency of floors, and of bids unless `cur` lists more. */
  currency: 'USD' | 'EUR'
  host: string
  /** How often the tmax of a request has each value, ms. */
  tmax: Weighted<number>
  /** Seconds between auction and billing the exchange allows; cascade stitches ads late. */
  exp_s?: Weighted<number>
}

export const DIALECTS: Record<ExchangeName, Dialect> = {
  alpha: {
    version: '2.6',
    currency: 'USD',
    host: 'alpha-ssp.example',
    tmax: weights([
      [120, 30],
      [150, 30],
      [200, 25],
      [100, 10],
      [80, 5],
    ]),
  },
  boreal: {
    version: '2.5',
    currency: 'EUR',
    host: 'boreal-ssp.example',
    tmax: weights([
      [100, 30],
      [130, 30],
      [180, 25],
      [250, 15],
    ]),
  },
  cascade: {
    version: '2.6',
    currency: 'USD',
    host: 'cascade-ssp.example',
    tmax: weights([
      [200, 35],
      [250, 35],
      [300, 30],
    ]),
    exp_s: weights([
      [900, 30],
      [3600, 50],
      [7200, 20],
    ]),
  },
}

// Per mille of all traffic. Columns sum to the mix that a buyer of display, video and television sees.
const MIX: readonly (readonly [Kind, alpha: number, boreal: number, cascade: number])[] = [
  ['web-banner', 280, 180, 0],
  ['app-banner', 170, 80, 0],
  ['video', 35, 25, 60],
  ['ctv', 5, 0, 55],
  ['native', 50, 30, 0],
  ['audio', 10, 0, 10],
  ['dooh', 0, 0, 10],
]
const column = (at: 1 | 2 | 3) => MIX.map(row => [row[0], row[at]] as const).filter(([, share]) => share > 0)
const total = (pairs: readonly (readonly [Kind, number])[]) => pairs.reduce((sum, [, share]) => sum + share, 0)

export const KINDS: Record<ExchangeName, Weighted<Kind>> = {
  alpha: weights(column(1)),
  boreal: weights(column(2)),
  cascade: weights(column(3)),
}
export const EXCHANGE_SHARES: Weighted<ExchangeName> = weights([
  ['alpha', total(column(1))],
  ['boreal', total(column(2))],
  ['cascade', total(column(3))],
])
