const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** `value` as `width` bits. */
export const int = (value: number, width: number): string => value.toString(2).padStart(width, '0')

/** A bitfield of `count` ids in which the listed ones are set. */
export const field = (ids: readonly number[], count: number): string =>
  Array.from({ length: count }, (_, at) => (ids.includes(at + 1) ? '1' : '0')).join('')

export type Groups = readonly (readonly [first: number, last: number])[]

/** Range(Int). */
export const intRange = (groups: Groups): string =>
  int(groups.length, 12) +
  groups.map(([first, last]) => (first === last ? `0${int(first, 16)}` : `1${int(first, 16)}${int(last, 16)}`)).join('')

/** Range(Fibonacci); groups in ascending order. */
export function fibonacciRange(groups: Groups): string {
  let seen = 0
  let bits = int(groups.length, 12)
  for (const [first, last] of groups) {
    bits += (first === last ? '0' : '1') + fibonacci(first - seen) + (first === last ? '' : fibonacci(last - first))
    seen = last
  }
  return bits
}

function fibonacci(value: number): string {
  const weights = [1, 2]
  while (weights.at(-1)! <= value) weights.push(weights.at(-1)! + weights.at(-2)!)
  let rest = value
  const bits = weights.map(() => '0')
  for (let at = weights.length - 1; at >= 0; at--) {
    if (weights[at]! > rest) continue
    rest -= weights[at]!
    bits[at] = '1'
  }
  return `${bits.join('').replace(/0+$/, '')}1`
}

/** Bits as base64url, the last character padded with zeros. */
export const base64url = (bits: string): string =>
  (bits.match(/.{1,6}/g) ?? []).map(six => ALPHABET[Number.parseInt(six.padEnd(6, '0'), 2)]).join('')
