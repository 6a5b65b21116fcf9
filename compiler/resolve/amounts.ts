/** Money of YAML → nano-units. Its form was checked by the schema; its size is here. */
import { DECIMAL_FAULTS, parseCpmNano, parseNano } from '@flightplan/contract/decimal.ts'
import { type Context, fail } from './context.ts'
import type { Place, World } from './world.ts'

/** NaN: no such limit; also after a fault. Below 2^53: contract/decimal.ts MAX_UNITS. */
export function amount_nano(context: Context, text: string | undefined, place: Place): number {
  return read(context, text, place, parseNano)
}

/** CPM → nano-units per impression. */
export function cpm_nano(context: Context, text: string | undefined, place: Place): number {
  return read(context, text, place, parseCpmNano)
}

type Parse = (text: string) => bigint | number | keyof typeof DECIMAL_FAULTS

function read(context: Context, text: string | undefined, place: Place, parse: Parse): number {
  if (text === undefined) return Number.NaN
  const nano = parse(String(text))
  if (typeof nano !== 'string') return Number(nano)
  fail(context, 'FP2014', place, `${text} is ${DECIMAL_FAULTS[nano]}`)
  return Number.NaN
}

/** `60%` of an amount, rounded down. At most four decimals. */
export function share_nano(total_nano: number, percent: string): number {
  if (Number.isNaN(total_nano)) return Number.NaN
  const [whole = '0', fraction = ''] = percent.replace('%', '').split('.')
  return Number((BigInt(total_nano) * BigInt(whole + fraction.padEnd(4, '0'))) / 1_000_000n)
}

/** USD per unit of a currency, a float; NaN where flightplan.yaml has none (checkCurrency refuses such an order). */
export function planningRate(flightplan: World['flightplan'] | null, currency: string): number {
  return currency === 'USD' ? 1 : Number(flightplan?.value.planning_rates?.[currency] ?? Number.NaN)
}
