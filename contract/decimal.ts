/**
 * Decimal text ⇄ integers of nano-units (1e-9 of a currency). No float is ever in between: 0.1 + 0.2 is a fault that a
 * ledger does not forgive.
 */

/** Amounts stay below this many units: their nano-units are below 2^53, which Redis' Lua numbers still count exactly. */
export const MAX_UNITS = 9_000_000n

export type DecimalFault = 'malformed' | 'negative' | 'too_many_decimals' | 'too_large'

const NANO_DECIMALS = 9
/** A CPM is the price of 1,000 impressions, so 1e-6 of it is one nano-unit per impression. */
const CPM_DECIMALS = 6

/** `"1200.50"` → 1200500000000n nano-units, or why not. */
export function parseNano(text: string): bigint | DecimalFault {
  return scaled(text, NANO_DECIMALS)
}

/** CPM text → nano-units per impression, a safe integer: `"0.0123"` → 12300; or why not. */
export function parseCpmNano(text: string): number | DecimalFault {
  const nano = scaled(text, CPM_DECIMALS)
  return typeof nano === 'string' ? nano : Number(nano) // below MAX_UNITS × 1e6 < 2^53
}

/** 1200500000000n → `"1200.5"`. */
export function formatNano(nano: bigint): string {
  return plain(nano, NANO_DECIMALS)
}

/** Nano-units per impression → CPM text: 12300 → `"0.0123"`. */
export function formatCpmNano(nano: number): string {
  return plain(BigInt(nano), CPM_DECIMALS)
}

/** How a fault reads after "is". */
export const DECIMAL_FAULTS: Record<DecimalFault, string> = {
  malformed: 'not a decimal number such as 1200 or 0.80',
  negative: 'negative',
  too_many_decimals: 'finer than one nano-unit',
  too_large: `not below ${MAX_UNITS} units`,
}

function scaled(text: string, decimals: number): bigint | DecimalFault {
  const match = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(text)
  if (!match) return 'malformed'
  const [, sign, whole = '', fraction = ''] = match
  if (sign) return 'negative'
  if (fraction.length > decimals) return 'too_many_decimals'
  if (whole.length > 18 || BigInt(whole) >= MAX_UNITS) return 'too_large'
  return BigInt(whole + fraction.padEnd(decimals, '0'))
}

function plain(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -decimals)}${fraction ? `.${fraction}` : ''}`
}
