import { zoneOf } from '@flightplan/contract/zones.ts'
import { addPiece, type Reader, type Reading } from './reader.ts'

const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
const WEEK_MIN = 7 * 24 * 60
/** 1970-01-01 was a Thursday: three days after Monday 00:00. */
const EPOCH_MINUTE_OF_WEEK = 3 * 24 * 60

/** Minutes from UTC, by zone and quarter of an hour: zones only ever change offset on quarters. */
const offsets = new Map<string, { quarter: number; offset_min: number }>()
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * What a zone's clock is ahead of UTC at a moment, minutes. Exact at the change of clocks: on a day of 23 or 25 hours
 * local hours follow what the wall clock shows. Asking Intl costs about 2 µs, so the answer is kept for its quarter.
 */
export function zoneOffset_min(zone: string, now_ms: number): number {
  const quarter = Math.floor(now_ms / QUARTER_MS)
  const known = offsets.get(zone)
  if (known && known.quarter === quarter) return known.offset_min
  const offset_min = askIntl(zone, quarter * QUARTER_MS)
  offsets.set(zone, { quarter, offset_min })
  return offset_min
}

function askIntl(zone: string, at_ms: number): number {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    formats.set(zone, format)
  }
  const name = format.formatToParts(at_ms).find(part => part.type === 'timeZoneName')?.value ?? 'GMT'
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(name)
  if (!found) return 0
  const minutes = Number(found[2]) * 60 + Number(found[3])
  return found[1] === '-' ? -minutes : minutes
}

/** Minutes since Monday 00:00 on a clock that is `offset_min` ahead of UTC. */
export function minuteOfWeek(now_ms: number, offset_min: number): number {
  const minute = Math.floor(now_ms / MINUTE_MS) + offset_min + EPOCH_MINUTE_OF_WEEK
  return ((minute % WEEK_MIN) + WEEK_MIN) % WEEK_MIN
}

/** DESIGN "Time": utcoffset, else the zone of country and region, else the exchange's. */
function userOffset_min({ snapshot, auction, exchange, now_ms }: Reading): number {
  const { utcoffset_min, country, region } = auction.device.geo
  if (utcoffset_min !== null) return utcoffset_min
  const zone = zoneOf(country, region) ?? snapshot.exchangeByName.get(exchange)?.zone ?? 'UTC'
  return zoneOffset_min(zone, now_ms)
}

const daypart: Reader = (reading, attribute, parameter, out) => {
  const offset_min = parameter === 'user' ? userOffset_min(reading) : zoneOffset_min(parameter, reading.now_ms)
  addPiece(reading, attribute, minuteOfWeek(reading.now_ms, offset_min), out)
}

export const TIME_READERS = { daypart } satisfies Record<string, Reader>

/** The calendar day that a moment belongs to in a zone, as days since 1970-01-01: the key of daily budgets. */
export const dayOf = (now_ms: number, zone: string): number =>
  Math.floor((now_ms / MINUTE_MS + zoneOffset_min(zone, now_ms)) / (24 * 60))
