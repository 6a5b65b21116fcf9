/**
 * What waves and gates catch, how soon, and what it costs until then: `node lab/rollout/curves.ts [--runs N] [--per-day N]
 * [--look-s N] [--seed N]` prints a table. Each row is so many rollouts of one harm, each drawn anew.
 */
import { parseArgs } from 'node:util'
import { quantile } from '../bench/statistics.ts'
import { asText, type Row } from '../bench/table.ts'
import { HARMLESS, type Harm } from './market.ts'
import { type Outcome, simulate } from './simulate.ts'

export interface Harmed {
  name: string
  harm: Harm
}

const of = (name: string, change: Partial<Harm>): Harmed => ({ name, harm: { ...HARMLESS, ...change } })
export const DEGRADATIONS = [0.05, 0.1, 0.2, 0.5].flatMap(by => [
  of(`bid rate −${100 * by}%`, { bidRate: 1 - by }),
  of(`bid rate +${100 * by}%`, { bidRate: 1 + by }),
  of(`prices +${100 * by}%`, { price: 1 + by }),
  of(`decisions +${100 * by}% longer`, { time: 1 + by }),
  of(`${100 * by}% of answers late`, { late: HARMLESS.late + by }),
])
/** Those that the gates must stop by themselves. */
export const MUST_STOP = [
  of('bid rate halved', { bidRate: 0.5 }),
  of('bid rate −20%', { bidRate: 0.8 }),
  of('bid rate +20%', { bidRate: 1.2 }),
  of('prices doubled', { price: 2 }),
  of('decisions twice as long', { time: 2 }),
  of('2% of answers late', { late: 0.02 }),
  of('1% of auctions fault', { faults: 0.01 }),
]

export interface Runs {
  runs: number
  perDay: number
  look_ms: number
  seed: number
}

export const runsOf = ({ harm }: Harmed, { runs, perDay, look_ms, seed }: Runs): Outcome[] =>
  Array.from({ length: runs }, (_, i) => simulate({ seed: seed + i, harm, perDay, look_ms }))

const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)}%`
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`

export const HEAD: Row = [
  ...['harm', 'promoted', 'stopped by a gate', 'expired', 'p50 time', 'p95 time'],
  ...['p50 of a day’s auctions', 'p95', 'most', 'p95 of a day’s spend'],
]

export function rowOf({ name }: Harmed, outcomes: readonly Outcome[]): Row {
  const isExpired = ({ why }: Outcome) => why.startsWith('expired')
  const share = (is: (outcome: Outcome) => boolean) => percent(outcomes.filter(is).length / outcomes.length)
  const at = (q: number, value: (outcome: Outcome) => number) => quantile(outcomes.map(value), q)
  return [
    ...[name, share(({ phase }) => phase === 'promoted')],
    ...[share(one => one.phase === 'aborted' && !isExpired(one)), share(isExpired)],
    ...[minutes(at(0.5, one => one.took_ms)), minutes(at(0.95, one => one.took_ms))],
    ...[0.5, 0.95, 1].map(q =>
      percent(
        at(q, one => one.exposed),
        3,
      ),
    ),
    percent(
      at(0.95, one => one.money),
      3,
    ),
  ]
}

function main(): void {
  const option = (standard: string) => ({ type: 'string', default: standard }) as const
  const { values } = parseArgs({
    options: { runs: option('100'), 'per-day': option('50000000'), 'look-s': option('10'), seed: option('1') },
  })
  const runs: Runs = {
    ...{ runs: Number(values.runs), perDay: Number(values['per-day']), seed: Number(values.seed) },
    look_ms: 1000 * Number(values['look-s']),
  }
  process.stdout.write(
    `${runs.runs} rollouts a row, ${runs.perDay.toLocaleString('en')} auctions a day, a look every ${runs.look_ms / 1000} s, seed ${runs.seed}\n`,
  )
  const all = [of('none (A/A)', {}), ...MUST_STOP, ...DEGRADATIONS]
  process.stdout.write(asText([HEAD, ...all.map(one => rowOf(one, runsOf(one, runs)))]))
}

if (import.meta.main) main()
