/**
 * One auction on paper: a case is a YAML file that says which campaigns there are, what the exchange sends, and what the
 * whole way from YAML to BidResponse must make of it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

/** Spent before this request, as decimal text in the order's currency. */
export interface Spent {
  today?: string
  total?: string
  impressions?: number
}

export interface Case {
  /** Path → YAML text (or markup), on top of the base; null takes a file away. */
  world?: Record<string, string | null>
  /** Words merged into the base's facts. */
  facts?: Record<string, unknown>
  /** Models of this repository that the world has too. */
  models?: string[]
  /** Models that need ONNX do not answer in time. */
  models_late?: boolean
  exchange?: string
  /** ISO 8601 with its offset. Default: {@link NOW}. */
  now?: string
  /** Names in our own profile store that the user has. */
  profile?: string[]
  /** `campaign` or `campaign/line_item` → what is gone. */
  spent?: Record<string, Spent>
  request: Record<string, unknown>
  expect: Expected
}

export interface Expected {
  /** The reason of contract/reasons.ts. */
  no_bid?: string
  /** In the order of the answer. */
  bids?: ExpectedBid[]
  /** Line items without a bid, with the reason that came furthest: `line_item`, or `imp/line_item` when there are more imps. */
  losers?: Record<string, string>
}

export interface ExpectedBid {
  impid: string
  line_item: string
  creative: string
  /** CPM, exact. */
  price: string
  cur: string
  seat: string
  mtype: number
  dealid?: string
  w?: number
  h?: number
  dur?: number
  /** Parts that the markup must hold; not written by an update, only kept. */
  adm_has?: string[]
}

/** A Monday, 12:00 in London, 13:00 in Berlin, 07:00 in New York: no zone is on summer time. */
export const NOW = '2027-01-18T12:00:00Z'

/** @throws Error with the file's name where the YAML is broken. */
export function readCase(path: string): Case {
  const read: unknown = parse(readFileSync(path, 'utf8'))
  if (typeof read !== 'object' || read === null || !('request' in read))
    throw new Error(`${path}: a case is a map with \`request\` and \`expect\``)
  return { expect: {}, ...read } as Case // a file of the project; what is wrong in it fails in the compiler or the comparison
}

/**
 * The file's text with another `expect`, everything above it left as it is written.
 * `expect` is the last key of a file, so that the rest can be kept word for word.
 */
export function withExpected(text: string, expected: Expected): string {
  const at = text.search(/^expect:/m)
  const head = at < 0 ? `${text.trimEnd()}\n` : text.slice(0, at)
  return head + stringify({ expect: expected }, { lineWidth: 120 })
}

/** Objects merge, everything else replaces. */
export function merge<T>(under: T, over: unknown): T {
  if (!isPlain(under) || !isPlain(over)) return over as T // the caller's words are of the shape that they replace
  const out: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) out[key] = key in under ? merge(out[key], value) : value
  return out as T // has the keys of `under`
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const ROOT = join(import.meta.dirname, '../..')
export const BASE = join(ROOT, 'lab/test/auction/base')
