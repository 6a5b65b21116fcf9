/** Inclusive, sorted and without overlaps, so that one binary search answers. */
export interface Ranges<A extends number | string> {
  first: A[]
  last: A[]
}

/** IPv4 as a number of 32 bits; IPv6 as its 32 hex digits, which sort as the addresses do. */
export interface Networks {
  v4: Ranges<number>
  v6: Ranges<string>
}

const V4_MAPPED = `${'0'.repeat(20)}ffff`

/** Compiles prefixes in CIDR form, or single addresses; those that cannot be read are given back. */
export function compileNetworks(cidrs: readonly string[]): { networks: Networks; unreadable: string[] } {
  const v4: [number, number][] = []
  const v6: [string, string][] = []
  const unreadable: string[] = []
  for (const cidr of cidrs) {
    const range = parseCidr(cidr)
    if (range === null) unreadable.push(cidr)
    else if (typeof range[0] === 'number') v4.push(range as [number, number])
    else v6.push(range as [string, string]) // parseCidr gives two of a kind
  }
  return { networks: { v4: merge(v4), v6: merge(v6) }, unreadable }
}

/** Is the address, in either notation, in one of the networks? Text that is no address is in none. */
export function inNetworks(networks: Networks, address: string): boolean {
  if (address === '' || (networks.v4.first.length === 0 && networks.v6.first.length === 0)) return false
  const parsed = parseAddress(address)
  if (parsed === null) return false
  return typeof parsed === 'number' ? contains(networks.v4, parsed) : contains(networks.v6, parsed)
}

/** Canonical form of an address; an IPv4 address mapped into IPv6 (`::ffff:1.2.3.4`) is IPv4. Null: no address. */
export function parseAddress(text: string): number | string | null {
  if (!text.includes(':')) return parseV4(text)
  const digits = parseV6(text)
  return digits?.startsWith(V4_MAPPED) ? Number.parseInt(digits.slice(24), 16) : digits
}

function parseCidr(cidr: string): [number, number] | [string, string] | null {
  const slash = cidr.indexOf('/')
  const address = parseAddress(slash < 0 ? cidr : cidr.slice(0, slash))
  if (address === null) return null
  const bits = prefixLength(cidr, slash, typeof address === 'number' ? 32 : 128)
  if (bits === null) return null
  return typeof address === 'number' ? v4Range(address, bits) : v6Range(address, bits)
}

function prefixLength(cidr: string, slash: number, whole: number): number | null {
  if (slash < 0) return whole
  const written = cidr.slice(slash + 1)
  // A prefix of mapped addresses counts the 96 bits of the mapping too.
  const offset = whole === 32 && cidr.includes(':') ? 96 : 0
  const bits = /^\d{1,3}$/.test(written) ? Number(written) - offset : -1
  return bits >= 0 && bits <= whole ? bits : null
}

function v4Range(address: number, bits: number): [number, number] {
  const size = 2 ** (32 - bits)
  const first = Math.floor(address / size) * size
  return [first, first + size - 1]
}

function v6Range(digits: string, bits: number): [string, string] {
  const value = BigInt(`0x${digits}`)
  const host = (1n << BigInt(128 - bits)) - 1n
  return [hexDigits(value & ~host), hexDigits(value | host)]
}

function hexDigits(value: bigint): string {
  return value.toString(16).padStart(32, '0')
}

const DOT = 46
const DIGIT_0 = 48

/** Four numbers of at most three digits and at most 255. By hand: it runs for every request. */
function parseV4(text: string): number | null {
  if (text.length < 7 || text.length > 15) return null
  let [address, part, digits, dots] = [0, 0, 0, 0]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return null
      address = address * 256 + part
      part = digits = 0
    } else {
      part = part * 10 + code - DIGIT_0
      if (code < DIGIT_0 || code > DIGIT_0 + 9 || ++digits > 3 || part > 255) return null
    }
  }
  return dots === 3 && digits > 0 ? address * 256 + part : null
}

/** RFC 4291 §2.2: eight groups of hex digits, one `::` for a run of zeros, the last 32 bits perhaps as IPv4. */
function parseV6(text: string): string | null {
  if (text.length > 45) return null
  const gap = text.indexOf('::')
  if (gap < 0) {
    const digits = groups(text)
    return digits?.length === 32 ? digits : null
  }
  const head = gap === 0 ? '' : groups(text.slice(0, gap))
  const tail = gap + 2 === text.length ? '' : groups(text.slice(gap + 2))
  if (head === null || tail === null || head.length + tail.length > 28) return null
  return head + '0'.repeat(32 - head.length - tail.length) + tail
}

function groups(text: string): string | null {
  const parts = text.split(':')
  let digits = ''
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) digits += part.padStart(4, '0').toLowerCase()
    else {
      const embedded = at === parts.length - 1 ? parseV4(part) : null
      if (embedded === null) return null
      digits += embedded.toString(16).padStart(8, '0')
    }
  }
  return digits
}

function merge<A extends number | string>(ranges: [A, A][]): Ranges<A> {
  ranges.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  const merged: Ranges<A> = { first: [], last: [] }
  for (const [first, last] of ranges) {
    const open = merged.last.at(-1)
    if (open === undefined || first > open) {
      merged.first.push(first)
      merged.last.push(last)
    } else if (last > open) merged.last[merged.last.length - 1] = last
  }
  return merged
}

function contains<A extends number | string>(ranges: Ranges<A>, address: A): boolean {
  let low = 0
  let high = ranges.first.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges.first[middle] as A) <= address)
      low = middle + 1 // middle < high <= length
    else high = middle
  }
  const last = ranges.last[low - 1]
  return last !== undefined && address <= last
}
