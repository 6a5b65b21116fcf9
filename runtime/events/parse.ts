/** One message of the log: an event, a node's mark, or why it is neither. What is read is checked field by field. */
import { EVENT_KINDS, EVENT_RESULTS, type LoggedEvent, PRICE_STATES } from '@flightplan/contract/events.ts'
import type { NodeMark } from '@flightplan/contract/marks.ts'

export type Message =
  | { event: LoggedEvent; mark?: never; fault?: never }
  | { mark: NodeMark; event?: never; fault?: never }
  | { fault: string; event?: never; mark?: never }

type Check = (value: unknown) => boolean

const MAX_INT64 = 2n ** 63n - 1n
const text: Check = value => typeof value === 'string' && value.length <= 512
const flag: Check = value => typeof value === 'boolean'
const oneOf = (names: readonly string[]): Check => {
  const known = new Set<unknown>(names)
  return value => known.has(value)
}
const within =
  (least: number, most: number): Check =>
  value =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
/** A safe number, or the decimal text of an int64. */
const nano: Check = value =>
  Number.isSafeInteger(value) ||
  (typeof value === 'string' && /^-?\d{1,19}$/.test(value) && BigInt(value) <= MAX_INT64 && BigInt(value) >= -MAX_INT64)
/** Up to 2109: `events.first` has 42 bits for it. */
const time = within(1, 2 ** 42 - 1)

const FIELDS: Readonly<Record<keyof LoggedEvent, Check>> = {
  id: value => text(value) && value !== '',
  kind: oneOf(EVENT_KINDS),
  at_ms: time,
  bid_ms: time,
  day: within(0, 60_000),
  ...{ exchange: text, format: text, advertiser: text, campaign: text, line_item: text, creative: text, release: text },
  facts: text,
  deal: flag,
  currency: text,
  bid_nano: nano,
  price_nano: value => value === null || nano(value),
  price: oneOf(PRICE_STATES),
  cost_nano: nano,
  order_currency: text,
  result: oneOf(EVENT_RESULTS),
  ...{ what: text, user: text, node: text },
  weight: value => value === undefined || within(1, 2 ** 32 - 1)(value),
}
const NAMES = Object.keys(FIELDS) as (keyof LoggedEvent)[] // of the line above
export const EVENT_COLUMNS: readonly string[] = NAMES

const DAY_MS = 86_400_000

/** Never throws; fields that this version does not know are left out. */
export function parseMessage(line: string): Message {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { fault: 'not JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'not a JSON object' }
  const given = value as Record<string, unknown> // an object; each field is checked below
  return 'mark' in given ? readMark(given) : readEvent(given)
}

function readMark({ mark, complete_ms, left }: Record<string, unknown>): Message {
  if (typeof mark !== 'string' || mark === '' || !time(complete_ms))
    return { fault: 'mark: a node and a time are needed' }
  return { mark: { mark, complete_ms: Number(complete_ms), ...(left === true && { left }) } }
}

function readEvent(given: Record<string, unknown>): Message {
  const wrong = NAMES.find(name => !FIELDS[name](given[name]))
  if (wrong) return { fault: `${wrong}: ${JSON.stringify(given[wrong])?.slice(0, 80) ?? 'missing'}` }
  const event = Object.fromEntries(
    NAMES.flatMap(name => (given[name] === undefined ? [] : [[name, given[name]]])),
  ) as unknown as LoggedEvent // each field was checked
  // A day is a partition: one that the bid cannot be of must not make its own.
  if (Math.abs(event.day - event.bid_ms / DAY_MS) > 2) return { fault: `day: ${event.day} is not that of bid_ms` }
  return { event }
}
