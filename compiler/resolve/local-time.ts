/** Local times of YAML ⇄ moments. The zone's offsets come from Intl, as the engine's do. */
import { zoneOffset_min } from '@flightplan/engine/event/time.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const known = new Map<string, number>()

/**
 * The first moment at which a clock in `zone` shows this minute; where it is skipped in spring, the moment at which the
 * clock jumps over it. @param local `2027-03-01 06:00`, an existing day
 */
export function startOfMinute_ms(local: string, zone: string): number {
  return remember(`${zone} ${local}`, () => {
    const wall = wallOf(local)
    const before = wall - offset_ms(zone, wall - DAY_MS)
    const after = wall - offset_ms(zone, wall + DAY_MS)
    for (const moment of [Math.min(before, after), Math.max(before, after)])
      if (moment + offset_ms(zone, moment) === wall) return moment
    return jump(zone, Math.min(before, after) - DAY_MS, wall)
  })
}

/** The end (excluded) of the last moment that shows this minute. */
export function endOfMinute_ms(local: string, zone: string): number {
  return remember(`${zone} ${local} end`, () => {
    const wall = wallOf(local)
    const before = wall - offset_ms(zone, wall - DAY_MS)
    const after = wall - offset_ms(zone, wall + DAY_MS)
    for (const moment of [Math.max(before, after), Math.min(before, after)])
      if (moment + offset_ms(zone, moment) === wall) return moment + MINUTE_MS
    return startOfMinute_ms(local, zone)
  })
}

/** The first moment whose wall clock is at or after `wall`. */
function jump(zone: string, from: number, wall: number): number {
  let moment = from
  while (moment + offset_ms(zone, moment) < wall) moment += MINUTE_MS
  return moment
}

const wallOf = (local: string): number => Date.parse(`${local.replace(' ', 'T')}:00Z`)
const offset_ms = (zone: string, at_ms: number): number => zoneOffset_min(zone, at_ms) * MINUTE_MS

/** The same few times stand in thousands of line items, and Intl costs microseconds. */
const MOST_KNOWN = 100_000
function remember(key: string, make: () => number): number {
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const made = make()
  known.set(key, made)
  return made
}

/** `2027-02-30 …` has the form of a date and is none. */
export function isRealDay(local: string): boolean {
  const day = local.slice(0, 10)
  const parsed = Date.parse(`${day}T00:00Z`)
  return Number.isFinite(parsed) && new Date(parsed).toISOString().startsWith(day)
}

/** Names that were found to be zones: asking costs 30 µs, and every campaign asks. */
const ZONES = new Set<string>()

/** Whether Intl knows the zone: the only way to ask is to try. */
export function isZone(name: string): boolean {
  if (ZONES.has(name)) return true
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    ZONES.add(name)
    return true
  } catch {
    return false
  }
}
